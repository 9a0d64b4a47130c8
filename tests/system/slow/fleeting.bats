# SPDX-License-Identifier: BSD-3-Clause
# Processes that come and go in user namespaces of their own, thousands in a second: a first login
# looks at what each of these maps, and some are gone in the midst of that.

load ../common

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	touch /tmp/fleeting.stop
	wait
}

# What a login would do, which takes the same look.
explained() {
	"$helper" explain fleeting0 > /tmp/fleeting.said && grep -q PAM_SUCCESS /tmp/fleeting.said ||
		{ cat /tmp/fleeting.said >&2; return 1; }
}

four_fleet() {
	[ "$(pgrep -cx fleeting)" -ge 4 ]
}

@test "none of them fails anybody's first login" {
	for i in 1 2 3 4; do
		"$top/build/system/tests/system/fleeting" /tmp/fleeting.stop 3>&- &
	done
	eventually four_fleet
	quick_user fleeting0
	for i in {1..1500}; do
		explained
	done
	for i in {1..100}; do
		quick_user "fleeting$i"
		"$helper" open "fleeting$i" > /dev/null 2>&1
		"$helper" close "$uid"
	done
	no_namespace_left "$uid"
}
