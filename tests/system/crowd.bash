# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# For tests of many commands with ids of their own at once, beside common.bash.

# $count commands with --private, 50 at once, of the user $name. Each makes a directory for its
# first id, which fails if somebody has that now; the ids of each 50 are compared as well.
private_crowd() {
	local dir batch i
	dir=$(mktemp -d)
	chmod 1777 "$dir"
	for ((batch = 0; batch < count / 50; batch++)); do
		for ((i = 0; i < 50; i++)); do
			# shellcheck disable=SC2016
			nest_aside --private=$((400 + i % 3)) -- sh -c '
				read -r in out count < /proc/self/uid_map
				mkdir "$1/$out" || exit 1
				echo "$out $count" > "$1/$out/ids.$2"
				until [ -e "$1/go.$2" ]; do sleep 0.1; done
				rm -r "$1/$out"' x "$dir" "$batch"
		done
		for ((i = 0; i < 600; i++)); do
			if crowd_is_there "$dir" "$batch"; then break; fi
			sleep 0.1
		done
		crowd_is_there "$dir" "$batch" || { echo "batch $batch is not complete" >&2; return 1; }
		cat "$dir"/*/"ids.$batch" | sort -n | awk '$1 < end {print "twice:", $1; exit 1} {end = $1 + $2}' || return 1
		touch "$dir/go.$batch"
		# The next come while these are going.
	done
	wait
	# Each one removed its own, so none failed or was in another's way.
	[ -z "$(ls -d "$dir"/[0-9]* 2>/dev/null)" ]
}

crowd_is_there() {
	[ "$(cat "$1"/*/"ids.$2" 2>/dev/null | wc -l)" = 50 ]
}
