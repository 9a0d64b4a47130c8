# SPDX-License-Identifier: BSD-3-Clause
# "userns explain": what a login would do, told by the code that does it, with nothing written.

load common

book=/etc/usernamespaces

# Where anything that a login writes would show.
traces() {
	files_sum 2> /dev/null || true
	find /run/userns /etc -newer /tmp/explain.begin ! -type d 2> /dev/null || true
}

# Explains, and sees that nothing was written.
explained() {
	local before
	touch -d '1 second ago' /tmp/explain.begin
	before=$(traces)
	run --separate-stderr userns explain "$@"
	[ "$(traces)" = "$before" ] || { echo "something was written" >&2; return 1; }
}

line_of() {
	sed -n "s/^$1 *//p" <<< "$output"
}

setup_file() {
	bats_require_minimum_version 1.5.0
}

# What was explained is what the next login of the same user does.
same_as_login() {
	local name=$1 range uid
	uid=$(id -u "$name")
	explained "$name"
	range=$(line_of ranges: | cut -d, -f1)
	login_as "$name" /bin/sh -c "cat /run/userns/$uid/state > /tmp/explain.state"
	case $(line_of 'a login:') in
	PAM_SUCCESS*)
		reported 'open 0' && reported "path /run/userns/$uid/user" && [ "$(range_of "$uid")" = "$range" ] &&
			grep -qx "uid_map=$(sed -n '/^uid map:/,/^gid map:/p' <<< "$output" |
				sed '$d; s/^uid map://; s/^ *//' | paste -sd,)," /tmp/explain.state
		;;
	# Libpam makes PAM_PERM_DENIED, 6, of a stack in which every module says PAM_IGNORE.
	PAM_IGNORE*) reported 'open 6' && reported 'path none' ;;
	PAM_SESSION_ERR*) reported 'open 14' && reported 'path none' ;;
	*) false ;;
	esac || { printf '%s\n' "$output" "$stderr" >&2; cat "$report" >&2; return 1; }
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
