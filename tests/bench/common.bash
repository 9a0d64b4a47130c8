# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# What ranges and policy share: times taken in bash, and their median.

# Microseconds that a command takes; its output is not wanted.
time_of() {
	local begin end
	begin=$(date +%s%N)
	"$@" > /dev/null || { echo "failed: $*" >&2; exit 1; }
	end=$(date +%s%N)
	echo $(((end - begin) / 1000))
}

# Of microseconds, one in each line, in milliseconds.
median() {
	sort -n | awk '{v[NR] = $1} END {printf "%.1f", v[int((NR + 1) / 2)] / 1000}'
}
