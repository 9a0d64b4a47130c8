# SPDX-License-Identifier: BSD-3-Clause
# Users from a real directory: slapd, reached by nslcd. No line of /etc/passwd, no useradd, and
# uids where ranges are, too.

load ../common

base=dc=example,dc=org

setup_file() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	mkdir -p /tmp/slapd/db /run/nslcd
	cat > /tmp/slapd/slapd.conf <<-EOF
		include /etc/ldap/schema/core.schema
		include /etc/ldap/schema/cosine.schema
		include /etc/ldap/schema/nis.schema
		modulepath /usr/lib/ldap
		moduleload back_mdb
		pidfile /tmp/slapd/pid
		database mdb
		suffix $base
		rootdn cn=admin,$base
		rootpw secret
		directory /tmp/slapd/db
	EOF
	slapd -f /tmp/slapd/slapd.conf -h ldap://127.0.0.1:3890
	cat > /tmp/slapd/nslcd.conf <<-EOF
		uid nslcd
		gid nslcd
		uri ldap://127.0.0.1:3890
		base $base
	EOF
	chmod 640 /tmp/slapd/nslcd.conf
	cp /tmp/slapd/nslcd.conf /etc/nslcd.conf
	chgrp nslcd /etc/nslcd.conf
	chown nslcd: /run/nslcd
	sed -i -E 's/^(passwd|group):.*/\1: files ldap/' /etc/nsswitch.conf
	nslcd
	add_entry "$base" 'objectClass: dcObject' 'objectClass: organization' 'o: example' 'dc: example'
	eventually getent_works
}

teardown_file() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	kill "$(cat /run/nslcd/nslcd.pid)" "$(cat /tmp/slapd/pid)"
}

getent_works() {
	add_user ready 150000 && getent passwd ready
}

add_entry() {
	local dn=$1
	shift
	printf '%s\n' "dn: $dn" "$@" |
		ldapadd -x -H ldap://127.0.0.1:3890 -D "cn=admin,$base" -w secret > /dev/null
}

# A user of the directory alone, with a group of the same number.
add_user() {
	add_entry "uid=$1,$base" 'objectClass: account' 'objectClass: posixAccount' "cn: $1" "uid: $1" \
		"uidNumber: $2" "gidNumber: $2" 'homeDirectory: /tmp' 'loginShell: /bin/sh' || true
	# nslcd and the C library remember that there was nobody.
	kill -USR1 "$(cat /run/nslcd/nslcd.pid)" 2>/dev/null || true
}

@test "directory users get ranges, and no two of them meet" {
	for i in 1 2 3 4 5; do
		add_user "dir$i" $((200000 + i))
		login_as "dir$i"
		reported 'open 0'
		one_range_everywhere "dir$i"
	done
	[ -z "$(overlaps /etc/usernamespaces)" ]
}

# By other code than ours: no id of a range is that of anybody whom the directory lists.
real_ids_in_ranges() {
	awk -F: -v users="$(getent passwd | cut -d: -f3)" -v groups="$(getent group | cut -d: -f3)" '
		BEGIN {n = split(users, u, "\n"); m = split(groups, g, "\n")}
		{
			for (i = 1; i <= n; i++) if (u[i] + 0 >= $2 && u[i] + 0 < $2 + $3) print $1, u[i]
			for (i = 1; i <= m; i++) if (g[i] + 0 >= $2 && g[i] + 0 < $2 + $3) print $1, g[i]
		}' /etc/usernamespaces /etc/subuid /etc/subgid
}

@test "on that host, check finds nothing, and neither does another look" {
	getent passwd | grep -q '^dir5:'
	run userns check
	[ "$status" = 0 ] || { echo "$output" >&2; false; }
	[ -z "$(real_ids_in_ranges)" ]
}

@test "a range is not given out where the directory has a user, listed or not" {
	printf '[host]\npool = 720896-1048575\n' > /etc/security/userns.conf
	# In the middle of the first, at the start of the second, at the end of the third.
	add_user middle 730000
	add_user first 786432
	add_user last 917503
	add_user clear 200100
	login_as clear
	rm /etc/security/userns.conf
	reported 'open 0'
	[ "$(range_of 200100)" = 917504:65536 ]
}

