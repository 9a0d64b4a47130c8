# SPDX-License-Identifier: BSD-3-Clause
# What a user must not be able to do, and what is installed with which rights.

load common

@test "another user's setns on the pin gets EPERM, by path and by descriptor" {
	new_user owner
	pin=/run/userns/$uid/user
	new_user stranger
	hold owner
	run as_user owner nsenter --user="$pin" --preserve-credentials true
	[ "$status" = 0 ]
	run as_user stranger nsenter --user="$pin" --preserve-credentials true
	[ "$status" != 0 ]
	[[ $output == *'Operation not permitted'* ]]
	exec 9< "$pin"
	run as_user stranger nsenter --user=/proc/self/fd/9 --preserve-credentials true
	exec 9<&-
	[ "$status" != 0 ]
	[[ $output == *'Operation not permitted'* ]]
	release owner
}

@test "a process of one user's range cannot signal or read a process of another's" {
	new_user left
	left_uid=$uid
	new_user right
	hold left
	first=$report
	hold right
	as_user left userns exec -- setpriv --reuid=33 --regid=33 --clear-groups \
		sh -c 'echo $$ > /tmp/left.pid; exec sleep 60' 2>/dev/null &
	# /tmp is everybody's: the pid is written by uid 33 of the range.
	eventually test -s /tmp/left.pid
	victim=$(cat /tmp/left.pid)
	[ "$(awk '/^Uid:/ {print $2}' "/proc/$victim/status")" = "$(($(range_of "$left_uid" | cut -d: -f1) + 32))" ]
	for attack in "kill -0 $victim" "kill -9 $victim" "cat /proc/$victim/environ" "ls /proc/$victim/fd" \
		"nsenter --target $victim --user --preserve-credentials true"; do
		run as_user right userns exec -- setpriv --reuid=33 --regid=33 --clear-groups sh -c "$attack"
		[ "$status" != 0 ]
		run as_user right userns exec -- sh -c "$attack"
		[ "$status" != 0 ]
	done
	kill -0 "$victim"
	# The owner can, from inside.
	as_user left userns exec -- kill -9 "$victim"
	touch /tmp/left.go
	release right
	[ -s "$first" ]
}

@test "root inside has nothing outside: no file of root's, no other mount, no host name" {
	new_user inner
	hold inner
	for attempt in 'cat /etc/shadow' 'touch /etc/x' 'mount -t tmpfs x /mnt && touch /mnt/x && nsenter -t 1 -m true' \
		'hostname x' 'chown 0:1 /etc/passwd' 'mknod /tmp/inner.null c 1 3'; do
		run as_user inner userns exec -- sh -c "$attempt"
		[ "$status" != 0 ]
	done
	release inner
}

@test "the module exports two symbols and needs libpam and libc only" {
	[ "$(nm -D --defined-only "$top/build/system/pam_userns.so" | awk '{print $3}' | sort | tr '\n' ' ')" = \
		'pam_sm_close_session pam_sm_open_session ' ]
	[ "$(readelf -d "$top/build/system/pam_userns.so" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ')" = \
		'libc.so.6 libpam.so.0 ' ]
	# As ldd has it: these, and what libpam itself brings along.
	mine=$(ldd "$top/build/system/pam_userns.so" | awk '$2 == "=>" {print $1}' | sort)
	libpam=$(ldd "$(ldd "$top/build/system/pam_userns.so" | awk '/libpam.so/ {print $3}')" | awk '$2 == "=>" {print $1}' | sort)
	[ "$mine" = "$(printf '%s\n%s\n' "$libpam" libpam.so.0 | sort -u)" ]
}

# Installs below a directory, and says which of that is machine code, in $binaries.
install_below() {
	make -s -C "$top" BUILD=build/system PREFIX=/usr DESTDIR="$1" install
	binaries=$(find "$1" -type f -exec sh -c '[ "$(head -c 4 "$0")" = "$(printf "\177ELF")" ]' {} \; -print)
	[ "$(sed 's|.*/||' <<< "$binaries" | sort | tr '\n' ' ')" = \
		'newuidmap pam_userns.so userns userns-helper userns-show ' ]
}

@test "all that is installed of code is hardened" {
	install_below /tmp/boundary.code
	for file in $binaries; do
		readelf -h "$file" | grep -q 'Type:.*DYN'
		readelf -lW "$file" | grep -q GNU_RELRO
		readelf -d "$file" | grep -q 'NOW'
		[ -z "$(readelf -lW "$file" | grep 'GNU_STACK.*RWE')" ]
		nm -D "$file" | grep -q __stack_chk_fail
		nm -D "$file" | grep -q '_chk@'
	done
}

@test "no file installed is setuid, has capabilities, or can be written by others than root" {
	install_below /tmp/boundary.root
	[ -z "$(find /tmp/boundary.root -type f -perm /7022)" ]
	[ -z "$(find /tmp/boundary.root ! -user root)" ]
	[ -z "$(getcap -r /tmp/boundary.root)" ]
}

@test "the helper has in force just what each phase needs" {
	new_user shed
	strace -f -qq -e trace=capset,unshare,setns,mount,openat -o /tmp/shed.trace \
		"$helper" open shed 2>/dev/null
	# The process that waits gives up all of them at any time; that is not what we look for.
	sed -i '/capset(.*permitted=0,/d' /tmp/shed.trace
	# While the policy and the book are read: to keep the group of a file that is replaced.
	before_book=$(sed '/etc\/usernamespaces/q' /tmp/shed.trace | grep capset | tail -n 1)
	[[ $before_book == *'effective=1<<CAP_CHOWN, '* ]]
	# The owner-to-be unshares with CAP_SYS_ADMIN alone, and mounting takes no other either.
	[[ $(sed '/unshare(CLONE_NEWUSER/q' /tmp/shed.trace | grep capset | tail -n 1) == *'effective=1<<CAP_SYS_ADMIN, permitted=1<<CAP_SYS_ADMIN,'* ]]
	[[ $(sed '/mount(/q' /tmp/shed.trace | grep capset | tail -n 1) == *'effective=1<<CAP_SYS_ADMIN, permitted=1<<CAP_SYS_ADMIN,'* ]]
	"$helper" close "$uid"
	no_namespace_left "$uid"
}

@test "no process of root's goes into a user's namespace, where that user has power over it" {
	new_user looked
	"$helper" --pid=$$ open looked > /dev/null 2>&1
	strace -f -qq -e trace=setns,setresuid -o /tmp/looked.trace userns status looked > /tmp/looked.out
	grep -q '^maps, as the kernel has them:' /tmp/looked.out
	[[ $(grep -B 1 'setns(.*CLONE_NEWUSER' /tmp/looked.trace | head -n 1) == *"setresuid($uid, $uid, $uid) "*' = 0' ]]
	"$helper" --pid=$$ close "$uid"
	no_namespace_left "$uid"
}

@test "the helper refuses who is not root" {
	new_user plain
	run as_user plain "$helper" open plain
	[ "$status" = 1 ]
	[[ $output == *'must be run by root'* ]]
}
