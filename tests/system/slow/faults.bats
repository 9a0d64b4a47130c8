# SPDX-License-Identifier: BSD-3-Clause
# A first login in which each system call fails once, in each of four ways: it goes on or says why, and
# the next one makes all of it good.

load ../common

# Opens with an error in the Nth such call. Fails when there is no Nth. Sets status and said.
faulty_open() {
	local user=$1 call=$2 n=$3 error=$4
	status=0
	timeout 20 strace -f -qq -o /tmp/fault.trace -e trace="/^($call)$" \
		-e inject="/^($call)$:error=$error:when=$n" \
		"$helper" --timeout=10 open "$user" > /tmp/fault.out 2> /tmp/fault.said || status=$?
	grep -q '(INJECTED)' /tmp/fault.trace
}

# It went on with all that a login gives, or failed and said why; never half of it.
honest() {
	local user=$1
	case $status in
	0) one_range_everywhere "$user" && [ -e "/run/userns/$uid/user" ] ;;
	1) [ "$(wc -l < /tmp/fault.said)" -ge 1 ] && [ ! -s /tmp/fault.out ] ;;
	# Before there is anybody to say it; or it could not be said, as that was what failed.
	4 | 127) [ ! -s /tmp/fault.out ] ;;
	*) false ;;
	esac
}

faults() {
	local error=$1 call n user tried=0
	shift
	for call in "$@"; do
		for n in {1..60}; do
			user=f$BATS_TEST_NUMBER${call//[^a-z]/}$n
			quick_user "$user"
			faulty_open "$user" "$call" "$n" "$error" || break
			tried=$((tried + 1))
			{ honest "$user" && made_good "$user"; } || {
				echo "$error in $call number $n: status $status" >&2
				cat /tmp/fault.said /tmp/fault.out >&2
				grep -A5 INJECTED /tmp/fault.trace >&2
				grep "^$user:" /etc/usernamespaces /etc/subuid /etc/subgid >&2
				return 1
			}
		done
		"$helper" close "$uid" > /dev/null 2>&1
	done
	[ "$tried" -ge 20 ]
	[ -z "$(overlaps /etc/usernamespaces)" ]
	useradd_works "free$BATS_TEST_NUMBER"
	# Where a lock file could not be removed, its process is gone: useradd took it for void.
	[ ! -e /etc/subuid.lock ]
	[ ! -e /etc/subgid.lock ]
}

writing='write link|linkat rename|renameat|renameat2 fsync unlink|unlinkat fchmod fchown ftruncate'
reading='openat read pread64 newfstatat|fstat fcntl'
making='mount clone|clone3|fork|vfork unshare mkdir|mkdirat socketpair|pipe2 setresuid'

@test "a first login with ENOSPC in any call that writes or makes" {
	# shellcheck disable=SC2086
	faults ENOSPC $writing $making openat
}

@test "a first login with EIO in any call that reads or writes" {
	# shellcheck disable=SC2086
	faults EIO $writing $reading
}

@test "a first login with EINTR in any call that can be interrupted" {
	# Not close: a call that strace fails is not made, and Linux closes whatever close(2) says.
	faults EINTR openat read pread64 write fcntl fsync 'wait4|waitid'
}

@test "a first login with EROFS in any call that changes a file system" {
	# shellcheck disable=SC2086
	faults EROFS openat $writing 'mkdir|mkdirat' mount
}
