# SPDX-License-Identifier: BSD-3-Clause
# 300 first logins at once, beside shadow's own programs: nobody loses a line.

load ../common

@test "300 first logins beside useradd, usermod --add-subuids and userdel" {
	for i in {1..300}; do
		echo "crowd$i:x:$((30000 + i)):100::/tmp:/bin/sh" >> /etc/passwd
	done
	useradd -M -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 grower
	touch /tmp/crowd.run
	(
		# Adds, one in three to be deleted again; ranges that the logins' cannot meet.
		for ((i = 1; i <= 200; i++)); do
			[ -e /tmp/crowd.run ] || break
			useradd -M "${ids_apart[@]}" "added$i" || echo "useradd added$i" >> /tmp/crowd.failed
			[ $((i % 3)) != 0 ] || userdel "added$i" || echo "userdel added$i" >> /tmp/crowd.failed
			echo "$i" > /tmp/crowd.added
		done
	) 3>&- > /dev/null 2>&1 &
	adder=$!
	(
		for ((i = 1; i <= 200; i++)); do
			[ -e /tmp/crowd.run ] || break
			start=$((1900000000 + i * 1000))
			usermod --add-subuids $start-$((start + 9)) --add-subgids $start-$((start + 9)) grower || echo "usermod $i" >> /tmp/crowd.failed
			echo "$i" > /tmp/crowd.grown
		done
	) 3>&- > /dev/null 2>&1 &
	grower=$!
	for i in {1..300}; do
		timeout 170 "$helper" --timeout=150 open "crowd$i" > /dev/null 2> "/tmp/crowd.$i" 3>&- ||
			echo "login crowd$i: $(cat "/tmp/crowd.$i")" >> /tmp/crowd.failed &
		logins[i]=$!
	done
	for i in {1..300}; do
		wait "${logins[i]}"
	done
	rm /tmp/crowd.run
	wait $adder $grower
	[ ! -e /tmp/crowd.failed ] || { head /tmp/crowd.failed >&2; false; }
	for i in {1..300}; do
		one_range_everywhere "crowd$i"
		"$helper" close $((30000 + i))
	done
	added=$(cat /tmp/crowd.added)
	for ((i = 1; i <= added; i++)); do
		wanted=$((i % 3 != 0))
		[ "$(grep -c "^added$i:" /etc/subuid)" = $wanted ]
		[ "$(grep -c "^added$i:" /etc/subgid)" = $wanted ]
	done
	grown=$(cat /tmp/crowd.grown)
	[ "$(grep -c '^grower:' /etc/subuid)" = "$grown" ]
	[ "$(grep -c '^grower:' /etc/subgid)" = "$grown" ]
	# They did run beside each other.
	[ "$added" -ge 3 ]
	[ "$grown" -ge 3 ]
	for file in /etc/usernamespaces /etc/subuid /etc/subgid; do
		[ -z "$(overlaps $file)" ]
	done
	[ ! -e /etc/subuid.lock ]
	[ ! -e /etc/subgid.lock ]
	run userns check
	[ "$status" = 0 ] || { echo "$output" | head >&2; false; }
}
