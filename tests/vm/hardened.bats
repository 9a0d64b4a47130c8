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
	run ! on ben userns unshare -- true
	root test ! -e "/run/userns/$uid"
}

# A login by ssh, in which a namespace is seen to have ids of the range alone, and to keep groups.
has_range_alone() {
	local range
	run -0 on "$1" 'userns exec -- sh -c "cd /proc/self && cat uid_map gid_map setgroups | tr -s \" \""'
	range=$(range_of "$1")
	[ "$output" = " 0 ${range/:/ }
 0 ${range/:/ }
deny" ] || { echo "got: $output; on record: $range" >&2; return 1; }
	# To root inside, the user's files are a stranger's.
	[ "$(on "$1" "userns exec -- sh -c 'id -u; stat -c %u /home/$1'")" = $'0\n65534' ]
	run ! on "$1" userns exec -- setpriv --clear-groups true
}

@test "unprivileged_userns_clone=0: hardened.conf, as the package has it" {
	settings 0 10000
	root 'cat /usr/share/doc/libpam-userns/examples/hardened.conf' | policy
	root groupadd -f containers
	new_user fran
	root usermod -aG containers fran
	has_range_alone fran
	new_user gus
	run ! on gus userns exec -- true
	root test ! -e "/run/userns/$uid"
	# By sshd, and by no other service.
	new_user builder
	has_range_alone builder
	within $patience root test ! -e "/run/userns/$uid"
	run ! root "su - builder -c 'userns exec -- true'"
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
