# SPDX-License-Identifier: BSD-3-Clause
# A thousand commands with ids of their own.

load ../common
load ../crowd

setup() {
	log_in_for_test p
}

teardown() {
	log_out_after_test
}

@test "private: 1,000 in batches of 50, and no id is used twice at a time" {
	count=1000 private_crowd
}
