# SPDX-License-Identifier: BSD-3-Clause
# Names that are hostile, or somebody else's.

load common

@test "a name given to a new person gets a new range, and the old one is retired" {
	new_user renamed
	login_as renamed
	old_uid=$uid
	old=$(range_of "$uid")
	# As a directory does it: nobody has told /etc/subuid.
	cp /etc/subuid /etc/subgid /tmp/
	userdel -r renamed 2>/dev/null
	cp /tmp/subuid /tmp/subgid /etc/
	useradd -m -u $((uid + 500)) -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 renamed
	login_as renamed /bin/sh -c "nsenter --user=/run/userns/$((uid + 500))/user cat /proc/self/uid_map > /tmp/renamed.map"
	reported 'open 0'
	new=$(range_of $((uid + 500)))
	[ -n "$new" ]
	[ "$new" != "$old" ]
	[ "$(cat /tmp/renamed.map)" = "$(expected_map $((uid + 500)) "$new")" ]
	grep -qE "^renamed:$old:uid=$old_uid,retired=[0-9]{4}-[0-9]{2}-[0-9]{2}\$" /etc/usernamespaces
	# newuidmap goes by the name: the old ids must not be the new person's there.
	[ "$(grep ^renamed: /etc/subuid)" = "renamed:$new" ]
	[ "$(grep ^renamed: /etc/subgid)" = "renamed:$new" ]
	login_as renamed
	[ "$(range_of $((uid + 500)))" = "$new" ]
}

@test "a uid given to a new person: refused until the line is retired or renamed" {
	new_user before
	login_as before
	old=$(range_of "$uid")
	userdel -r before 2>/dev/null
	useradd -m -u "$uid" -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 after
	refused after "gives uid $uid a range as 'before', who is 'after' now"
	refused after 'else userns revoke of that name retires it'
	userns revoke before
	grep -q "^before:$old:uid=$uid,retired=" /etc/usernamespaces
	login_as after
	reported 'open 0'
	[ "$(range_of "$uid" | tail -n 1)" != "$old" ]
}

# Does NSS know the name? getent(1) would take digits for a uid.
is_account() {
	perl -e 'exit !getpwnam($ARGV[0])' -- "$1"
}

@test "names: hostile ones that NSS knows stand in the files as their uid" {
	# Nothing checks the names that a directory has.
	base=61001
	known=0
	for name in '-rf' '1234567' 'a/b' '../../etc' '#hash' 'x y' '+nis' "$(printf 'a%.0s' {1..300})"; do
		printf '%s:x:%s:100::/tmp:/bin/sh\n' "$name" $base >> /etc/passwd
		login_as "$name"
		if is_account "$name"; then
			known=$((known + 1))
			reported 'open 0'
			grep -q "^$base:[0-9]*:65536:uid=$base\$" /etc/usernamespaces
			grep -q "^$base:[0-9]*:65536\$" /etc/subuid
			grep -q "^$base:[0-9]*:65536\$" /etc/subgid
		else
			reported 'open 10'
			[ -z "$(range_of $base)" ]
		fi
		[ "$(grep -cF -- "$name:" /etc/subuid)" = 0 ]
		no_namespace_left $base
		base=$((base + 1))
	done
	sed -i '/:x:610[0-9][0-9]:100:/d' /etc/passwd
	# To NSS's files '#', '+' and '-' in front mean something else.
	[ "$known" -ge 5 ]
}

# U+009B begins an escape sequence as ESC [ does, and stands in the files as it is.
@test "names: what a terminal obeys is not printed to it" {
	name=$'c1\xc2\x9b31m'
	quick_user "$name"
	userns grant "$name" > /tmp/c1.said 2>&1
	grep -q "^$name:" /etc/subuid
	"$helper" open "$name" >> /tmp/c1.said 2>&1
	grep -qaF "user=$name" "/run/userns/$uid/state"
	userns status "$name" >> /tmp/c1.said 2>&1
	"$helper" close "$uid"
	userns revoke "$name" >> /tmp/c1.said 2>&1
	userns reserve "$name" 1500000000-1500000009 >> /tmp/c1.said 2>&1
	userns unreserve "$name" >> /tmp/c1.said 2>&1
	# They do name it.
	[ "$(grep -cF 'c1??31m:' /tmp/c1.said)" = 4 ]
	grep -qx 'user: *c1??31m' /tmp/c1.said
	[ "$(grep -caP '\x9b' /tmp/c1.said)" = 0 ]
	sed -i '/^c1/d' /etc/passwd
}

@test "names: what no account can be called is refused, and stays on its line of the log" {
	for name in $'new\nline' $'root:x\nx:1:1' '' ':' 'root:0:0' $'\e[31mred'; do
		mark_log
		login_as "$name"
		grep -qxE 'open (10|14|6)' "$report"
		reported 'path none'
		[ "$(userns_log | wc -l)" -le 1 ]
	done
	[ -z "$(grep -vE '^[A-Za-z0-9._\\-]+:[0-9]+:[0-9]+$' /etc/subuid | grep -v '^#')" ]
	[ -z "$(grep -a $'\e' /run/messages)" ]
	[ ! -e /run/userns ] || [ -z "$(ls -A /run/userns)" ]
}

@test "names: DOMAIN\\user is a name like any other" {
	printf 'EXAMPLE\\user:x:61900:100::/tmp:/bin/sh\n' >> /etc/passwd
	login_as 'EXAMPLE\user'
	reported 'open 0'
	reported 'path /run/userns/61900/user'
	grep -qE '^EXAMPLE\\user:[0-9]+:65536:uid=61900$' /etc/usernamespaces
	grep -qE '^EXAMPLE\\user:[0-9]+:65536$' /etc/subuid
	sed -i '/:61900:/d' /etc/passwd
}

@test "a user of this host that has come into the midst of a range: who has it is refused until they are gone" {
	new_user settled
	login_as settled
	reported 'open 0'
	range=$(range_of "$uid")
	inside=$((${range%:*} + 300))
	useradd -M -u "$inside" -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 arrived
	turned_away settled "settled's range $range holds $inside, which is a real user's id"
	userdel arrived
	login_as settled
	reported 'open 0'
	groupadd -g "$inside" arrived
	turned_away settled "settled's range $range holds $inside, which is a real group's id"
	groupdel arrived
}
