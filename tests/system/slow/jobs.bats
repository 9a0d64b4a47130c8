# SPDX-License-Identifier: BSD-3-Clause
# Jobs of cron and at, whose daemons open a session for each.

load ../common

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	[ -z "${daemon:-}" ] || kill "$daemon" || true
}

job_has_its_namespace() {
	[ "$(head -n 2 "$1")" = "$(expected_map "$uid" "$(range_of "$uid")")" ] || { cat "$1" >&2; return 1; }
	eventually no_namespace_left "$uid"
}

@test "at" {
	new_user planner
	mkdir -p /var/spool/cron/atjobs /var/spool/cron/atspool
	atd -f 3>&- & daemon=$!
	as_user planner sh -c 'echo "userns exec -- cat /proc/self/uid_map > /tmp/planner.map; touch /tmp/planner.done" | at now' 2>/dev/null
	for _ in {1..30}; do [ ! -e /tmp/planner.done ] || break; sleep 1; done
	job_has_its_namespace /tmp/planner.map
}

@test "cron, and a job that outlives its minute beside another" {
	new_user clocked
	# Jobs in the table of the host wait for their minute.
	printf 'PATH=/usr/bin:/bin\n* * * * * clocked userns exec -- cat /proc/self/uid_map > /tmp/clocked.map; ls /run/userns/%s/sessions > /tmp/clocked.sessions; sleep 3; touch /tmp/clocked.done\n* * * * * clocked sleep 1; stat -Lc \\%%i /run/userns/%s/user > /tmp/clocked.other\n' "$uid" "$uid" > /etc/cron.d/userns-test
	cron -f 3>&- & daemon=$!
	for _ in {1..80}; do [ ! -e /tmp/clocked.done ] || break; sleep 1; done
	rm /etc/cron.d/userns-test
	[ -s /tmp/clocked.other ]
	job_has_its_namespace /tmp/clocked.map
	[ -z "$(userns_log | grep -v allocated)" ]
}
