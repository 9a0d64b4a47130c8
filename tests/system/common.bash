# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# What the system tests share. They run inside tests/system/sandbox; each makes its own users.

# Not root: no sandbox could be made, and nothing here can be tried.
needs_sandbox() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	[ "${USERNS_SANDBOX:-}" = inside ] || skip "runs only inside tests/system/sandbox"
}

setup() {
	needs_sandbox
	mark_log
}

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
pamhost=$top/build/system/tests/system/pamhost
helper=/usr/libexec/userns-helper

# A user with no line in /etc/subuid, as directory users have none; sets $uid.
# shellcheck disable=SC2034
new_user() {
	useradd -m -s /bin/bash -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 "$1"
	uid=$(id -u "$1")
}

# A user by a line in passwd alone, for those who need many: useradd takes its time. Sets $uid.
quick_user() {
	next_uid=$((${next_uid:-$((20000 + BATS_TEST_NUMBER * 2000))} + 1))
	echo "$1:x:$next_uid:100::/tmp:/bin/sh" >> /etc/passwd
	uid=$next_uid
}

# For useradd: ranges that the book's cannot meet, which it does not know of.
ids_apart=(-K SUB_UID_MIN=2000000000 -K SUB_UID_MAX=3000000000 -K SUB_GID_MIN=2000000000 -K SUB_GID_MAX=3000000000)

# It takes shadow's locks.
useradd_works() {
	timeout 10 useradd -M "${ids_apart[@]}" "$1"
}

# For setup and teardown: a user of this test's alone, who is logged in until its end. Sets $name,
# which begins with a letter of the file's, and $uid.
log_in_for_test() {
	needs_sandbox
	mark_log
	name=$1$BATS_TEST_NUMBER
	new_user "$name"
	"$helper" --pid=$$ open "$name" 2>/dev/null >&2
}

log_out_after_test() {
	[ "${USERNS_SANDBOX:-}" != inside ] || "$helper" --pid=$$ close "$uid" 2>/dev/null || true
}

# What pam_userns has logged since mark_log: the log is written by another process.
mark_log() {
	logger_sync
	log_begin=$(wc -l < /run/messages)
}

logger_sync() {
	local token="sync $RANDOM$RANDOM"
	logger -t sync "$token"
	for _ in {1..100}; do
		grep -qF "$token" /run/messages && return
		sleep 0.02
	done
	echo "the log does not answer" >&2
	return 1
}

userns_log() {
	logger_sync
	tail -n +"$((log_begin + 1))" /run/messages | grep -F 'pam_userns(' || true
}

# A login by PAM that runs a command as root; the report is in $report.
login_as() {
	local user=$1
	shift
	report=$(mktemp)
	"$pamhost" "$report" userns-test "$user" "$@"
}

reported() {
	grep -qx "$1" "$report" || { cat "$report" >&2; return 1; }
}

# The user's range in the book, as START:LENGTH; there must be just one.
range_of() {
	awk -F: -v uid="uid=$1" '{n = split($4, f, ","); for (i = 1; i <= n; i++) if (f[i] == uid) print $2 ":" $3}' \
		/etc/usernamespaces
}

# Book, subuid and subgid have one and the same range for a user. With &&, as in the condition of
# an "if" no failure in the middle ends a function.
one_range_everywhere() {
	local name=$1 range
	range=$(range_of "$(id -u "$name")")
	[ "$(wc -l <<< "$range")" = 1 ] &&
		[ -n "$range" ] &&
		[ "$(grep -c "^$name:" /etc/subuid)" = 1 ] &&
		[ "$(grep -c "^$name:" /etc/subgid)" = 1 ] &&
		grep -qx "$name:$range" /etc/subuid &&
		grep -qx "$name:$range" /etc/subgid
}

# The lines of a file of ranges that overlap another line of it; none in a sound file.
overlaps() {
	grep -v '^#' "$1" | sort -t: -k2,2n | awk -F: '$2 < end {print} {if ($2 + $3 > end) end = $2 + $3}'
}

# What the ranges' files say, to see that nothing was written.
files_sum() {
	cat /etc/usernamespaces /etc/subuid /etc/subgid | cksum
}

# The next login fails with one line in the log that has this text, and allocates nothing.
turned_away() {
	local name=$1 text=$2 files
	files=$(files_sum)
	mark_log
	login_as "$name"
	reported 'open 14'
	reported 'path none'
	[ "$(userns_log | wc -l)" = 1 ]
	userns_log | grep -qF -- "$text" || { userns_log >&2; return 1; }
	[ "$(files_sum)" = "$files" ]
}

# The same, and leaves no run directory.
refused() {
	turned_away "$@"
	no_namespace_left "$(id -u "$1")"
}

