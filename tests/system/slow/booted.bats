# SPDX-License-Identifier: BSD-3-Clause
# A machine that systemd has booted, in systemd-nspawn on a throw-away copy of this one: sessions of
# user managers, lingering, services that log in as run0 does, and the units that clear up.

load ../common

root=/mnt/booted/root

setup_file() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	mkdir -p /mnt/booted
	mount -t tmpfs -o mode=755 booted /mnt/booted
	mkdir /mnt/booted/upper /mnt/booted/work $root
	mount -t overlay -o lowerdir=/,upperdir=/mnt/booted/upper,workdir=/mnt/booted/work overlay $root
	make -s -C "$top" BUILD=build/system PREFIX=/usr DESTDIR=$root install
	rm -f $root/etc/machine-id $root/etc/nologin $root/etc/usernamespaces
	: > $root/etc/machine-id
	printf 'passwd: files\ngroup: files\nshadow: files\n' > $root/etc/nsswitch.conf
	: > $root/etc/subuid
	: > $root/etc/subgid
	chroot $root env DEBIAN_FRONTEND=noninteractive pam-auth-update --enable userns
	mkdir -p $root/etc/systemd/logind.conf.d
	printf '[Login]\nUserStopDelaySec=1\n' > $root/etc/systemd/logind.conf.d/test.conf
	ssh-keygen -q -t ed25519 -N '' -f /mnt/booted/key
	boot
}

# Has what a login needs, and not all that this machine starts.
boot() {
	systemd-nspawn -q -b -D $root --register=no --keep-unit --console=pipe \
		systemd.unit=basic.target < /dev/null > /mnt/booted/console 2>&1 3>&- &
	echo $! > /mnt/booted/nspawn
	eventually on_host systemctl start dbus.service systemd-logind.service systemd-user-sessions.service ssh.service 2>/dev/null
}

teardown_file() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	kill -KILL "$(cat /mnt/booted/nspawn)" || true
}

setup() {
	needs_sandbox
	on_host systemctl is-active -q ssh.service || skip "systemd-nspawn cannot boot here"
}

# As a child of its init, which has all of its mounts and its view of processes.
on_host() {
	local leader
	leader=$(pgrep -P "$(cat /mnt/booted/nspawn)" | head -n 1)
	[ -n "$leader" ] && nsenter -t "$leader" -m -u -i -n -p -r -w -- "$@"
}

# In a unit of its own, and not in ours.
run_on_host() {
	on_host systemd-run -q --pipe --wait "$@"
}

host_user() {
	on_host useradd -m -s /bin/bash -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 "$1"
	uid=$(on_host id -u "$1")
	on_host sh -c "mkdir -p /home/$1/.ssh && cat > /home/$1/.ssh/authorized_keys && chown -R $1: /home/$1" < /mnt/booted/key.pub
}

ssh_to() {
	local user=$1
	shift
	ssh -q -F none -i /mnt/booted/key -o BatchMode=yes -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null "$user@127.0.0.1" "$@"
}

nothing_on_host() {
	! on_host test -e "/run/userns/$1"
}

host_pinned() {
	on_host mountpoint -q "/run/userns/$1/user"
}

# shellcheck disable=SC2016
read_map='userns exec -- cat /proc/self/uid_map'

map_on_host_is() {
	local range
	range=$(on_host cat /etc/usernamespaces | awk -F: -v uid="uid=$uid" '$4 == uid {print $2 ":" $3}')
	[ "$(cat "$1")" = "$(expected_map "$uid" "$range")" ] || { cat "$1" >&2; return 1; }
}

@test "the host is booted, and tmpfiles.d has made the directory" {
	[ "$(on_host cat /proc/1/comm)" = systemd ]
	[ "$(on_host stat -c '%u %a' /run/userns)" = '0 755' ]
}

@test "ssh: the user manager's session and the login's share the namespace, and both go with the logout" {
	host_user visitor
	ssh_to visitor "$read_map; ls /run/userns/$uid/sessions; systemctl --user is-active basic.target; cat /proc/\$(cut -d. -f1 <<< \"\$(ls /run/userns/$uid/sessions | head -n 1)\")/comm" > /tmp/visitor 2>&1
	head -n 2 /tmp/visitor > /tmp/visitor.map
	map_on_host_is /tmp/visitor.map
	# sshd's, and that of what became the manager.
	[ "$(grep -cE '^[0-9]+\.[0-9]+\.0$' /tmp/visitor)" = 2 ]
	grep -qx active /tmp/visitor
	# The manager closes as the user, which leaves its record; gc comes with the end of the unit.
	eventually nothing_on_host "$uid"
	on_host journalctl -b -u "user@$uid.service" --no-pager | grep -q "uid $uid: cleared"
	[ -z "$(on_host journalctl -b --no-pager | grep 'pam_userns.*: \(no namespace\|closing\)')" ]
}

