# SPDX-License-Identifier: BSD-3-Clause
# A helper that is killed at any step: the next login makes all of it good.

load common

# Kills the helper of a login, which has strace for its parent: the shell makes no such call.
killed_login_at() {
	local call=$1 n=$2
	shift 2
	# shellcheck disable=SC2016
	killed_at "$call" "$n" sh -c 'exec "$0" --pid=$PPID "$@"' "$helper" "$@"
}

# One range, no overlap, pin and state while logged in; nothing that is left behind after. Half of
# the times it is useradd that finds first what the crash has left.
sound_again() {
	local name=$1 uid=$2 range
	[ $((uid % 2)) = 0 ] || useradd_works "beside$name" || return 1
	login_as "$name" /bin/sh -c "mountpoint -q /run/userns/$uid/user && cat /run/userns/$uid/state > /tmp/crash.state"
	range=$(range_of "$uid")
	reported 'open 0' &&
		one_range_everywhere "$name" &&
		# The book came first: what it has was allocated, not found in the copies.
		grep -qx "$name:$range:uid=$uid\(,deny-setgroups\)\?" /etc/usernamespaces &&
		grep -qx "uid_map=0 $uid 1,1 ${range/:/ }," /tmp/crash.state &&
		no_namespace_left "$uid" &&
		{ [ $((uid % 2)) = 1 ] || useradd_works "beside$name"; } &&
		[ ! -e /etc/subuid.lock ] && [ ! -e /etc/subgid.lock ] &&
		[ -z "$(find /etc -maxdepth 1 -name '*+')" ]
}

# Every N at which a system call is made.
crashes() {
	local call=$1 n user
	for n in {1..30}; do
		user=crash$BATS_TEST_NUMBER${call//[^a-z]/}$n
		quick_user "$user"
		rm -f /tmp/crash.state
		killed_login_at "$call" "$n" open "$user" || break
		sound_again "$user" "$uid" || { echo "killed at $call number $n" >&2; return 1; }
	done
	"$helper" close "$uid"
	# There was one at least, and the last was not just where we stopped.
	[ "$n" -gt 1 ]
	[ "$n" -lt 30 ]
	[ -z "$(overlaps /etc/subuid)" ]
	[ -z "$(overlaps /etc/subgid)" ]
	[ -z "$(overlaps /etc/usernamespaces)" ]
}

@test "killed before it renames" {
	crashes 'rename(at2?)?'
}

@test "killed before it makes a lock file" {
	crashes 'link(at)?'
}

@test "killed before it mounts" {
	crashes mount
}

@test "killed before it unlinks" {
	crashes 'unlink(at)?'
}

@test "killed before it writes" {
	crashes write
}

@test "killed before it syncs" {
	crashes fsync
}

@test "killed before it makes a directory, or becomes somebody" {
	crashes 'mkdir(at)?'
	crashes 'unshare|setresuid'
}

@test "killed while it takes an outdated namespace away, and while it closes" {
	for call in 'umount2?' 'unlink(at)?' rmdir 'rename(at2?)?' mount; do
		for n in {1..20}; do
			user=close${call//[^a-z]/}$n
			quick_user "$user"
			"$helper" open "$user" 2>/dev/null
			if [ $((n % 2)) = 0 ] || [ "$call" = mount ] || [ "$call" = 'rename(at2?)?' ]; then
				sed -i "s/:uid=$uid\$/:uid=$uid,deny-setgroups/" /etc/usernamespaces
				killed_login_at "$call" $(((n + 1) / 2)) open "$user" || killed=no
			else
				killed_login_at "$call" $(((n + 1) / 2)) close "$uid" || killed=no
			fi
			[ -z "${killed:-}" ] || break
			sound_again "$user" "$uid"
		done
		unset killed
		"$helper" close "$uid"
	done
}

@test "killed while it opens, and then nothing but a close: all of it goes" {
	quick_user onlyclose
	"$helper" open onlyclose 2>/dev/null
	"$helper" close "$uid"
	for call in 'rename(at2?)?' mount 'mkdir(at)?'; do
		for n in {1..9}; do
			killed_login_at "$call" "$n" open onlyclose || break
			"$helper" close "$uid"
			no_namespace_left "$uid"
		done
		[ "$n" -gt 1 ]
		[ "$n" -lt 9 ]
		"$helper" close "$uid"
		no_namespace_left "$uid"
	done
}