# The module's arguments, in the services of login_as.
module_arguments() {
	sed -i "s|pam_userns.so.*|pam_userns.so $1|" /etc/pam.d/userns-*
}

# Puts a program in the helper's place, until real_helper.
fake_helper() {
	printf '#!/bin/sh\n%s\n' "$1" > /tmp/fake-helper
	chmod 755 /tmp/fake-helper
	rm -f "$helper"
	mv /tmp/fake-helper "$helper"
}

real_helper() {
	rm -f "$helper"
	cp "$top/build/system/userns-helper" "$helper"
}

# Holds a session of a user open until release; the pin is there meanwhile.
hold() {
	rm -f "/tmp/$1.go"
	report=$(mktemp)
	"$pamhost" "$report" userns-test "$1" /usr/bin/timeout 20 \
		/bin/sh -c "until [ -e /tmp/$1.go ]; do sleep 0.1; done" 3>&- &
	eventually test -e "/run/userns/$(id -u "$1")/user"
	eventually grep -q 'opened children' "$report"
}

release() {
	touch "/tmp/$1.go"
	wait
}

# Locks a user's run directory, by a process that lives until unlock_rundir, as /proc/locks has no
# others, ten seconds at most. Bats itself waits for who has its descriptor 3. lock_waiter then is the process that waits for it.
lock_rundir() {
	mkdir -p "/run/userns/$1"
	rm -f "/tmp/$1.held" "/tmp/$1.unlock"
	flock -o "/run/userns/$1/lock" timeout 10 sh -c \
		"touch /tmp/$1.held; until [ -e /tmp/$1.unlock ]; do sleep 0.05; done" 3>&- &
	eventually test -e "/tmp/$1.held"
}

unlock_rundir() {
	touch "/tmp/$1.unlock"
}

find_lock_waiter() {
	lock_waiter=$(awk '$2 == "->" && $3 == "FLOCK" {print $6}' /proc/locks)
	[ -n "$lock_waiter" ]
}

no_helper_left() {
	! pgrep -x userns-helper
}

# Holds lckpwdf(3)'s lock, as useradd does, until give_lckpwdf, ten seconds at most.
take_lckpwdf() {
	rm -f /tmp/lckpwdf.*
	# shellcheck disable=SC2016
	perl -e 'use Fcntl; open(F, ">", "/etc/.pwd.lock") or die;
		$lock = pack("s s l! l! i", F_WRLCK, 0, 0, 0, 0);
		fcntl(F, F_SETLKW, $lock) or die;
		open(H, ">", "/tmp/lckpwdf.held");
		for (1 .. 200) { last if -e "/tmp/lckpwdf.give"; select(undef, undef, undef, 0.05) }' 3>&- &
	eventually test -e /tmp/lckpwdf.held
}

give_lckpwdf() {
	touch /tmp/lckpwdf.give
}

lckpwdf_is_waited_for() {
	grep -q -- '-> OFDLCK' /proc/locks
}

in_own_namespace() {
	[ "$(readlink "/proc/$1/ns/user")" != "$(readlink /proc/self/ns/user)" ]
}

milliseconds() {
	echo $(($(date +%s%N) / 1000000))
}

# The map that a user's namespace must have by the book; maps are read from inside.
expected_map() {
	local id=$1 range=$2
	printf '%10u %10u %10u\n%10u %10u %10u\n' 0 "$id" 1 1 "${range%:*}" "${range#*:}"
}

as_user() {
	local user=$1
	shift
	setpriv --reuid="$(id -u "$user")" --regid="$(id -g "$user")" --init-groups \
		env HOME="/home/$user" USER="$user" LOGNAME="$user" "$@"
}

# The user $name's command in the background, where $! is that itself and no shell of ours. Bats
# waits for who has its descriptor 3.
user_aside() {
	setpriv --reuid="$uid" --regid="$uid" --init-groups env HOME="/home/$name" "$@" 3>&- &
}

# "userns unshare" as the user $name, and in the background.
nest() {
	as_user "$name" userns unshare "$@"
}

nest_aside() {
	user_aside userns unshare "$@"
}

# refuses STATUS TEXT... -- COMMAND...: it ends so, with one line that has every text.
refuses() {
	local expected=$1 texts=() text
	shift
	while [ "$1" != -- ]; do
		texts+=("$1")
		shift
	done
	shift
	run "$@"
	[ "$status" = "$expected" ] || { echo "$status: $output" >&2; return 1; }
	[ "${#lines[@]}" = 1 ] || { echo "not one line: $output" >&2; return 1; }
	for text in "${texts[@]}"; do
		[[ $output == *"$text"* ]] || { echo "no '$text' in: $output" >&2; return 1; }
	done
}