@test "a user whose own uid lies in somebody's range is refused, with both named" {
	add_user owner 200200
	login_as owner
	range=$(range_of 200200)
	add_user squatter $((${range%:*} + 100))
	login_as squatter
	reported 'open 14'
	userns_log | grep -qF "squatter's own uid $((${range%:*} + 100)) lies in owner's range $range"
}

@test "a user in the midst of a range who has logged in keeps also the one who has it out, as long as they are there" {
	add_user early 200250
	login_as early
	reported 'open 0'
	range=$(range_of 200250)
	amid=$((${range%:*} + 300))
	add_user amid "$amid"
	turned_away amid "amid's own uid $amid lies in early's range $range"
	turned_away early "early's range $range holds $amid, which is a real user's id"
	ldapdelete -x -H ldap://127.0.0.1:3890 -D "cn=admin,$base" -w secret "uid=amid,$base"
	kill -USR1 "$(cat /run/nslcd/nslcd.pid)"
	login_as early
	reported 'open 0'
}

@test "a range whose first id has become a real user's since is refused" {
	add_user earlier 200300
	login_as earlier
	range=$(range_of 200300)
	add_user later "${range%:*}"
	login_as earlier
	reported 'open 14'
	userns_log | grep -qF "earlier's range $range holds ${range%:*}, which is a real user's id"
}

@test "a directory that is down gives nobody anything, and takes nothing" {
	add_user steady 200400
	login_as steady
	range=$(range_of 200400)
	new_user local
	kill -STOP "$(cat /tmp/slapd/pid)"
	sed -i 's/pam_userns.so/& timeout=2/' /etc/pam.d/userns-test
	login_as local
	sed -i 's/ timeout=2//' /etc/pam.d/userns-test
	kill -CONT "$(cat /tmp/slapd/pid)"
	reported 'open 14'
	[ -z "$(range_of "$uid")" ]
	login_as steady
	reported 'open 0'
	[ "$(range_of 200400)" = "$range" ]
}

@test "nslcd that is down: who may be in a group of the directory that is denied gets nothing" {
	new_user grouped
	login_as grouped
	reported 'open 0'
	add_entry "cn=denied,$base" 'objectClass: posixGroup' 'cn: denied' 'gidNumber: 300001' 'memberUid: grouped'
	kill -USR1 "$(cat /run/nslcd/nslcd.pid)"
	for section in denied 300001; do
		printf '[group %s]\ndelegate = no\n' $section > /etc/security/userns.conf
		login_as grouped
		reported 'open 6'
	done
	kill "$(cat /run/nslcd/nslcd.pid)"
	eventually test ! -e /run/nslcd/nslcd.pid
	for section in denied 300001; do
		printf '[group %s]\ndelegate = no\n' $section > /etc/security/userns.conf
		turned_away grouped '/etc/security/userns.conf:1: cannot l'
	done
	rm /etc/security/userns.conf
	# Nor is anything new given out, as it could be a directory user's.
	new_user fresh
	refused fresh "real users' or groups' (NSS)"
	login_as grouped
	reported 'open 0'
	nslcd
	eventually getent passwd ready
}

@test "directory uids inside shadow's default range: nobody's range holds one, by check and another look" {
	# Earlier tests leave what is wrong on purpose.
	: > /etc/usernamespaces
	: > /etc/subuid
	: > /etc/subgid
	for i in 1 2 3 4 5 6; do
		add_user "inside$i" $((100000 + i * 30000))
	done
	# Where a range of useradd's would hold them, its user is refused, and check names both.
	useradd -M taken
	[ "$(grep -c '^taken:100000:' /etc/subuid)" = 1 ]
	login_as taken
	reported 'open 14'
	run userns check --raw
	[ "$status" = 1 ]
	grep -qE '^overlap uid 130000 1 taken /etc/subuid:[0-9]+ inside1 ' <<< "$output"
	[ -n "$(real_ids_in_ranges)" ]
	userns revoke taken
	sed -i '/^taken:/d' /etc/usernamespaces
	for i in 1 2 3 4 5 6; do
		login_as "inside$i"
		reported 'open 0'
	done
	userns grant taken
	run userns check
	[ "$status" = 0 ] || { echo "$output" >&2; false; }
	[ -z "$(real_ids_in_ranges)" ]
	[ -z "$(overlaps /etc/usernamespaces)" ]
}
