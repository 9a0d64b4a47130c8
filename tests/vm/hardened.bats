# SPDX-License-Identifier: BSD-3-Clause
# Debian's own kernel, with what admins harden it with. Each test sets all settings it needs.

bats_require_minimum_version 1.5.0
load machine

setup_file() {
	[ "$BOOT" = qemu ] || { echo "these settings are the kernel's: boot with qemu" >&2; return 1; }
	machine_make installed
	machine_boot
}

teardown_file() {
	machine_stop
}

# settings CLONE MAX: may users create user namespaces, and how many?
settings() {
	root "sysctl -q kernel.unprivileged_userns_clone=$1 user.max_user_namespaces=$2"
}

# A policy with these lines behind the defaults.
policy() {
	root 'cat > /etc/security/userns.conf'
}

runs_podman() {
	[ "$(on "$1" 'userns exec -- podman import -q /srv/image.tar test > /dev/null
		userns exec -- podman run --rm --network=none test /bin/busybox id -u')" = 0 ]
}

@test "AppArmor is on, as Debian ships it, and podman runs" {
	settings 1 10000
	policy < /dev/null
	[ "$(root cat /sys/module/apparmor/parameters/enabled)" = Y ]
	[ "$(root 'wc -l < /sys/kernel/security/apparmor/profiles')" -gt 0 ]
	new_user arthur
	runs_podman arthur
}

@test "unprivileged_userns_clone=0: who is allowed runs podman, another's unshare is refused" {
	settings 0 10000
	policy <<-'EOT'
		[default]
		delegate = no
		[user ada]
		delegate = yes
	EOT
	new_user ada
	runs_podman ada
	new_user ben
	run ! on ben unshare -U true
	run ! on ben userns exec -- true
	root test ! -e "/run/userns/$uid"
}

@test "unprivileged_userns_clone=0: delegate = auto gives nobody a namespace, and logs no error" {
	settings 0 10000
	policy < /dev/null
	new_user carl
	on carl true
	root test ! -e "/run/userns/$uid"
	settings 1 10000
	[ "$(on carl userns exec -- id -u)" = 0 ]
}

@test "max_user_namespaces=1: podman runs in the one, and there is no second" {
	settings 1 1
	policy <<-'EOT'
		[default]
		delegate = yes
	EOT
	new_user dora
	runs_podman dora
	run ! on dora userns exec -- unshare -U true
}

@test "max_user_namespaces=0: the login goes on, and the log says why there is none" {
	settings 1 0
	policy <<-'EOT'
		[default]
		delegate = yes
	EOT
	new_user emil
	on emil true
	root test ! -e "/run/userns/$uid"
	root "journalctl --no-pager -q -b -p err -g 'no namespace for emil' | grep -F max_user_namespaces"
	settings 1 10000
	[ "$(on emil userns exec -- id -u)" = 0 ]
}

@test "the journal has nothing at err or above but the refusal that was wanted" {
	journal_is_clean 'no namespace for emil'
}