# killed_at CALL N COMMAND...: killed as it is about to make a system call, of those that the
# expression names, for the Nth time. Fails where there is no Nth.
killed_at() {
	local call="/^($1)\$" n=$2
	shift 2
	timeout 20 strace -f -qq -o /tmp/kill.trace -e trace="$call" -e inject="$call:signal=KILL:when=$n" \
		"$@" > /dev/null 2>&1 || true
	grep -q 'killed by SIGKILL' /tmp/kill.trace
}

# After a first login that went wrong, of a user with $uid: the next gives one range, the one that is
# on record if any is, and nothing is left about.
made_good() {
	local user=$1 had
	had=$(range_of "$uid")
	"$helper" open "$user" > /dev/null 2>&1 && one_range_everywhere "$user" &&
		{ [ -z "$had" ] || [ "$(range_of "$uid")" = "$had" ]; } &&
		[ -z "$(find /etc -maxdepth 1 -name '*+')" ] &&
		"$helper" close "$uid" && no_namespace_left "$uid"
}

# An sshd of this test's on loopback; keys for the users given.
start_sshd() {
	sshd_dir=$(mktemp -d)
	chmod 755 "$sshd_dir"
	ssh-keygen -q -t ed25519 -N '' -f "$sshd_dir/host"
	ssh-keygen -q -t ed25519 -N '' -f "$sshd_dir/key"
	cat > "$sshd_dir/config" <<-EOF
		Port $1
		ListenAddress 127.0.0.1
		HostKey $sshd_dir/host
		PidFile $sshd_dir/pid
		AuthorizedKeysFile $sshd_dir/key.pub
		UsePAM yes
		MaxStartups 200
		StrictModes no
		Subsystem sftp internal-sftp
	EOF
	/usr/sbin/sshd -f "$sshd_dir/config" -E "$sshd_dir/log"
	for _ in {1..100}; do
		[ -s "$sshd_dir/pid" ] && return
		sleep 0.05
	done
	cat "$sshd_dir/log" >&2
	return 1
}

stop_sshd() {
	kill "$(cat "$sshd_dir/pid")"
}

ssh_as() {
	local user=$1
	shift
	ssh -q -F none -i "$sshd_dir/key" -p "$(awk '/^Port/ {print $2}' "$sshd_dir/config")" \
		-o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		-o ConnectTimeout=20 "$user@127.0.0.1" "$@"
}

# Waits until a command succeeds, ten seconds at most.
eventually() {
	for _ in {1..200}; do
		"$@" && return
		sleep 0.05
	done
	echo "never came true: $*" >&2
	return 1
}

no_namespace_left() {
	[ ! -e "/run/userns/$1" ]
}

# Puts programs that fail in the place of shadow's setuid ones.
without_newuidmap() {
	local program
	for program in newuidmap newgidmap; do
		rm -f "/usr/bin/$program"
		printf '#!/bin/sh\necho "%s must not be called" >&2\nexit 1\n' "$program" > "/usr/bin/$program"
		chmod 755 "/usr/bin/$program"
	done
}

# A control group that is a user's, as systemd makes one; in $cgroup. The sandbox shares them with
# the machine: remove_cgroup takes it away, with the processes in it.
make_cgroup() {
	cgroup=$(mktemp -d /sys/fs/cgroup/userns-test.XXXXXX)
	chmod 755 "$cgroup"
	chown -R "$1:" "$cgroup"
}

remove_cgroup() {
	[ -n "${cgroup:-}" ] || return 0
	echo 1 > "$cgroup/cgroup.kill"
	eventually cgroup_is_gone
}

cgroup_is_gone() {
	find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null
	[ ! -e "$cgroup" ]
}

# Runs a command in it.
in_cgroup() {
	bash -c 'echo $$ > "$0/cgroup.procs" && exec "$@"' "$cgroup" "$@"
}

# The sandbox's /home is an overlay, on which podman's own overlays cannot lie.
let_podman_copy() {
	mkdir -p "/home/$1/.config/containers"
	printf '[storage]\ndriver = "vfs"\n' > "/home/$1/.config/containers/storage.conf"
	chown -R "$1:" "/home/$1/.config"
}

# A root file system for containers: busybox, and what a container mounts on.
make_image() {
	local root
	root=$(mktemp -d)
	chmod 755 "$root"
	mkdir "$root/bin" "$root/etc" "$root/proc" "$root/dev" "$root/sys" "$root/tmp" "$root/run" "$root/v"
	cp /bin/busybox "$root/bin/busybox"
	echo 'root:x:0:0::/:/bin/sh' > "$root/etc/passwd"
	tar -C "$root" -cf "$1" .
	chmod 644 "$1"
	rm -r "$root"
}
