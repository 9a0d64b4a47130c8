# SPDX-License-Identifier: BSD-3-Clause
# Disks that are full, and limits that are meant for others: nothing is half done.

load common

@test "a full disk: an error that says so, no half line, no lost line" {
	new_user roomy
	login_as roomy
	mark_log
	new_user full
	cp -a /etc/usernamespaces /etc/subuid /etc/subgid /tmp/
	mkdir -p /mnt/x
	mount -t tmpfs -o size=64M,mode=755 small /mnt/x
	cp -a /etc/. /mnt/x/
	mount --bind /mnt/x /etc
	dd if=/dev/zero of=/etc/filler bs=4k 2>/dev/null || true
	login_as full
	code=$(head -n 1 "$report")
	log=$(userns_log)
	same=yes
	for file in usernamespaces subuid subgid; do cmp "/etc/$file" "/tmp/$file" || same=no; done
	litter=$(find /etc -maxdepth 1 -name '*+' -o -maxdepth 1 -name 'sub?id.*')
	rm /etc/filler
	login_as full
	recovered=$(head -n 1 "$report")
	ranges=$(grep -c "^full:" /etc/subuid)
	umount /etc
	umount /mnt/x
	[ "$code" = 'open 14' ]
	[[ $log == *'No space left on device'* ]]
	[ "$same" = yes ]
	[ -z "$litter" ]
	[ "$recovered" = 'open 0' ]
	[ "$ranges" = 1 ]
}

@test "a read-only /etc: nothing new, and what is recorded goes on" {
	new_user known
	login_as known
	new_user unknown
	mount --bind /etc /etc
	mount -o remount,bind,ro /etc
	login_as unknown
	code=$(head -n 1 "$report")
	log=$(userns_log)
	login_as known
	known=$(head -n 1 "$report")
	umount /etc
	[ "$code" = 'open 14' ]
	[[ $log == *'Read-only file system'* ]]
	[ "$known" = 'open 0' ]
	[ -z "$(range_of "$uid")" ]
}

@test "a full /run: an error, nothing left mounted, and the next login has all" {
	new_user runfull
	mkdir -p /run/userns
	mount -t tmpfs -o size=64k,mode=755 small /run/userns
	dd if=/dev/zero of=/run/userns/filler bs=4k 2>/dev/null || true
	login_as runfull
	code=$(head -n 1 "$report")
	log=$(userns_log)
	left=$(grep -c " /run/userns/$uid" /proc/self/mountinfo || true)
	rm /run/userns/filler
	login_as runfull /bin/sh -c "mountpoint -q /run/userns/$uid/user && cp /run/userns/$uid/state /tmp/runfull.state"
	recovered=$(head -n 1 "$report")
	remains=$(ls /run/userns)
	umount /run/userns
	[ "$code" = 'open 14' ]
	[[ $log == *'No space left on device'* ]]
	[ "$left" = 0 ]
	[ "$recovered" = 'open 0' ]
	[ -z "$remains" ]
	one_range_everywhere runfull
	grep -qx "uid_map=0 $uid 1,1 $(range_of "$uid" | tr : ' ')," /tmp/runfull.state
}

@test "a /run that has no room for one more file, whichever: all or nothing" {
	new_user inodes
	mkdir -p /run/userns
	codes=
	wrong=
	# The mount itself takes one.
	for room in {1..10}; do
		mount -t tmpfs -o nr_inodes="$room",mode=755 small /run/userns
		login_as inodes
		codes+="$(head -n 1 "$report") "
		[ "$(grep -c " /run/userns/$uid" /proc/self/mountinfo)" = 0 ] || wrong+=" $room: a mount"
		mount -o remount,nr_inodes=100 /run/userns
		login_as inodes /bin/sh -c "mountpoint -q /run/userns/$uid/user && cp /run/userns/$uid/state /tmp/inodes.state"
		[ -s /tmp/inodes.state ] || wrong+=" $room: no pin or state"
		rm -f /tmp/inodes.state
		[ -z "$(ls -A /run/userns)" ] || wrong+=" $room: $(find /run/userns)"
		umount /run/userns || umount -l /run/userns
	done
	echo "$codes$wrong"
	[ -z "$wrong" ]
	[[ $codes == 'open 14 open 14 open 14 '*'open 0 open 0 ' ]]
	# Once there is room for all, there is.
	[[ $codes != *'open 0 open 14'* ]]
	one_range_everywhere inodes
}

# CAP_SYS_RESOURCE, without which no hard limit can be raised; containers lack it.
may_raise_limits() {
	[ $((0x$(awk '/^CapEff/ {print $2}' /proc/self/status) >> 24 & 1)) = 1 ]
}

@test "a file size limit of the caller's is not the helper's" {
	new_user limited
	kinds=-S
	may_raise_limits && kinds='-S -H'
	for kind in $kinds; do
		# What says 0 inherits the limit, and can write into a pipe only.
		bash -c "ulimit $kind -f 0; exec $pamhost /dev/stdout userns-test limited /bin/sh -c \
			'ulimit $kind -f; cat /run/userns/$uid/state'" | cat > /tmp/limited.out
		grep -qx 'open 0' /tmp/limited.out
		grep -qx 0 /tmp/limited.out
		grep -qx "uid_map=0 $uid 1,1 $(range_of "$uid" | tr : ' ')," /tmp/limited.out
		one_range_everywhere limited
		no_namespace_left "$uid"
		[ -z "$(userns_log | grep -v allocated)" ]
	done
}

@test "a limit that a user has set and su inherits is not the helper's" {
	may_raise_limits || skip "no CAP_SYS_RESOURCE here"
	new_user limiting
	new_user limitee
	sed -i '1i auth sufficient pam_permit.so # full' /etc/pam.d/su
	as_user limiting sh -c "ulimit -f 0; exec su limitee -c 'cat /run/userns/$uid/state'" | cat > /tmp/limitee.state
	sed -i '/pam_permit.so # full$/d' /etc/pam.d/su
	one_range_everywhere limitee
	grep -qx "uid_map=0 $uid 1,1 $(range_of "$uid" | tr : ' ')," /tmp/limitee.state
	eventually no_namespace_left "$uid"
}
