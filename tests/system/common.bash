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

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
pamhost=$top/build/system/tests/system/pamhost
helper=/usr/libexec/userns-helper

# A user with no line in /etc/subuid, as directory users have none; sets $uid.
new_user() {
	useradd -m -s /bin/bash -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 "$1"
	uid=$(id -u "$1")
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

# Book, subuid and subgid have one and the same range for a user.
one_range_everywhere() {
	local name=$1 range
	range=$(range_of "$(id -u "$name")")
	[ "$(wc -l <<< "$range")" = 1 ]
	[ -n "$range" ]
	[ "$(grep -c "^$name:" /etc/subuid)" = 1 ]
	grep -qx "$name:$range" /etc/subuid
	grep -qx "$name:$range" /etc/subgid
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
	mkdir "$root/bin" "$root/etc" "$root/proc" "$root/dev" "$root/sys" "$root/tmp" "$root/v"
	cp /bin/busybox "$root/bin/busybox"
	echo 'root:x:0:0::/:/bin/sh' > "$root/etc/passwd"
	tar -C "$root" -cf "$1" .
	chmod 644 "$1"
	rm -r "$root"
}
