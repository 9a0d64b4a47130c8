# SPDX-License-Identifier: BSD-3-Clause
# "userns bank", and what "userns unshare" takes of the range: --bank and --private.

load common
load crowd

setup() {
	log_in_for_test b
	start=$(range_of "$uid" | cut -d: -f1)
	state=/home/$name/.local/state/userns
}

teardown() {
	log_out_after_test
}

bank() {
	as_user "$name" userns bank "$@"
}

# In the background, until end_holder; it is there when this is done.
hold_ids() {
	local file=$1
	shift
	rm -f "$file"
	# shellcheck disable=SC2016
	nest_aside "$@" -- sh -c 'head -n 1 /proc/self/uid_map | tr -s " " > $1.new; mv $1.new $1; exec sleep 60' x "$file"
	eventually test -s "$file"
}

# Whatever is below it; its ids are free then.
end_holder() {
	kill "$1"
	wait "$1" || true
}

@test "bank: create, list as table and JSON, delete" {
	[ -z "$(bank list)" ]
	run bank create web 10000
	[ "$status" = 0 ]
	[ -z "$output" ]
	bank create logs 1K
	run bank list
	[ "${lines[0]}" = 'NAME START COUNT USED' ]
	[ "${lines[1]}" = 'logs 54513  1024 no' ]
	[ "${lines[2]}" = 'web  55537 10000 no' ]
	[ "${#lines[@]}" = 3 ]
	bank list --json --output NAME,COUNT,UIDS,GIDS,START,USED |
		python3 -c "import json, sys
banks = json.load(sys.stdin)['banks']
assert banks[1] == {'name': 'web', 'count': 10000, 'uids': $start + 55536, 'gids': $start + 55536, 'start': 55537, 'used': 'no'}, banks
assert len(banks) == 2"
	[ "$(bank list --raw --noheadings -o COUNT,NAME | head -n 1)" = '1024 logs' ]
	bank delete web logs
	[ -z "$(bank list)" ]
	[ "$(stat -c %a "$state")" = 700 ]
	# A new one gets what is free again.
	bank create all 65536
	refuses 1 'no 1 ids' -- bank create one 1
	refuses 1 'free of banks' -- nest --private=1 true
}

@test "bank: what is refused" {
	bank create web 100
	refuses 1 'there is a bank web already' -- bank create web 5
	refuses 1 'no 65537 ids' -- bank create big 65537
	refuses 1 '65436 are' -- bank create big 4294967294
	for count in 0 -1 4294967295 4294967296 x '' 1k 1:2; do
		refuses 2 "'$count' is not how many ids" -- bank create big "$count"
	done
	for bad in -- '' a/b 'a b' .x "$(printf 'a%.0s' {1..65})"; do
		refuses 2 'cannot be the name of a bank' -- bank create "$bad" 5
	done
	refuses 2 'a name and how many' -- bank create web
	refuses 2 'names of banks' -- bank delete
	refuses 2 'create, delete or list' -- bank
	refuses 2 'create, delete or list' -- bank lists
	refuses 2 "takes no 'x'" -- bank list x
	refuses 1 "no bank 'logs'" -- bank delete logs
	# All or none.
	refuses 1 "no bank 'logs'" -- bank delete web logs
	[ "$(bank list -n -o NAME)" = web ]
	refuses 1 "no bank 'logs'" -- nest --bank logs true
	refuses 2 'bank web is there twice' -- nest --bank web --bank web true
	refuses 2 '--private is there twice' -- nest --private --private=5 true
	for count in 0 -1 4294967295 4294967296 x ''; do
		refuses 2 'it takes how many ids' -- nest --private="$count" true
	done
	refuses 1 'no 65537 ids' -- nest --private=65537 true
	refuses 1 '65436 are' -- nest --private=64K true
}

@test "bank: two commands with one bank share its files; one without cannot touch them" {
	bank create web 100
	bank create logs 100
	mkdir -m 1777 "/tmp/$name"
	nest --bank web --user 33 -- sh -c "umask 077; echo shared > /tmp/$name/file"
	[ "$(nest --bank web --user 33 -- cat "/tmp/$name/file")" = shared ]
	[ "$(nest --bank web -- cat "/tmp/$name/file")" = shared ]
	for other in '--bank logs' --private '--bank logs --private=60000'; do
		# shellcheck disable=SC2086
		run nest $other -- cat "/tmp/$name/file"
		[ "$status" = 1 ]
		[[ $output == *'Permission denied'* ]]
		# shellcheck disable=SC2086
		run nest $other -- rm -f "/tmp/$name/file"
		[ -e "/tmp/$name/file" ]
	done
	# Behind another bank the same ids have other numbers.
	[ "$(nest --bank logs --bank web -- stat -c %u "/tmp/$name/file")" = 133 ]
	[ "$(nest --bank logs --bank web --user 133 -- cat "/tmp/$name/file")" = shared ]
}

