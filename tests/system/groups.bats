# SPDX-License-Identifier: BSD-3-Clause
# Sections for groups, where a directory does not say who is in them. Who is in none, where it
# does, is in policy_keys.bats.

load common

policy=/etc/security/userns.conf

setup() {
	needs_sandbox
	cp "$top/build/system/tests/system/libnss_hang.so.2" /usr/lib/
	ldconfig
	cp -a /etc/nsswitch.conf /tmp/groups.nsswitch
	sed -i -E 's/^group:.*/& hang/' /etc/nsswitch.conf
	mark_log
}

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	rm -f /run/nss.down /run/nss.nogroups "$policy"
	cp -a /tmp/groups.nsswitch /etc/nsswitch.conf
	sed -i '/^crowded:/d' /etc/group
}

# By gid, in a file, and in nobody's.
sections='5000 filed nobodys'

denied() {
	printf '[group %s]\ndelegate = no\n' "$1" > "$policy"
}

# Whatever is written of it in the policy, the user gets one.
given_to() {
	for section in $sections; do
		denied "$section"
		login_as "$1"
		reported 'open 0' || { echo "$section" >&2; return 1; }
	done
}

# Who may be in a group that is denied, as the directory does not say.
kept_from() {
	for section in 5000 filed; do
		denied "$section"
		turned_away "$1" "$policy:1: cannot list the groups of '$1': $2"
	done
}

@test "a directory that is down for users' groups alone: who may be in a group that is denied gets nothing" {
	groupadd -f filed
	new_user unsure
	given_to unsure
	echo 111 > /run/nss.nogroups
	kept_from unsure 'Connection refused'
	# Where no section asks for groups, nobody is kept out.
	printf '[user other]\ndelegate = no\n' > "$policy"
	login_as unsure
	reported 'open 0'
	rm /run/nss.nogroups
	given_to unsure
}

# As nslcd's module says so.
@test "a directory that is down with ENOENT: what is asked of it is not known" {
	groupadd -f filed
	new_user unknown
	given_to unknown
	echo 2 > /run/nss.down
	kept_from unknown 'No such file or directory'
	denied nobodys
	turned_away unknown "$policy:1: cannot look up the group 'nobodys'"
	rm "$policy"
	login_as unknown
	reported 'open 0'
}

@test "a line of /etc/group that is longer than the C library's buffer" {
	groupadd -f filed
	new_user longish
	echo "crowded:x:7777:$(seq -s , -f 'member%g' 3000)" >> /etc/group
	given_to longish
	# In none but files.
	sed -i -E 's/^(group:).*/\1 files hang/' /etc/nsswitch.conf
	given_to longish
	sed -i -E 's/^(group:).*/\1 files/' /etc/nsswitch.conf
	given_to longish
	sed -i 's/^crowded:.*/&,longish/' /etc/group
	denied crowded
	login_as longish
	reported 'open 6'
}
