# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# A machine of release $RELEASE that is booted for a test file and looked at from outside: by ssh
# and on its console. $BOOT is how: nspawn, a container with a systemd of its own but this host's
# kernel, or qemu, which has Debian's. Inside tests/vm/sandbox, as the network is the sandbox's.

# shellcheck source=tests/vm/roots.bash
. "${BATS_TEST_DIRNAME:?}/roots.bash"
machine=$vm/$RELEASE/$BOOT
key=$vm/key
port=22

# How much slower all is without the host's processor.
case $BOOT in
nspawn) patience=60 ;;
qemu) patience=600 port=2222 ;;
esac

# within SECONDS COMMAND...: tries it until it succeeds.
within() {
	local until=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $until ] || { echo "not within its time: $*" >&2; return 1; }
		sleep 0.5
	done
}

# --- its disk ---

# A clean machine. Given "installed", with the packages; else they wait in /root/packages.
machine_make() {
	rm -rf "$machine"
	mkdir -p "$machine"
	cp -a "$vm/$RELEASE/machine" "$machine/root"
	[ -e "$key" ] || ssh-keygen -q -t ed25519 -N '' -f "$key"
	write_settings
	cp -r "$vm/$RELEASE/packages" "$machine/root/root/packages"
	if [ "${1:-}" = installed ]; then
		in_root "$machine/root" sh -c 'dpkg -i /root/packages/*.deb'
	fi
	[ "$BOOT" != qemu ] || make_disk
}

write_settings() {
	local root=$machine/root
	echo machine > "$root/etc/hostname"
	printf '127.0.0.1 localhost machine\n' > "$root/etc/hosts"
	install -D -m 600 "$key.pub" "$root/root/.ssh/authorized_keys"
	printf '[Match]\nName=en*\n[Network]\nDHCP=yes\n' > "$root/etc/systemd/network/machine.network"
	ln -sf /lib/systemd/system/systemd-networkd.service "$root/etc/systemd/system/multi-user.target.wants/"
	# There is no network to give to containers.
	mkdir -p "$root/etc/containers"
	printf '[containers]\nnetns = "none"\n' > "$root/etc/containers/containers.conf"
	# As an installed system has it; else every login logs an error.
	touch "$root/etc/default/locale"
	# What is logged must be there after a crash, and after a reboot.
	mkdir -p "$root/var/log/journal"
	make_image "$root/srv/image.tar"
	[ "$BOOT" != nspawn ] || write_nspawn_settings
}

# As /sys is writable there: nothing may treat this host's devices as the container's. And this
# host may have no limits to give.
write_nspawn_settings() {
	local unit
	for unit in systemd-udevd.service systemd-udevd-{control,kernel}.socket systemd-udev-{trigger,settle}.service; do
		ln -s /dev/null "$machine/root/etc/systemd/system/$unit"
	done
	echo 'pids_limit = 0' >> "$machine/root/etc/containers/containers.conf"
}

# For "podman import".
make_image() {
	local dir
	dir=$(mktemp -d)
	chmod 755 "$dir"
	install -D "$machine/root/usr/bin/busybox" "$dir/bin/busybox"
	ln -s busybox "$dir/bin/sh"
	ln -s busybox "$dir/bin/id"
	mkdir "$dir/proc" "$dir/dev" "$dir/etc" "$dir/tmp"
	tar -C "$dir" -cf "$1" .
	rm -rf "$dir"
}

make_disk() {
	cp "$machine/root/boot/"vmlinuz-* "$machine/kernel"
	cp "$machine/root/boot/"initrd.img-* "$machine/initrd"
	mke2fs -q -t ext4 -d "$machine/root" "$machine/disk" 4G
	rm -rf "$machine/root"
}

# --- its run ---

nspawn_command() {
	# podman's containers need what nspawn keeps from its own: a whole /proc, and keyrings. 133: it
	# wants to be booted again.
	echo "export SYSTEMD_NSPAWN_API_VFS_WRITABLE=yes; while systemd-nspawn --quiet --boot" \
		"--directory='$machine/root' --register=no --keep-unit --system-call-filter='@keyring bpf';" \
		"[ \$? = 133 ]; do :; done"
}

# One processor: where qemu 7.2 emulates two in two threads, the kernel can meet its own code half
# patched, and panics.
qemu_command() {
	echo "qemu-system-x86_64 -accel ${QEMU_ACCEL:-tcg} -smp 1 -m 1536 -display none -monitor none -serial stdio" \
		"-kernel '$machine/kernel' -initrd '$machine/initrd' -append 'root=/dev/vda rw console=ttyS0 ${KERNEL_OPTIONS:-}'" \
		"-drive 'file=$machine/disk,if=virtio,format=raw,cache=unsafe'" \
		"-netdev user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:2222-:22 -device virtio-net-pci,netdev=n"
}

