# SPDX-License-Identifier: BSD-3-Clause
# 200 logins and logouts at once, of 20 users, for two minutes, some of them killed: nothing is left.

load ../common

# What could be left behind: mounts, files of /run, processes and zombies.
picture() {
	awk '{$1 = $2 = ""; print}' /proc/self/mountinfo | sort
	find /run -path /run/messages -prune -o -printf '%p %m %u\n' | sort
}

zombies() {
	ps -e -o stat=,pid=,comm= | awk '$1 ~ /^Z/'
}

storm_user() {
	echo "storm$(($1 % 20 + 1))"
}

# One of the 200: in and out, and looks at the pin in between. Each tenth login of one in four is killed.
come_and_go() {
	local me=$1 name uid n=0 killing
	name=$(storm_user "$me")
	uid=$(id -u "$name")
	while [ -e /tmp/storm.run ]; do
		n=$((n + 1))
		killing=
		[ $((me % 4)) != 0 ] || [ $((n % 10)) != 0 ] || killing='; kill -9 $PPID'
		"$pamhost" "/tmp/storm/$me.report" userns-test "$name" /bin/sh -c \
			"mountpoint -q /run/userns/$uid/user || echo no pin of $uid >> /tmp/storm/wrong$killing" 2>/dev/null
		[ -n "$killing" ] || grep -qx 'open 0' "/tmp/storm/$me.report" || echo "$me: $(head -n 1 "/tmp/storm/$me.report")" >> /tmp/storm/wrong
	done
	echo "$n" > "/tmp/storm/$me.count"
}

@test "200 at once for two minutes: no stale pin, session file, mount, process or zombie" {
	mkdir /tmp/storm
	# As many as these share two processors here and there: they may wait longer than people do.
	module_arguments timeout=60
	for i in {1..20}; do
		new_user "storm$i"
		login_as "storm$i"
	done
	[ -z "$(ls -A /run/userns)" ]
	picture > /tmp/storm.before
	ps -e -o comm= > /tmp/storm.processes
	mark_log
	touch /tmp/storm.run
	for i in {1..200}; do
		come_and_go "$i" 3>&- > /dev/null 2>&1 &
	done
	sleep 120
	rm /tmp/storm.run
	wait
	[ ! -e /tmp/storm/wrong ] || { sort /tmp/storm/wrong | uniq -c | head >&2; userns_log | tail -n 5 >&2; false; }
	[ -z "$(userns_log)" ] || { userns_log | head >&2; false; }
	"$helper" gc > /tmp/storm.gc
	[ -z "$(ls -A /run/userns)" ]
	picture | diff /tmp/storm.before -
	[ -z "$(zombies)" ] || { zombies >&2; false; }
	[ -z "$(pgrep -x userns-helper)" ]
	ps -e -o comm= > /tmp/storm.after
	diff <(sort /tmp/storm.processes) <(sort /tmp/storm.after)
	for i in {1..20}; do
		one_range_everywhere "storm$i"
	done
	[ -z "$(overlaps /etc/usernamespaces)" ]
	echo "# $(cat /tmp/storm/*.count | awk "{n += \$1} END {print n}") logins" >&3
}