@test "bank: several are mapped one after the other, also with --private" {
	bank create web 1000
	bank create logs 50
	run nest --bank web --bank logs --private=7 -- sh -c 'cat /proc/self/uid_map /proc/self/gid_map | tr -s " "'
	[ "$output" = $' 0 64537 1000\n 1000 64487 50\n 1050 64480 7\n 0 64537 1000\n 1000 64487 50\n 1050 64480 7' ]
	run nest --private=7 --bank logs -- sh -c 'tr -s " " < /proc/self/uid_map'
	[ "$output" = $' 0 64480 7\n 7 64487 50' ]
}

@test "bank: one in use is shown as such, and cannot be deleted" {
	bank create web 1000
	bank create logs 50
	hold_ids "/tmp/$name.one" --bank web
	one=$!
	hold_ids "/tmp/$name.two" --bank web --bank logs
	two=$!
	[ "$(bank list -n -o NAME,USED --raw)" = $'logs yes\nweb yes' ]
	refuses 1 'bank web is in use' -- bank delete web
	end_holder $two
	[ "$(bank list -n -o NAME,USED --raw)" = $'logs no\nweb yes' ]
	refuses 1 'bank web is in use' -- bank delete logs web
	bank delete logs
	end_holder $one
	bank delete web
}

@test "private: two at once have no id in common, nor a bank's; a bank gets none of theirs" {
	bank create web 1000
	hold_ids "/tmp/$name.1" --private
	one=$!
	hold_ids "/tmp/$name.2" --private=500
	two=$!
	[ "$(cat "/tmp/$name.1")" = ' 0 63513 1024' ]
	[ "$(cat "/tmp/$name.2")" = ' 0 63013 500' ]
	bank create logs 10
	[ "$(bank list -n -o START,NAME --raw)" = $'63003 logs\n64537 web' ]
	# What is free again is taken again.
	end_holder $one
	hold_ids "/tmp/$name.3" --private=1024
	[ "$(cat "/tmp/$name.3")" = ' 0 63513 1024' ]
	end_holder $!
	end_holder $two
}

@test "private: the ids stay taken until the last process that the command left has ended" {
	# Closes all it has, as daemons do.
	nest --private=60000 -- setsid sh -c "exec >/dev/null 2>&1 </dev/null; (echo \$PPID > /tmp/$name.left; exec sleep 60) & exit 3" || [ $? = 3 ]
	refuses 1 'no 60000 ids' -- nest --private=60000 true
	pkill -u "$((start + 5536))" sleep
	eventually nest --private=60000 true
}

@test "private: the ids are free when the command has ended and left nothing" {
	for _ in {1..40}; do
		nest --private=60000 true
	done
}

@test "private: a keeper that is killed takes the command with it" {
	hold_ids "/tmp/$name.1" --private=60000
	us=$!
	keeper=$(pgrep -P $us)
	[ "$(cat "/proc/$keeper/comm")" = userns-keeper ]
	command=$(pgrep -P "$keeper")
	kill -KILL "$keeper"
	status=0
	wait $us || status=$?
	[ "$status" = 4 ]
	eventually eval "! test -e /proc/$command"
	nest --private=60000 true
}

@test "private: neither the command nor what it leaves can end the keeper, or hold a pipe by it" {
	# The reader ends with the command, though its orphan lives on.
	run timeout 20 setpriv --reuid="$uid" --regid="$uid" --init-groups env HOME="/home/$name" \
		userns unshare --private=60000 -- sh -c "kill -9 \$PPID; sleep 60 >/dev/null 2>&1 </dev/null & echo done"
	[ "$status" = 0 ]
	[[ $output == *done* ]]
	refuses 1 'no 60000 ids' -- nest --private=60000 true
	pkill -u "$((start + 5536))" sleep
	eventually nest --private=60000 true
}

