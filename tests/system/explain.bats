# SPDX-License-Identifier: BSD-3-Clause
# "userns explain": what a login would do, told by the code that does it, with nothing written.

load common
load explain

book=/etc/usernamespaces

setup_file() {
	bats_require_minimum_version 1.5.0
}

@test "a new range, its maps, and the login's result, before there is any of it" {
	new_user fresh
	explained fresh
	[ "$status" = 0 ]
	[ "$(line_of user:)" = "fresh, uid $uid, gid $(id -g fresh)" ]
	[[ $(line_of ranges:) = *', new, to be allocated' ]]
	[ "$(line_of 'a login:')" = "PAM_SUCCESS, with the namespace /run/userns/$uid/user" ]
	no_namespace_left "$uid"
	[ -z "$(range_of "$uid")" ]
	same_as_login fresh
	explained fresh
	[[ $(line_of ranges:) = *', on record' ]]
}

@test "what would be adopted, what only has to be copied, and whose name it was before" {
	useradd -m adopted
	explained adopted
	[[ $(line_of ranges:) = *', found, to be adopted' ]]
	same_as_login adopted
	sed -i '/^adopted:/d' /etc/subgid
	explained adopted
	[[ $(line_of ranges:) = *', on record, copies to be made' ]]
	same_as_login adopted
	new_user again
	userns grant again
	sed -i "s/^again:x:$uid:/again:x:$((uid + 500)):/" /etc/passwd
	explained again
	[[ $output = *'another user of this name, to be retired'* ]]
	[[ $(line_of ranges:) = *', new, to be allocated' ]]
	same_as_login again
}

@test "every kind of policy is explained as the login goes" {
	n=0
	while read -r policy; do
		n=$((n + 1))
		new_user policed$n
		printf '%b' "${policy//NAME/policed$n}" > /etc/security/userns.conf
		same_as_login policed$n
	done <<-'EOF'
		[default]\ndelegate = no\n
		[default]\ndelegate = yes\nsize = 1000\n
		[default]\nsize = 1M\n
		[default]\nallocate = by-uid\n
		[user NAME]\nrange = 1700003840-1700069375\n
		[user NAME]\nrange = 1700003840-1700069375\n
		[user NAME]\ndelegate = no\n
		[host]\npool = 1300234240-1300299775\n
		[host]\npool = 1300234240-1300299775\n
		[host]\npool = 1310720000-1310851071\navoid = 1310720000-1310720000\n
		[host]\nnonsense = 1\n
		[default]\nsize = 0\n
	EOF
	rm /etc/security/userns.conf
	# Six that work, two that say no, and four that fail: a place taken, a full pool, two mistakes.
	[ "$n" = 12 ]
}

@test "a login that would fail exits with 1 and says why" {
	new_user unlucky
	cp $book /tmp/book.kept
	echo garbage >> $book
	same_as_login unlucky
	[ "$status" = 1 ]
	[[ $stderr = *'malformed line'* ]]
	[ "$(line_of 'a login:')" = 'PAM_SESSION_ERR, without a namespace' ]
	sed -i '/^garbage$/d' $book
}

@test "who has a range has it also when nothing new could be given" {
	new_user keeper
	userns grant keeper
	echo garbage >> $book
	same_as_login keeper
	[ "$status" = 0 ]
	sed -i '/^garbage$/d' $book
}

@test "system accounts and strangers" {
	explained root
	[ "$status" = 0 ]
	[ "$(line_of 'a login:')" = 'PAM_IGNORE, without a namespace' ]
	[[ $stderr = *'system account'* ]]
	explained nobody-has-this-name
	[ "$status" = 1 ]
	[ "$(line_of 'a login:')" = 'PAM_USER_UNKNOWN, without a namespace' ]
}

@test "without root: one's own account, with the same answer" {
	new_user self
	userns grant self
	explained self
	[ "$status" = 0 ]
	as_root=$output
	run --separate-stderr as_user self userns explain
	[ "$status" = 0 ]
	[ "$output" = "$as_root" ]
	[ -z "$stderr" ]
	new_user newcomer
	run --separate-stderr as_user newcomer userns explain
	[ "$status" = 0 ]
	[[ $(line_of ranges:) = *', new, to be allocated' ]]
	[[ $stderr = *'not root, so no namespace of others was seen'* ]]
	[ -z "$(range_of "$uid")" ]
}

@test "another policy file can be tried before it is installed" {
	new_user trial
	printf '[default]\nsize = 1000\n' > /tmp/trial.conf
	explained --config=/tmp/trial.conf trial
	[ "$status" = 0 ]
	[[ $(line_of ranges:) = *:1000,* ]]
	grep -qF 'size = 1000 (/tmp/trial.conf:2 [default])' <<< "$output"
	printf '[default]\nsize = none\n' > /tmp/trial.conf
	explained --config=/tmp/trial.conf trial
	[ "$status" = 1 ]
	[[ $stderr = *'/tmp/trial.conf:2: size = none: expected'* ]]
	explained --config=/tmp/not-there.conf trial
	[ "$status" = 1 ]
	[[ $stderr = *'there is no policy file /tmp/not-there.conf'* ]]
}

@test "inside a namespace it is refused" {
	new_user inner
	hold inner
	run as_user inner userns exec -- userns explain inner
	release inner
	[ "$status" = 1 ]
	[[ $output = *'in the initial user namespace'* ]]
}
