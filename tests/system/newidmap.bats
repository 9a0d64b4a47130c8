# SPDX-License-Identifier: BSD-3-Clause
# newuidmap and newgidmap as they are inside a delegated namespace, /etc/subuid and /etc/subgid as
# they are there, and that nobody outside sees any of it.

load common

programs=/usr/libexec/userns/bin

setup() {
	log_in_for_test i
	range=$(range_of "$uid")
}

teardown() {
	log_out_after_test
}

inside() {
	as_user "$name" userns exec -- "$@"
}

# Runs a shell script inside, with $child in a user namespace of its own that has no maps yet.
with_child() {
	inside bash -c 'unshare --user sleep 60 & child=$!
		own=$(readlink /proc/self/ns/user)
		until [ "$(readlink /proc/$child/ns/user)" != "$own" ]; do :; done
		'"$1"'; status=$?
		kill $child
		exit $status'
}

@test "both are found first, and write what they are asked to" {
	run inside which newuidmap newgidmap
	[ "$output" = "$programs/newuidmap"$'\n'"$programs/newgidmap" ]
	run with_child 'newuidmap $child 0 0 1 1 1 65536 && newgidmap $child 0 1000 1 5 2000 10 &&
		cat /proc/$child/uid_map /proc/$child/gid_map /proc/$child/setgroups'
	[ "$status" = 0 ]
	[ "$(xargs <<< "$output")" = '0 0 1 1 1 65536 0 1000 1 5 2000 10 allow' ]
}

@test "a range over the border of two extents is cut there, as the kernel wants it" {
	run with_child 'newuidmap $child 100 0 1000 && cat /proc/$child/uid_map'
	[ "$status" = 0 ]
	[ "$(xargs <<< "${lines[0]}")" = '100 0 1' ]
	[ "$(xargs <<< "${lines[1]}")" = '101 1 999' ]
}

@test "the process can be a descriptor of its directory in /proc" {
	run with_child 'exec 8< /proc/$child 9< /etc; newuidmap fd:9 0 0 1; newuidmap fd:77 0 0 1; newuidmap fd: 0 0 1
		newuidmap fd:8 0 0 1 && cat /proc/$child/uid_map'
	[ "$status" = 0 ]
	[ "${lines[0]}" = "newuidmap: 'fd:9' is no process" ]
	[[ ${lines[1]} == *'cannot take descriptor 77'* ]]
	[[ ${lines[2]} == *'is no descriptor' ]]
	[ "$(xargs <<< "${lines[3]}")" = '0 0 1' ]
}

@test "who maps no more than their own gid loses setgroups, as by the real newgidmap" {
	run with_child 'newgidmap $child 0 0 1 && cat /proc/$child/setgroups /proc/$child/gid_map'
	[ "$status" = 0 ]
	[ "${lines[0]}" = deny ]
	[ "$(xargs <<< "${lines[1]}")" = '0 0 1' ]
	# Also where it was lost before.
	run with_child 'echo deny > /proc/$child/setgroups && newgidmap $child 0 0 1 && cat /proc/$child/setgroups'
	[ "$output" = deny ]
}

