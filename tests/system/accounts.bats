# SPDX-License-Identifier: BSD-3-Clause
# Who is a person, by login.defs and by the module and the helper each.

load common

setup() {
	needs_sandbox
	cp -a /etc/login.defs /tmp/accounts.defs
	mark_log
}

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	cp -a /tmp/accounts.defs /etc/login.defs
	real_helper
	sed -i -E '/^(short16|no_[ug]id):/d' /etc/passwd
	sed -i '/^no_uid:/d' /etc/subuid
}

uid_min() {
	sed -i "s/^UID_MIN.*/UID_MIN $1/" /etc/login.defs
}

# No namespace and no range: the module does not even ask the helper, which says the same.
left_out() {
	local name=$1 files
	files=$(files_sum)
	rm -f /tmp/accounts.asked
	fake_helper 'touch /tmp/accounts.asked'
	login_as "$name"
	reported 'open 6'
	reported 'path none'
	[ ! -e /tmp/accounts.asked ]
	[ -z "$(userns_log)" ]
	real_helper
	run "$helper" open "$name"
	[ "$status" = 1 ]
	[[ $output == *"uid $(id -u "$name") is a system account"* ]]
	[ "$(files_sum)" = "$files" ]
	no_namespace_left "$(id -u "$name")"
}

@test "UID_MIN of login.defs is obeyed" {
	useradd -m -u 2000 -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 second
	useradd -m -u 5000 -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 fifth
	uid_min 5000
	left_out second
	login_as fifth
	reported 'open 0'
	uid_min 2000
	login_as second
	reported 'open 0'
	one_range_everywhere second
}

@test "UID_MIN 0 gives root nothing" {
	uid_min 0
	left_out root
}

@test "65534 and 65535 are nobody" {
	left_out nobody
	echo 'short16:x:65535:100::/tmp:/bin/sh' >> /etc/passwd
	left_out short16
}

@test "4294967295 is no id: nothing is written for who has it, and newcomers are given ranges" {
	printf '%s\n' no_uid:x:4294967295:100::/tmp:/bin/sh no_gid:x:7777:4294967295::/tmp:/bin/sh >> /etc/passwd
	files=$(files_sum)
	for name in no_uid no_gid; do
		turned_away "$name" '4294967295 is no id'
		run userns grant "$name"
		[ "$status" = 1 ]
	done
	[ "$(files_sum)" = "$files" ]
	# What has their name can be taken away.
	echo no_uid:1600200000:10 >> /etc/subuid
	userns revoke no_uid
	[ "$(grep -c '^no_uid:1600200000:10:.*retired=' /etc/usernamespaces)" = 1 ]
	new_user thereafter
	login_as thereafter
	reported 'open 0'
	one_range_everywhere thereafter
}
