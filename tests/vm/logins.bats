# SPDX-License-Identifier: BSD-3-Clause
# Every way to log in, on a machine that has the packages.

load machine

setup_file() {
	machine_make installed
	machine_boot
}

teardown_file() {
	machine_stop
}

@test "a first login by password has a range and a namespace" {
	new_user alice
	run -0 on_by_password alice userns exec -- cat /proc/self/uid_map
	range=$(range_of alice)
	[ "$(tr -s ' ' <<< "$output")" = " 0 $uid 1
 1 ${range/:/ }" ]
}
