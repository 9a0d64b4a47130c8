# SPDX-License-Identifier: BSD-3-Clause
# The random lives of tests/unit/test_model.c, as many as make what is rare happen.

load ../common

model=$top/build/gcc/tests/unit/test_model

@test "100,000 random sequences of grant, grow, revoke, reserve, crash and restart, by the model" {
	MODEL_SEED=1 MODEL_SEQUENCES=50000 MODEL_STEPS=30 "$model" > /tmp/model.first 2>&1 3>&- &
	first=$!
	MODEL_SEED=1000001 MODEL_SEQUENCES=50000 MODEL_STEPS=30 "$model" > /tmp/model.second 2>&1 ||
		{ tail -n 30 /tmp/model.second >&2; false; }
	wait "$first" || { tail -n 30 /tmp/model.first >&2; false; }
	# What the runs say that they have seen, as nothing would be quick as well.
	for run in first second; do
		[ "$(awk '/^# [0-9]+ given$/ {print $2}' /tmp/model.$run)" -ge 100000 ]
		[ "$(awk '/^# [0-9]+ crashed$/ {print $2}' /tmp/model.$run)" -ge 10000 ]
	done
}