@test "what is refused: ids that the namespace lacks, numbers that are none, too many" {
	for map in '0 0 65538' '0 65537 1' '0 70000 1' '0 4294967294 1'; do
		run with_child "newuidmap \$child $map"
		[ "$status" = 1 ]
		[ "${#lines[@]}" = 1 ]
		[[ $output == 'newuidmap: '*'your namespace has no uid '*'; it has 0-65536' ]]
	done
	for map in '0 4294967295 1' '0 0 0' '4294967295 0 1' '4294967294 0 2' '0 4294967296 1' '0 0 4294967296' '-1 0 1' \
		'0 0x10 1' '0 +1 1' "0 '' 1" 'a b c' '0 99999999999999999999 1'; do
		run with_child "newuidmap \$child $map"
		[ "$status" = 1 ]
		[[ $output == *'is no mapping'* ]]
	done
	run with_child 'newgidmap $child 0 1 10 9 20 1'
	[ "$status" = 1 ]
	[[ $output == *'both map gid 9' ]]
	run with_child 'newgidmap $child 0 1 10 10 10 1'
	[ "$status" = 1 ]
	[[ $output == *"both take your namespace's gid 10" ]]
	# The kernel takes 340.
	run with_child 'newuidmap $child $(for ((i = 0; i < 340; i++)); do echo $((2 * i)) $((2 * i)) 1; done) && wc -l < /proc/$child/uid_map'
	[ "$output" = 340 ]
	run with_child 'newuidmap $child $(for ((i = 0; i < 341; i++)); do echo $((2 * i)) $((2 * i)) 1; done)'
	[ "$status" = 1 ]
	[[ $output == *'340'* ]]
	# Nothing was written by any of these; and a map is written once.
	run with_child 'newuidmap $child 0 70000 1; cat /proc/$child/uid_map; newuidmap $child 0 0 1; newuidmap $child 0 0 1'
	[ "$status" = 1 ]
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[1]} == *'cannot write uid_map: Operation not permitted' ]]
}

@test "what is refused: processes that are none, or another's; callers who are not root inside" {
	for process in 0 -1 x '' 4194304 99999999999999999999 1x ../1; do
		run inside newuidmap "$process" 0 0 1
		[ "$status" = 1 ]
		[ "${#lines[@]}" = 1 ]
		[[ $output == 'newuidmap: '* ]]
	done
	# Of root outside; and of another user inside.
	run inside newuidmap 1 0 0 1
	[ "$status" = 1 ]
	[[ $output == *'process 1 is owned by another'* ]]
	run inside sh -c 'setpriv --reuid=33 --regid=33 --clear-groups sleep 60 &
		until grep -q "^Uid:.33" /proc/$!/status; do :; done; newuidmap $! 0 0 1; status=$?; kill $!; exit $status'
	[ "$status" = 1 ]
	[[ $output == *'is owned by another: it is 33:33, and you are 0:0'* ]]
	run inside setpriv --reuid=33 --regid=33 --clear-groups sh -c 'exec newuidmap $$ 0 33 1'
	[ "$status" = 1 ]
	[[ $output == *'only root inside has ids to map, not uid 33'* ]]
	# A process that has no namespace of its own.
	run inside sh -c 'exec newuidmap $$ 0 0 1'
	[ "$status" = 1 ]
	for arguments in '' 1 '1 0' '1 0 0' '1 0 0 1 2' '1 0 0 1 2 3'; do
		run inside newgidmap $arguments
		[ "$status" = 1 ]
		[[ $output == 'usage: newgidmap '* ]]
	done
}

@test "/etc/subuid and /etc/subgid: root's ids inside, the user's as on the host, nobody else's" {
	echo someone:900000000:65536 | tee -a /etc/subuid /etc/subgid > /dev/null
	for file in subuid subgid; do
		[ "$(inside cat "/etc/$file")" = "root:1:65536"$'\n'"$name:$range" ]
	done
	# For everybody there, whatever the umask.
	run as_user "$name" sh -c 'umask 077; userns exec -- setpriv --reuid=33 cat /etc/subuid'
	[ "$status" = 0 ]
	# Once is enough, and the pin is seen still.
	[ "$(inside userns exec -- cat /etc/subuid)" = "root:1:65536"$'\n'"$name:$range" ]
	inside userns status > /dev/null
	[ "$(inside userns exec -- sh -c 'echo $PATH' | grep -o "$programs" | wc -l)" = 1 ]
	grep -v '^someone:' /etc/subuid > /tmp/subuid && cat /tmp/subuid > /etc/subuid
	grep -v '^someone:' /etc/subgid > /tmp/subgid && cat /tmp/subgid > /etc/subgid
}

