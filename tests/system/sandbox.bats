# SPDX-License-Identifier: BSD-3-Clause
# The sandbox of the other tests, seen from outside: it leaves the machine as it was.

bats_require_minimum_version 1.5.0

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root"
}

# What the tests change inside: accounts, ranges, programs, run state, mounts, devices.
machine() {
	cksum /etc/passwd /etc/group /etc/shadow /etc/pam.d/* /etc/subuid /etc/subgid 2>/dev/null
	ls -la /etc /usr/bin /usr/libexec /home /run/userns /etc/usernamespaces 2>/dev/null
	cat /proc/self/mountinfo
	ls -la /dev
}

@test "nothing done in a sandbox is seen outside, during or after" {
	before=$(machine)
	"$top/tests/system/sandbox" sh -c 'useradd -m boxed; rm -f /usr/bin/newuidmap; touch /etc/usernamespaces
		pamtester userns-test boxed open_session; sleep 100 & test -e /run/userns' > "$BATS_TEST_TMPDIR/out"
	[ "$(machine)" = "$before" ]
}

@test "processes that a test leaves running end with its sandbox" {
	"$top/tests/system/sandbox" sh -c 'setsid sleep 98765 & true'
	[ -z "$(pgrep -f '^sleep 98765')" ]
}

@test "the sandbox has loopback and no other network" {
	run "$top/tests/system/sandbox" ip -brief link
	[ "${#lines[@]}" = 1 ]
	[[ $output == lo* ]]
}
