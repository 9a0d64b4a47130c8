# SPDX-License-Identifier: BSD-3-Clause
# "userns gc": what logins left that never closed is gone, and nothing else.

load common

crash_login() {
	login_as "$1" /bin/sh -c 'kill -9 $PPID' || true
	[ -e "/run/userns/$(id -u "$1")/user" ]
}

@test "after logins that were killed, a gc leaves nothing" {
	for i in 1 2 3; do
		new_user "killed$i"
		crash_login "killed$i"
	done
	run userns gc
	[ "$status" = 0 ]
	[ "$(grep -cE '^uid [0-9]+: cleared$' <<< "$output")" = 3 ]
	[ -z "$(ls -A /run/userns)" ]
	[ -z "$(grep ' /run/userns/' /proc/self/mountinfo)" ]
	run userns gc
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "sshd killed in the middle of a session, all of it: the next login works, and gc leaves nothing" {
	new_user severed
	start_sshd 2231
	# shellcheck disable=SC2016
	ssh_as severed 'echo $PPID > /tmp/severed.sshd; sleep 60' 3>&- &
	eventually test -s /tmp/severed.sshd
	leaf=$(cat /tmp/severed.sshd)
	kill -9 "$(awk '{print $4}' "/proc/$leaf/stat")" "$leaf" "$(cat "$sshd_dir/pid")"
	wait || true
	[ -e "/run/userns/$uid/user" ]
	begin=$(milliseconds)
	login_as severed
	took=$(($(milliseconds) - begin))
	reported 'open 0'
	[ "$took" -lt 5000 ]
	pkill -9 -u severed || true
	"$helper" gc > /dev/null
	no_namespace_left "$uid"
	[ -z "$(ls -A /run/userns)" ]
}

@test "of one user, by uid or by name, the others left" {
	new_user one
	one=$uid
	new_user two
	crash_login one
	crash_login two
	run "$helper" gc "$one"
	[ "$output" = "uid $one: cleared" ]
	no_namespace_left "$one"
	[ -e "/run/userns/$uid/user" ]
	run userns gc two
	[ "$output" = "uid $uid: cleared" ]
	no_namespace_left "$uid"
	run userns gc nosuchuser
	[ "$status" = 1 ]
	run "$helper" gc 4000000000
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "a session that lives, and a process inside, keep what they use; asked for one, it says so" {
	new_user living
	hold living
	crash_login living
	[ "$(ls "/run/userns/$uid/sessions" | wc -l)" = 2 ]
	run "$helper" gc
	[ "$status" = 0 ]
	[ -z "$output" ]
	[ "$(ls "/run/userns/$uid/sessions" | wc -l)" = 1 ]
	run "$helper" gc "$uid"
	[[ $output == *'the namespace stays as long as its sessions: 1' ]]
	release living
	no_namespace_left "$uid"
	new_user inside
	login_as inside /bin/sh -c "setsid nsenter --user=/run/userns/$uid/user sleep 60 3>&- & echo \$! > /tmp/inside.pid; sleep 0.3"
	run "$helper" gc "$uid"
	[ "$status" = 0 ]
	[[ $output == *"process $(cat /tmp/inside.pid) (sleep) is still in the namespace; it stays"* ]]
	kill "$(cat /tmp/inside.pid)"
	eventually sh -c "! kill -0 $(cat /tmp/inside.pid) 2>/dev/null"
	"$helper" gc "$uid"
	no_namespace_left "$uid"
}

@test "directories half made: none, some or all of what a login makes" {
	base=50000
	mkdir -p /run/userns
	for what in '' lock 'lock sessions/' 'lock sessions/ state+' 'lock sessions/ state' 'lock sessions/ state user' user state; do
		base=$((base + 1))
		mkdir "/run/userns/$base"
		for name in $what; do
			case $name in
			*/) mkdir "/run/userns/$base/$name" ;;
			*) echo half > "/run/userns/$base/$name" ;;
			esac
		done
	done
	mkdir -p "/run/userns/$base/sessions"
	: > "/run/userns/$base/sessions/1.1.0"
	run "$helper" gc
	[ "$status" = 0 ]
	[ -z "$(ls -A /run/userns)" ]
}

