# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Counts what test programs say, as TAP.

passed=0 failed=0 skipped=0

# Takes the TAP of a test program, and counts; a program that dies has failed once more. Fails when
# any test did.
count() {
	local name=$1 output status
	shift
	output=$(mktemp)
	echo "# $name"
	"$@" 2>&1 | tee "$output"
	status=${PIPESTATUS[0]}
	local ok skip bad planned
	# cmocka 1.1.5 writes "not ok" for a test that is skipped.
	skip=$(grep -ciE '^(not )?ok .*# skip' "$output")
	ok=$(grep -E '^ok ' "$output" | grep -cvi '# skip')
	bad=$(grep -E '^not ok ' "$output" | grep -cvi '# skip')
	planned=$(sed -nE 's/^1\.\.([0-9]+)$/\1/p' "$output" | awk '{n += $1} END {print n + 0}')
	rm -f "$output"
	# Neither a crash half-way nor a program without any test may look like success.
	if [ $((ok + bad + skip)) != "$planned" ] || [ "$planned" = 0 ] || { [ "$status" != 0 ] && [ "$bad" = 0 ]; }; then
		echo "not ok - $name ran $((ok + bad + skip)) of $planned tests and ended with $status"
		bad=$((bad + 1))
	fi
	passed=$((passed + ok))
	failed=$((failed + bad))
	skipped=$((skipped + skip))
	[ "$bad" = 0 ]
}

# A command that is a test by itself, as TAP.
one_test() {
	local name=$1
	shift
	echo 1..1
	if "$@"; then echo "ok 1 - $name"; else echo "not ok 1 - $name"; fi
}

# The counts that the output in a file ends with, into ours. Fails if it ends with none.
add_counts() {
	local words
	read -ra words <<< "$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$1" | tail -n 1)"
	[ ${#words[@]} = 6 ] || return
	passed=$((passed + words[0]))
	failed=$((failed + words[2]))
	skipped=$((skipped + words[4]))
}

# The last line, and the status of all.
counted() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ]
}
