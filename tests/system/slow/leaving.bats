# SPDX-License-Identifier: BSD-3-Clause
# A logout and a gc that are killed at any of their system calls, one after the other: the next login
# works, and a gc leaves nothing.

load ../common

# Half of the times gc comes first, and half of the times a login.
all_gone() {
	local kills=$1 status
	[ $((kills % 2)) = 0 ] || "$helper" gc > /dev/null || return 1
	[ $((kills % 2)) = 0 ] || no_namespace_left "$uid" || return 1
	"$helper" open "$user" > /dev/null 2> /tmp/leaver.said && mountpoint -q "/run/userns/$uid/user" &&
		[ ! -s /tmp/leaver.said ] && "$helper" gc > /dev/null &&
		[ -z "$(ls -A /run/userns)" ] && [ -z "$(grep ' /run/userns/' /proc/self/mountinfo)" ]
}

killed_everywhere() {
	local kills=0 call n calls
	user=leaver$1
	new_user "$user"
	"$helper" open "$user" > /dev/null 2>&1
	strace -f -qq -o /tmp/leaver.calls "$helper" "$1" "$uid" > /dev/null 2>&1
	no_namespace_left "$uid"
	calls=$(sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' /tmp/leaver.calls | sort -u)
	for call in $calls; do
		[[ $call != execve && $call != exit* ]] || continue
		# The walk over /proc changes nothing: some of its calls.
		for ((n = 1; n <= 1000; n += n < 60 ? 1 : 11)); do
			"$helper" open "$user" > /dev/null 2>&1
			killed_at "$call" "$n" "$helper" "$1" "$uid" || break
			kills=$((kills + 1))
			all_gone "$kills" || {
				echo "killed at $call number $n" >&2
				find /run/userns >&2
				cat /tmp/leaver.said >&2
				return 1
			}
		done
		"$helper" gc > /dev/null
	done
	echo "# killed $kills times" >&3
	[ "$kills" -ge 150 ]
}

@test "a logout killed at any system call" {
	killed_everywhere close
}

@test "a gc killed at any system call" {
	killed_everywhere gc
}
