# SPDX-License-Identifier: BSD-3-Clause
# The record of users whose own ids lie in somebody's range: it loses none of them.

load common

record=/var/lib/userns/newcomers

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	rm -f /run/nss.down $record
	sed -i -E 's/^(passwd|group):(.*) hang$/\1:\2/' /etc/nsswitch.conf
}

# A user whose uid lies in the range of another, by how many ids from its start.
newcomer() {
	useradd -m -u $((start + $2)) -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 "$1"
}

@test "a directory that is down does not make one forgotten; one that says they are gone does" {
	cp "$top/build/system/tests/system/libnss_hang.so.2" /usr/lib/
	ldconfig
	sed -i -E 's/^(passwd|group):(.*)$/\1:\2 hang/' /etc/nsswitch.conf
	new_user keeper
	login_as keeper
	reported 'open 0'
	start=$(range_of "$uid" | cut -d: -f1)
	mkdir -p /var/lib/userns
	echo $((start + 5)) > $record
	touch /run/nss.down
	turned_away keeper "which is a real user's id"
	newcomer late 6
	turned_away late "late's own uid $((start + 6)) lies in keeper's range"
	[ "$(cat $record)" = "$(printf '%d\n' $((start + 5)) $((start + 6)))" ]
	userdel late
	rm /run/nss.down
	login_as keeper
	reported 'open 0'
}

# As nslcd's module says so.
@test "a directory that is down with ENOENT: nobody new is given a range" {
	cp "$top/build/system/tests/system/libnss_hang.so.2" /usr/lib/
	ldconfig
	sed -i -E 's/^(passwd|group):(.*)$/\1:\2 hang/' /etc/nsswitch.conf
	new_user early
	login_as early
	reported 'open 0'
	echo 2 > /run/nss.down
	new_user newest
	refused newest "real users' or groups' (NSS): No such file or directory"
	login_as early
	reported 'open 0'
	rm /run/nss.down
	login_as newest
	reported 'open 0'
}

@test "of many who come at once none is lost" {
	new_user crowded
	login_as crowded
	start=$(range_of "$uid" | cut -d: -f1)
	for i in {1..12}; do newcomer "crowd$i" "$((i + 10))"; done
	for i in {1..12}; do login_as "crowd$i" & done
	wait
	[ "$(sort $record)" = "$(seq $((start + 11)) $((start + 22)))" ] || { cat $record >&2; return 1; }
	for i in {1..12}; do userdel "crowd$i"; done
}
