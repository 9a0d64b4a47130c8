# SPDX-License-Identifier: BSD-3-Clause
# What does not answer holds a login as long as timeout= says, and no longer; a lock that is held is
# in races.bats, a disk that stalls in slow/stalls.bats.

load common

setup() {
	needs_sandbox
	cp "$top/build/system/tests/system/libnss_hang.so.2" /usr/lib/
	ldconfig
	sed -i -E 's/^(passwd|group): *(hang )?/\1: hang /' /etc/nsswitch.conf
	mark_log
}

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	rm -f /run/nss.hang
	remove_cgroup
	module_arguments ''
	sed -i -E 's/^(passwd|group): hang /\1: /' /etc/nsswitch.conf
}

@test "NSS that hangs: the login goes on after timeout=, with PAM_SESSION_ERR, and the helper is gone" {
	new_user waiting
	module_arguments timeout=1
	touch /run/nss.hang
	begin=$(milliseconds)
	turned_away waiting "not done in time; it waited for the user's account (NSS)"
	took=$(($(milliseconds) - begin))
	eventually no_helper_left
	rm /run/nss.hang
	[ "$took" -ge 700 ]
	[ "$took" -lt 3000 ]
	[ -z "$(ls -A /run/userns 2>/dev/null)" ]
	# Where the admin wrote "optional", without a namespace.
	touch /run/nss.hang
	"$pamhost" /tmp/waiting.report userns-optional waiting
	report=/tmp/waiting.report reported 'open 0'
	report=/tmp/waiting.report reported 'path none'
	rm /run/nss.hang
	login_as waiting
	reported 'open 0'
	one_range_everywhere waiting
}

@test "NSS that hangs later, when ranges are settled: the same, and no lock is left" {
	new_user settling
	module_arguments timeout=1
	# It answers the first two questions of the helper's, and then no more.
	lock_rundir "$uid"
	login_as settling & login=$!
	eventually find_lock_waiter
	touch /run/nss.hang
	unlock_rundir "$uid"
	wait "$login"
	eventually no_helper_left
	userns_log | grep -q "not done in time; it waited for the user's id range"
	[ -z "$(range_of "$uid")" ]
	[ ! -e /etc/subuid.lock ]
	[ ! -e /etc/subgid.lock ]
	useradd_works unhindered
	rm /run/nss.hang
	login_as settling
	reported 'open 0'
	one_range_everywhere settling
	no_namespace_left "$uid"
}

@test "NSS that hangs while shadow's locks are held: their files go with the process" {
	new_user holding
	module_arguments timeout=3
	take_lckpwdf
	login_as holding & login=$!
	eventually lckpwdf_is_waited_for
	touch /run/nss.hang
	give_lckpwdf
	eventually test -e /etc/subgid.lock
	wait "$login"
	eventually no_helper_left
	userns_log | grep -q "not done in time; it waited for the user's id range"
	[ ! -e /etc/subuid.lock ]
	[ ! -e /etc/subgid.lock ]
	[ -z "$(range_of "$uid")" ]
	rm /run/nss.hang
	login_as holding
	reported 'open 0'
	one_range_everywhere holding
}

@test "a helper that a user has frozen, with shadow's locks held: who has a range logs in, and to kill it ends it" {
	new_user recorded
	login_as recorded
	new_user frozen
	new_user newcomer
	make_cgroup frozen
	[ -e "$cgroup/cgroup.freeze" ] || skip "no control groups that can be frozen"
	module_arguments timeout=3
	take_lckpwdf
	in_cgroup "$pamhost" /tmp/frozen.report userns-test frozen 3>&- & login=$!
	eventually lckpwdf_is_waited_for
	touch /run/nss.hang
	give_lckpwdf
	eventually test -e /etc/subgid.lock
	as_user frozen sh -c "echo 1 > $cgroup/cgroup.freeze"
	eventually grep -qx 'frozen 1' "$cgroup/cgroup.events"
	rm /run/nss.hang
	sleep 3
	login_as recorded
	reported 'open 0'
	reported "path /run/userns/$(id -u recorded)/user"
	turned_away newcomer "not done in time; it waited for the user's id range and shadow's locks in /etc"
	kill -9 "$(cat /etc/subuid.lock)"
	login_as newcomer
	reported 'open 0'
	one_range_everywhere newcomer
	remove_cgroup
	wait "$login" || true
}

@test "a logout asks NSS nothing: it is done while that hangs" {
	new_user leaving
	module_arguments timeout=3
	hold leaving
	touch /run/nss.hang
	begin=$(milliseconds)
	release leaving
	took=$(($(milliseconds) - begin))
	reported 'close 0'
	no_namespace_left "$uid"
	[ "$took" -lt 2000 ]
	[ -z "$(userns_log | grep -v allocated)" ]
}

@test "gc while NSS hangs: one user after the other is given up, and it says to try again" {
	new_user asked
	login_as asked /bin/sh -c 'kill -9 $PPID' || true
	touch /run/nss.hang
	begin=$(milliseconds)
	run "$helper" --timeout=1 gc "$uid"
	took=$(($(milliseconds) - begin))
	rm /run/nss.hang
	[ "$status" = 3 ]
	[[ $output == *'not done in time'* ]]
	[ "$took" -lt 5000 ]
	eventually no_helper_left
	"$helper" gc > /dev/null
	no_namespace_left "$uid"
}
