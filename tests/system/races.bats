# SPDX-License-Identifier: BSD-3-Clause
# First logins at the same time as each other, and as shadow's own tools.

load common

teardown() {
	[ "${USERNS_SANDBOX:-}" != inside ] || module_arguments ''
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
	[ ! -e /etc/subuid.lock ]
	[ ! -e /etc/subgid.lock ]
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

@test "so is that of a process that has ended and is not reaped, or that just has got the number" {
	new_user reused
	# shellcheck disable=SC2016
	perl -e 'defined($p = fork) or die; $p or exit; open(F, ">", "/tmp/reused.zombie"); print F $p; close F; sleep 20' 3>&- &
	parent=$!
	eventually test -s /tmp/reused.zombie
	eventually grep -q '^State:.*Z' "/proc/$(cat /tmp/reused.zombie)/status"
	cp /tmp/reused.zombie /etc/subuid.lock
	printf %d $$ > /etc/subgid.lock
	touch -d '1 day ago' /etc/subgid.lock
	login_as reused
	kill "$parent"
	reported 'open 0'
	one_range_everywhere reused
	[ ! -e /etc/subuid.lock ]
	[ ! -e /etc/subgid.lock ]
}

@test "a lock file of a living process, or one that names none, is waited for, not removed" {
	new_user patient
	module_arguments timeout=1
	while read -r lock text; do
		printf '%s' "$text" > "$lock"
		begin=$(milliseconds)
		turned_away patient "not done in time; it waited for the user's id range and shadow's locks in /etc"
		took=$(($(milliseconds) - begin))
		[ "$(cat "$lock")" = "$text" ]
		rm "$lock"
		[ "$took" -ge 700 ]
	done <<-EOF
		/etc/subuid.lock $$
		/etc/subuid.lock garbage
		/etc/subuid.lock
		/etc/subgid.lock $$
		/etc/subgid.lock garbage
	EOF
	module_arguments ''
	[ -z "$(range_of "$uid")" ]
	login_as patient
	reported 'open 0'
	one_range_everywhere patient
	[ ! -e /etc/subuid.lock ]
}

@test "lckpwdf held by another is waited for" {
	new_user queued
	take_lckpwdf
	(sleep 1.5; give_lckpwdf) 3>&- &
	begin=$(milliseconds)
	login_as queued
	took=$(($(milliseconds) - begin))
	wait
	reported 'open 0'
	[ "$took" -ge 1000 ]
	one_range_everywhere queued
}

@test "an account that is made while a first login waits for the locks is in no range" {
	new_user before
	place=$("$helper" explain before | awk '$1 == "ranges:" {print $2}')
	[ "${place%:*}" -ge 65536 ]
	take_lckpwdf
	login_as before & login=$!
	eventually lckpwdf_is_waited_for
	# In the middle, as the ends are asked for by themselves.
	echo "between:x:$((${place%:*} + 1000)):100::/tmp:/bin/sh" >> /etc/passwd
	give_lckpwdf
	wait "$login"
	sed -i '/^between:/d' /etc/passwd
	one_range_everywhere before
	[ "$(range_of "$uid")" != "${place%,}" ]
}

@test "so it is with a group, and with ids that are reserved" {
	files=$(files_sum)
	take_lckpwdf
	"$helper" reserve kept 1700000000:65536 2>/tmp/kept.reason & reserving=$!
	eventually lckpwdf_is_waited_for
	echo 'between:x:1700001000:' >> /etc/group
	give_lckpwdf
	status=0
	wait "$reserving" || status=$?
	sed -i '/^between:/d' /etc/group
	[ "$status" = 1 ]
	grep -qF 1700001000 /tmp/kept.reason
	[ "$(files_sum)" = "$files" ]
	# It is free without.
	"$helper" reserve kept 1700000000:65536
	"$helper" unreserve kept
}

@test "the lock of a run directory is waited for, and the log says so" {
	new_user behind
	module_arguments timeout=1
	lock_rundir "$uid"
	begin=$(milliseconds)
	turned_away behind "not done in time; it waited for the lock of the user's run directory"
	took=$(($(milliseconds) - begin))
	module_arguments ''
	[ "$took" -ge 700 ]
	[ "$took" -lt 2500 ]
	login_as behind & login=$!
	eventually find_lock_waiter
	unlock_rundir "$uid"
	wait "$login"
	eventually no_namespace_left "$uid"
	one_range_everywhere behind
}
