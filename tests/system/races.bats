# SPDX-License-Identifier: BSD-3-Clause
# First logins at the same time as each other, and as shadow's own tools.

load common

# The lines of a file of ranges that overlap another line of it; none in a sound file.
overlaps() {
	grep -v '^#' "$1" | sort -t: -k2,2n | awk -F: '$2 < end {print} {if ($2 + $3 > end) end = $2 + $3}'
}

log_in_twice() {
	for _ in 1 2; do
		"$pamhost" "/tmp/races.report.$1.$RANDOM" userns-test "$1" &
	done
	wait
}

@test "50 users log in for the first time at once, twice each, with useradd alongside" {
	for i in {1..50}; do
		new_user "crowd$i"
	done
	(
		for i in {1..15}; do
			useradd -M "beside$i"
		done
	) &
	adder=$!
	for i in {1..50}; do
		log_in_twice "crowd$i" &
		pids="${pids:-} $!"
	done
	for pid in $pids $adder; do wait "$pid"; done

	# No login failed: all of them ended with PAM_SUCCESS, and none has logged a reason.
	[ "$(cat /tmp/races.report.crowd* | grep -cx 'open 0')" = 100 ]
	[ -z "$(userns_log | grep -v allocated)" ]
	for i in {1..50}; do
		one_range_everywhere "crowd$i"
		no_namespace_left "$(id -u "crowd$i")"
	done
	for i in {1..15}; do
		[ "$(grep -c "^beside$i:" /etc/subuid)" = 1 ]
		[ "$(grep -c "^beside$i:" /etc/subgid)" = 1 ]
		grep -q "^beside$i:" /etc/passwd
	done
	[ -z "$(overlaps /etc/subuid)" ]
	[ -z "$(overlaps /etc/subgid)" ]
	[ -z "$(overlaps /etc/usernamespaces)" ]
	[ ! -e /etc/subuid.lock ] && [ ! -e /etc/subgid.lock ]
	[ -z "$(find /etc -maxdepth 1 -name 'sub*id.*' -o -maxdepth 1 -name '*+')" ]
}

@test "a lock file that a dead process left is taken over" {
	new_user stale
	sleep 0 & dead=$!
	wait "$dead"
	printf %d "$dead" > /etc/subuid.lock
	login_as stale
	reported 'open 0'
	one_range_everywhere stale
	[ ! -e /etc/subuid.lock ]
}

@test "a lock file of a living process is waited for, then the login goes on without" {
	new_user patient
	printf %d $$ > /etc/subuid.lock
	sed -i 's/pam_userns.so/& timeout=1/' /etc/pam.d/userns-test
	login_as patient
	sed -i 's/ timeout=1//' /etc/pam.d/userns-test
	rm /etc/subuid.lock
	reported 'open 14'
	userns_log | grep -q "not done in time; it waited for .*shadow's locks"
	[ "$(userns_log | wc -l)" = 1 ]
	[ -z "$(range_of "$uid")" ]
	login_as patient
	reported 'open 0'
	one_range_everywhere patient
}

@test "lckpwdf held by another is waited for" {
	new_user queued
	# shellcheck disable=SC2016
	flock_script='use Fcntl; open(F, ">", "/etc/.pwd.lock") or die; my $l = pack("s s l! l! i", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLKW, $l) or die; print "held\n"; close STDOUT; sleep 1'
	perl -e "$flock_script" > /tmp/queued.held &
	eventually test -s /tmp/queued.held || true
	login_as queued
	wait
	reported 'open 0'
	one_range_everywhere queued
}