@test "without the drop-in the record of the manager stays, and the timer's service clears it" {
	host_user untidy
	on_host mkdir -p "/run/systemd/system/user@$uid.service.d"
	on_host sh -c "printf '[Service]\nExecStopPost=\n' > /run/systemd/system/user@$uid.service.d/99-none.conf"
	on_host systemctl daemon-reload
	ssh_to untidy true
	eventually sh -c "! nsenter -t $(pgrep -P "$(cat /mnt/booted/nspawn)" | head -n 1) -m -p -r -w systemctl is-active -q user@$uid.service"
	host_pinned "$uid"
	on_host systemctl start userns-gc.service
	nothing_on_host "$uid"
	on_host systemctl start userns-gc.timer
	on_host systemctl is-active -q userns-gc.timer
	on_host systemctl list-timers --no-pager | grep -q userns-gc.timer
}

@test "lingering: a namespace with no login, kept by what runs in it, gone when lingering ends" {
	host_user lingerer
	on_host loginctl enable-linger lingerer
	eventually host_pinned "$uid"
	on_host sh -c "mkdir -p /home/lingerer/.config/systemd/user && chown -R lingerer: /home/lingerer &&
		printf '[Service]\nExecStart=/usr/bin/userns exec sleep 600\n' > /home/lingerer/.config/systemd/user/inside.service"
	run_on_host --uid=lingerer -E "XDG_RUNTIME_DIR=/run/user/$uid" sh -c 'systemctl --user daemon-reload && systemctl --user start inside'
	eventually on_host pgrep -u "$uid" -x sleep
	inode=$(on_host stat -Lc %i "/run/userns/$uid/user")
	# A login comes and goes beside it, in the same.
	[ "$(ssh_to lingerer "stat -Lc %i /run/userns/$uid/user")" = "$inode" ]
	sleep 2
	[ "$(on_host stat -Lc %i "/run/userns/$uid/user")" = "$inode" ]
	on_host systemctl start userns-gc.service
	[ "$(on_host stat -Lc %i "/run/userns/$uid/user")" = "$inode" ]
	on_host loginctl disable-linger lingerer
	eventually nothing_on_host "$uid"
}

@test "a service with PAMName=, as run0 and machinectl shell start one" {
	host_user service
	for name in login systemd-user; do
		run_on_host --uid=service -p "PAMName=$name" sh -c "$read_map" > /tmp/service
		map_on_host_is /tmp/service
		on_host "$helper" gc > /dev/null
		eventually nothing_on_host "$uid"
	done
}

@test "machinectl shell" {
	host_user machined
	on_host systemctl start systemd-machined.service
	on_host script -qec "machinectl -q shell machined@.host /bin/sh -c '$read_map'" /dev/null < /dev/null | tr -d '\r' | sed 's|^^@||' > /tmp/machined
	map_on_host_is /tmp/machined
	on_host "$helper" gc > /dev/null
	eventually nothing_on_host "$uid"
}

@test "a session whose sshd is killed: the next login works, and gc leaves nothing" {
	host_user killed
	ssh_to killed 'echo $PPID > /tmp/killed.sshd; sleep 60' 3>&- &
	eventually on_host test -s /tmp/killed.sshd
	host_pinned "$uid"
	# The privileged one above it as well.
	on_host sh -c 'pid=$(cat /tmp/killed.sshd); kill -9 $(awk "{print \$4}" /proc/$pid/stat) $pid'
	wait || true
	[ "$(ssh_to killed "$read_map" | wc -l)" = 2 ]
	on_host loginctl kill-user killed || true
	eventually sh -c "! nsenter -t $(pgrep -P "$(cat /mnt/booted/nspawn)" | head -n 1) -m -p -r -w systemctl is-active -q user@$uid.service"
	on_host "$helper" gc > /dev/null
	nothing_on_host "$uid"
	[ -z "$(on_host grep " /run/userns/$uid" /proc/self/mountinfo)" ]
}

@test "an sshd with mounts of its own: the pin is the host's, and /etc is written though it cannot" {
	host_user shielded
	on_host mkdir -p /run/systemd/system/ssh.service.d
	on_host sh -c "printf '[Service]\nPrivateTmp=yes\nProtectSystem=strict\nProtectHome=read-only\n' > /run/systemd/system/ssh.service.d/shield.conf"
	on_host systemctl daemon-reload
	on_host systemctl restart ssh.service
	eventually ssh_to shielded true
	ssh_to shielded "$read_map; touch /etc/x 2>&1; stat -Lc %i /run/userns/$uid/user; sleep 2" > /tmp/shielded 3>&- &
	eventually host_pinned "$uid"
	inode=$(on_host stat -Lc %i "/run/userns/$uid/user")
	wait $!
	grep -qx "$inode" /tmp/shielded
	head -n 2 /tmp/shielded > /tmp/shielded.map
	map_on_host_is /tmp/shielded.map
	eventually nothing_on_host "$uid"
	on_host rm /run/systemd/system/ssh.service.d/shield.conf
	on_host systemctl daemon-reload
	on_host systemctl restart ssh.service
}
