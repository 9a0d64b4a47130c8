# SPDX-License-Identifier: BSD-3-Clause
# A first login that is killed at any of its system calls, one after the other; then a login. What
# crash.bats looks at closely, for the calls that change something, is seen here for all.

load ../common

@test "a first login killed at any system call: the next gives one range, and useradd works" {
	quick_user shown
	strace -f -qq -o /tmp/kill.calls "$helper" open shown > /dev/null 2>&1
	"$helper" close "$uid"
	calls=$(sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' /tmp/kill.calls | sort -u)
	kills=0
	for call in $calls; do
		# A kill at its own start or end is nothing to see.
		[[ $call != execve && $call != exit* ]] || continue
		# Beyond a hundred of a kind it is the walk over /proc, which changes nothing: some of them.
		for ((n = 1; n <= 1000; n += n < 100 ? 1 : 7)); do
			quick_user "k$call$n"
			killed_at "$call" "$n" "$helper" open "k$call$n" || break
			kills=$((kills + 1))
			[ $((kills % 20)) != 0 ] || [ ! -e /etc/subuid.lock ] || useradd_works "beside$kills"
			made_good "k$call$n" || {
				echo "killed at $call number $n" >&2
				grep "^k$call$n:" /etc/usernamespaces /etc/subuid /etc/subgid >&2
				return 1
			}
		done
		"$helper" close "$uid" > /dev/null 2>&1 || true
	done
	echo "# killed $kills times" >&3
	[ "$kills" -ge 500 ]
	[ -z "$(overlaps /etc/usernamespaces)" ]
	[ -z "$(overlaps /etc/subuid)" ]
	[ -z "$(overlaps /etc/subgid)" ]
	useradd_works free
	[ ! -e /etc/subuid.lock ]
	[ ! -e /etc/subgid.lock ]
}