machine_boot() {
	mkfifo "$machine/console.in"
	# Opened for reading and writing, so that it has no end.
	script -qfc "$("${BOOT}_command")" "$machine/console.log" <> "$machine/console.in" > /dev/null 2>&1 3>&- &
	echo $! > "$machine/pid"
	if ! within $patience is_up; then
		tail -n 50 "$machine/console.log"
		return 1
	fi
}

# Up, and done with booting, however that went.
is_up() {
	! has_panicked || { tail -n 50 "$machine/console.log"; exit 1; }
	[[ "$(root systemctl is-system-running --wait 2>/dev/null)" =~ ^(running|degraded)$ ]]
}

has_panicked() {
	grep -aq 'Kernel panic' "$machine/console.log"
}

# Not asked by ssh while it goes down: sshd would log one error or another.
machine_reboot() {
	console_mark
	root systemctl reboot || true
	within $patience console_shows 'login:'
	within $patience is_up
}

machine_stop() {
	root systemctl poweroff || true
	within $patience is_off || kill "$(cat "$machine/pid")"
}

is_off() {
	[ ! -e "/proc/$(cat "$machine/pid")" ]
}

# --- who looks at it ---

ssh_options=(-F none -q -p "$port" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null
	-o ConnectTimeout="$patience")

# on USER COMMAND...: by ssh with the key.
on() {
	local user=$1
	shift
	timeout $patience ssh "${ssh_options[@]}" -o BatchMode=yes -i "$key" "$user@127.0.0.1" "$@"
}

# Root's commands share one connection; it is not root's login that is tested.
root() {
	timeout $patience ssh "${ssh_options[@]}" -o BatchMode=yes -i "$key" -o ControlMaster=auto \
		-o ControlPath=/run/ssh-root -o ControlPersist=yes root@127.0.0.1 "$@" 3>&-
}

# The same with a password, which is the user's name.
on_by_password() {
	local user=$1
	shift
	printf '#!/bin/sh\necho "%s"\n' "$user" > "$machine/askpass"
	chmod 755 "$machine/askpass"
	SSH_ASKPASS=$machine/askpass SSH_ASKPASS_REQUIRE=force timeout $patience ssh "${ssh_options[@]}" \
		-o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 "$user@127.0.0.1" "$@"
}

console_mark() {
	console_seen=$(stat -c %s "$machine/console.log")
}

console_type() {
	printf '%s\n' "$1" > "$machine/console.in"
}

# Since console_mark.
console_shows() {
	tail -c "+$((console_seen + 1))" "$machine/console.log" | grep -qF -- "$1"
}

# --- what is in it ---

# A user without subordinate ids, as those of a directory have none; sets $uid.
# shellcheck disable=SC2034
new_user() {
	root "useradd -m -s /bin/bash -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 $1 && echo $1:$1 | chpasswd &&
		install -d -o $1 -m 700 ~$1/.ssh && install -o $1 -m 600 ~/.ssh/authorized_keys ~$1/.ssh"
	uid=$(root id -u "$1")
}

# START:LENGTH in the book; the copies must agree.
range_of() {
	local range
	range=$(root "sed -n 's/^$1:\([0-9]*:[0-9]*\):.*/\1/p' /etc/usernamespaces")
	[ -n "$range" ] && root "grep -qx $1:$range /etc/subuid && grep -qx $1:$range /etc/subgid" && echo "$range"
}

# A container of podman's, in the user's namespace; prints what busybox does.
in_container() {
	local user=$1
	shift
	on "$user" "podman image exists test || podman import -q /srv/image.tar test > /dev/null
		podman run --rm --network=none test /bin/busybox $*"
}

# What Debian logs at err by itself: of a machine without firmware files or a vsock, of sessions that
# a reboot ends under root's ssh, and of an emulated processor that a busy host has let wait.
own_errors=('regulatory.db' 'See https://wiki.debian.org/Firmware' 'systemd-ssh-generator'
	'session): Failed to release session' 'mm_reap: preauth child terminated by signal' 'kernel: rcu: ')

# Nothing at err or above, of all boots, but lines with one of these texts.
journal_is_clean() {
	local text errors
	errors=$(root journalctl --no-pager -q -p err)
	for text in "${own_errors[@]}" "$@"; do
		errors=$(grep -vF -- "$text" <<< "$errors" || true)
	done
	[ -z "$errors" ] || { echo "$errors" >&2; return 1; }
}

# What a failed test leaves to look at.
show_machine() {
	echo "--- the end of the journal"
	root journalctl --no-pager -b -n 80 || echo "(no journal to be had)"
	echo "--- the end of the console"
	tail -n 20 "$machine/console.log"
}

teardown() {
	[ -n "${BATS_TEST_COMPLETED:-}" ] || show_machine
}