@test "what is none of ours stays, and is told" {
	mkdir -p /run/userns/names /run/userns/007 /run/userns/50100
	echo mine > /run/userns/50100/note
	run "$helper" gc
	[ "$status" = 1 ]
	[[ $output == *'/run/userns/names: is no user'*'was left alone'* ]]
	[[ $output == *'/run/userns/007: is no user'*'was left alone'* ]]
	[ -d /run/userns/names ]
	[ -d /run/userns/007 ]
	[ "$(cat /run/userns/50100/note)" = mine ]
	run "$helper" gc 50100
	[[ $output == *'files that are none of ours keep /run/userns/50100' ]]
	rm -r /run/userns/*
}

@test "one whose lock is held does not hold up the others, and is left to who holds it" {
	new_user held
	held=$uid
	crash_login held
	new_user free
	crash_login free
	lock_rundir "$held"
	begin=$(milliseconds)
	run "$helper" gc
	took=$(($(milliseconds) - begin))
	unlock_rundir "$held"
	wait
	[ "$status" = 0 ]
	[ "$took" -lt 5000 ]
	no_namespace_left "$uid"
	[ -e "/run/userns/$held/user" ]
	"$helper" gc
	no_namespace_left "$held"
}

@test "what killed programs left beside the files of ranges; what living ones have there stays" {
	sleep 0 & dead=$!
	wait "$dead"
	sleep 60 3>&- & alive=$!
	printf %d "$dead" > "/etc/subuid.$dead"
	printf %d "$dead" > "/etc/subgid.$dead"
	ln "/etc/subuid.$dead" /etc/subuid.lock
	printf %d "$alive" > "/etc/subuid.$alive"
	touch /etc/subuid+ /etc/usernamespaces+ /etc/subuid- /etc/subuid.bak /etc/subuid.0 /etc/subuidx+
	run "$helper" gc
	[ "$status" = 0 ]
	[ ! -e "/etc/subuid.$dead" ]
	[ ! -e "/etc/subgid.$dead" ]
	[ ! -e /etc/subuid.lock ]
	[ ! -e /etc/subuid+ ]
	[ ! -e /etc/usernamespaces+ ]
	for name in "subuid.$alive" subuid- subuid.bak subuid.0 subuidx+; do
		[ -e "/etc/$name" ]
		rm "/etc/$name"
	done
	# A lock file that is older than the process that it names was another's.
	printf %d "$alive" > /etc/subgid.lock
	run timeout 1 "$helper" gc
	[ -z "$output" ]
	[ -e /etc/subgid.lock ]
	touch -d '1 day ago' /etc/subgid.lock
	run "$helper" gc
	[ "$status" = 0 ]
	[[ $output == *'killed program'* ]]
	[ ! -e /etc/subgid.lock ]
	kill "$alive"
	run "$helper" gc
	[ -z "$output" ]
}

@test "/run remounted empty, and /run/userns gone altogether: logins go on, and gc leaves nothing" {
	new_user remounted
	hold remounted
	mount -t tmpfs -o mode=755 empty /run
	"$pamhost" /tmp/remounted.report userns-test remounted /usr/bin/mountpoint -q "/run/userns/$uid/user"
	report=/tmp/remounted.report reported 'open 0'
	# The logout of the first finds nothing of its own, and leaves nothing.
	release remounted
	reported 'close 0'
	run "$helper" gc
	[ "$status" = 0 ]
	[ -z "$(ls -A /run/userns)" ]
	umount /run
	# What lies below is there again, and has no session any more.
	[ -e "/run/userns/$uid/user" ]
	run "$helper" gc
	[ "$output" = "uid $uid: cleared" ]
	[ -z "$(ls -A /run/userns)" ]
	rmdir /run/userns
	run "$helper" gc
	[ "$status" = 0 ]
	login_as remounted
	reported 'open 0'
}

@test "close in the name of a process that lives and is not above the helper is refused" {
	new_user foreign
	hold foreign
	pid=$(ls "/run/userns/$uid/sessions" | cut -d. -f1)
	run "$helper" --pid="$pid" close "$uid"
	[ "$status" = 1 ]
	[[ $output == *"process $pid, whose session this was to be, is not above us"* ]]
	[ -e "/run/userns/$uid/user" ]
	[ "$(ls "/run/userns/$uid/sessions" | wc -l)" = 1 ]
	kill -9 "$pid"
	touch /tmp/foreign.go
	wait || true
	run "$helper" --pid="$pid" close "$uid"
	[ "$status" = 0 ]
	no_namespace_left "$uid"
}

@test "gc is root's, and sheds what closing sheds" {
	new_user plain
	run as_user plain "$helper" gc
	[ "$status" = 1 ]
	[[ $output == *'must be run by root'* ]]
	crash_login plain
	strace -f -qq -e trace=capset,umount2 -o /tmp/gc.trace "$helper" gc "$uid"
	[[ $(sed '/umount2(/q' /tmp/gc.trace | grep capset | grep -v 'permitted=0,' | tail -n 1) == *'effective=1<<CAP_SYS_ADMIN, permitted=1<<CAP_SYS_ADMIN,'* ]]
	no_namespace_left "$uid"
}

@test "without pidfds, as before Linux 5.3, and without their numbers, as before 6.9, processes are told by their start" {
	new_user older
	hold older
	for inject in pidfd_open:error=ENOSYS fstatfs:error=ENOSYS; do
		strace -f -qq -o /dev/null -e trace="${inject%%:*}" -e inject="$inject" "$helper" close "$uid"
		[ "$(ls "/run/userns/$uid/sessions" | wc -l)" = 1 ]
	done
	release older
	no_namespace_left "$uid"
	# Opened without, and closed with; the session of a dead one goes.
	crash_login older
	file=$(echo "/run/userns/$uid/sessions/"*)
	printf 'version=1\nuid=%s\npidfd=0\n' "$uid" > "$file"
	strace -f -qq -o /dev/null -e trace=pidfd_open -e inject=pidfd_open:error=ENOSYS "$helper" close "$uid"
	no_namespace_left "$uid"
}

@test "a pid that another process really gets counts for nothing: at a login, at a logout and for gc" {
	for at in login logout gc; do
		new_user "reused$at"
		crash_login "reused$at"
		pid=$(ls "/run/userns/$uid/sessions" | cut -d. -f1)
		eventually sh -c "! kill -0 $pid 2>/dev/null"
		# The next process of this pid namespace gets the number.
		for _ in {1..20}; do
			echo $((pid - 1)) > /proc/sys/kernel/ns_last_pid
			sleep 60 3>&- & other=$!
			[ $other != "$pid" ] || break
			kill $other
		done
		[ "$other" = "$pid" ]
		[ "$(cat "/proc/$pid/comm")" = sleep ] || eventually grep -qx sleep "/proc/$pid/comm"
		case $at in
		login) login_as "reused$at" ;;
		logout) "$helper" close "$uid" ;;
		gc) "$helper" gc > /dev/null ;;
		esac
		no_namespace_left "$uid"
		kill "$other"
	done
}