@test "private: a command that only its owner can run is told of" {
	install -m 700 -o "$name" /bin/true "/tmp/$name.mine"
	run nest --private -- "/tmp/$name.mine"
	[ "$status" = 126 ]
	[[ $output == *'everybody must be able to'* ]]
	run nest -- "/tmp/$name.mine"
	[ "$status" = 0 ]
}

@test "private: 200 at once in batches of 50, and no id is used twice at a time" {
	count=200 private_crowd
}

@test "bank: a lost or damaged file is an error for all that need it, not a fresh start" {
	bank create web 100
	cp "$state/banks" "/tmp/$name.backup"
	rm "$state/banks"
	for verb in 'bank list' 'bank create logs 5' 'bank delete web' 'unshare --private true' 'unshare --bank web true'; do
		# shellcheck disable=SC2086
		refuses 1 "$state/banks is lost" -- as_user "$name" userns $verb
	done
	[ ! -e "$state/banks" ]
	for damage in 's/web/w b/' '2d' '$d' '1d' 's/100$/101x/'; do
		sed "$damage" "/tmp/$name.backup" > "$state/banks"
		for verb in 'bank list' 'bank create logs 5' 'bank delete web' 'unshare --private true' 'unshare --bank web true'; do
			# shellcheck disable=SC2086
			refuses 1 "$state/banks is damaged: " -- as_user "$name" userns $verb
		done
		sed "$damage" "/tmp/$name.backup" | cmp - "$state/banks"
	done
	# What needs no banks goes on.
	as_user "$name" userns unshare true
	cp "/tmp/$name.backup" "$state/banks"
	[ "$(bank list -n -o NAME)" = web ]
	# One who means it can begin anew.
	rm "$state/banks" "$state/ids"
	[ -z "$(bank list)" ]
}

@test "bank: its name never stands for other ids, whatever becomes of the range" {
	bank create web 100
	# The host's ids are recorded; another range has others.
	sed -i "s/^web:[0-9]*:/web:$((start - 70000)):/" "$state/banks"
	refuses 1 "$((start - 70000))-$((start - 69901)) on the host, are not in your namespace" -- nest --bank web true
	[ "$(bank list -n --raw -o NAME,COUNT)" = 'web 100' ]
	bank delete web
}

@test "bank: in XDG_STATE_HOME where that is set, and in nobody else's home" {
	mkdir "/tmp/$name.xdg"
	chown "$name:" "/tmp/$name.xdg"
	XDG_STATE_HOME=/tmp/$name.xdg/made/here bank create web 100
	[ -e "/tmp/$name.xdg/made/here/userns/banks" ]
	[ -z "$(bank list)" ]
	new_user "other$name"
	run as_user "other$name" env HOME="/home/$name" userns bank list
	[ "$status" = 1 ]
	mkdir -p "/tmp/$name.open/userns"
	run as_user "$name" env XDG_STATE_HOME="/tmp/$name.open" userns bank list
	[ "$status" = 1 ]
	[[ $output == *'belongs to uid 0, not to you'* ]]
	# Root, with the HOME that a user has left them, makes nothing where that user's links lead.
	mkdir -p "/home/other$name/.local" "/tmp/$name.led"
	ln -s "/tmp/$name.led" "/home/other$name/.local/state"
	chown -hR "other$name:" "/home/other$name"
	run env HOME="/home/other$name" userns bank list
	[ "$status" = 1 ]
	[[ $output == *"/home/other$name belongs to uid $(id -u "other$name"), not to you; set HOME to your own"* ]]
	[ -z "$(ls -A "/tmp/$name.led")" ]
	run as_user "$name" env -u HOME userns bank list
	[ "$status" = 1 ]
	[[ $output == *'HOME is not set'* ]]
}

@test "bank: without a namespace the list is there, and one sentence says why there is no more" {
	bank create web 100
	"$helper" --pid=$$ close "$uid"
	run bank list --raw -n
	[ "$status" = 0 ]
	[[ ${lines[0]} == *'you have no namespace'* ]]
	[ "${lines[1]}" = 'web  100 no' ]
	refuses 1 'made at login' -- bank create logs 5
	bank delete web
}

@test "bank: twenty are made at once, and none gets another's ids" {
	for i in {1..20}; do
		user_aside userns bank create "n$i" 1000
	done
	wait
	[ "$(bank list -n --raw -o COUNT,NAME | grep -c '^1000 n')" = 20 ]
	grep '^n' "$state/banks" | sort -t: -k2,2n | awk -F: '$2 < end {exit 1} {end = $2 + $4}'
}