@test "with PATH unset, empty, or as long as it can be" {
	run as_user "$name" env -u PATH /usr/bin/userns exec -- /usr/bin/env
	[ "$status" = 0 ]
	[[ $output == *"PATH=$programs:/usr/local/bin:/usr/bin:/bin"* ]]
	run as_user "$name" env PATH= /usr/bin/userns exec -- /usr/bin/env
	[ "$status" = 0 ]
	long=$(printf ':/nonexistent%.0s' {1..5000})
	run as_user "$name" env PATH="/usr/bin$long" userns exec -- sh -c 'echo ${#PATH}'
	[ "$status" = 0 ]
	[ "$output" = $((${#programs} + 1 + 8 + ${#long})) ]
}

@test "a host without these files has none inside" {
	mv /etc/subgid /etc/subgid.away
	run inside sh -c 'cat /etc/subuid; test ! -e /etc/subgid'
	[ "$status" = 0 ]
	[ "$output" = "root:1:65536"$'\n'"$name:$range" ]
	mv /etc/subgid.away /etc/subgid
}

@test "nothing of it is seen outside, during or after" {
	files=$(files_sum)
	mounts=$(cat /proc/self/mountinfo)
	path=$(as_user "$name" sh -c 'echo $PATH')
	as_user "$name" userns exec -- sh -c "touch /tmp/$name.in; until [ -e /tmp/$name.go ]; do sleep 0.05; done" 3>&- &
	eventually test -e "/tmp/$name.in"
	[ "$(files_sum)" = "$files" ]
	[ "$(cat /proc/self/mountinfo)" = "$mounts" ]
	[ -e "/run/userns/$uid/state" ]
	touch "/tmp/$name.go"
	wait
	[ "$(files_sum)" = "$files" ]
	[ "$(cat /proc/self/mountinfo)" = "$mounts" ]
	[ "$(as_user "$name" sh -c 'echo $PATH')" = "$path" ]
	! grep -rq "$programs" /etc/profile /etc/profile.d /etc/environment "/home/$name" || return 1
}

@test "outside they hand over to the next in PATH; where there is none they say so" {
	mkdir -p "/tmp/$name.bin"
	chmod 755 "/tmp/$name.bin"
	printf '#!/bin/sh\necho "real ${0##*/} $*"; exit 7\n' | tee "/tmp/$name.bin/newuidmap" > "/tmp/$name.bin/newgidmap"
	chmod 755 "/tmp/$name.bin/"*
	ln -s "$programs" "/tmp/$name.link"
	for program in newuidmap newgidmap; do
		run as_user "$name" PATH="$programs::/nonexistent:/tmp/$name.link:/tmp/$name.bin:/usr/bin" $program 1 2 3 4
		[ "$status" = 7 ]
		[ "$output" = "real $program 1 2 3 4" ]
		# Two copies do not hand over to each other for ever.
		mkdir -p "/tmp/$name.copy"
		cp "$programs/newuidmap" "/tmp/$name.copy/$program"
		run as_user "$name" PATH="$programs:/tmp/$name.copy:/tmp/$name.bin" /usr/bin/timeout 10 $program 1 2 3 4
		[ "$status" = 7 ]
		run as_user "$name" PATH="/tmp/$name.copy:/usr/bin:$programs:/tmp/$name.copy" /usr/bin/timeout 10 $program 1 2 3 4
		[ "$status" = 1 ]
		[[ $output == *'no other'* ]]
		run as_user "$name" env PATH="$programs:" $programs/$program 1 2 3 4
		[ "$status" = 1 ]
		[[ $output == "$program: there is no other $program in PATH"* ]]
		run as_user "$name" env -u PATH $programs/$program 1 2 3 4
		[ "$status" = 1 ]
	done
	# No privilege to lose or to gain.
	[ "$(stat -c %a:%u "$programs/newuidmap")" = 755:0 ]
	[ -z "$(getcap "$programs/newuidmap")" ]
}

@test "util-linux unshare maps by it, with the real ones gone" {
	rm /usr/bin/newuidmap /usr/bin/newgidmap
	run inside unshare --map-auto --map-root-user cat /proc/self/uid_map
	[ "$status" = 0 ]
	[ "$(xargs <<< "${lines[0]}")" = '0 0 1' ]
	run inside unshare --map-users=auto --setuid 0 sh -c 'cat /proc/self/uid_map'
	[ "$status" = 0 ]
}
