# SPDX-License-Identifier: BSD-3-Clause
# A thousand commands with ids of their own.

load ../common

setup() {
	needs_sandbox
	mark_log
	name=p$BATS_TEST_NUMBER
	new_user "$name"
	"$helper" --pid=$$ open "$name" 2>/dev/null >&2
}

teardown() {
	[ "${USERNS_SANDBOX:-}" != inside ] || "$helper" --pid=$$ close "$uid" 2>/dev/null || true
}

@test "private: 1,000 in batches of 50, and no id is used twice at a time" {
	count=1000 private_crowd
}
