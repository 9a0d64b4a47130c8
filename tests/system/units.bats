# SPDX-License-Identifier: BSD-3-Clause
# What is installed for systemd, and for pam-auth-update: sound, and as these programs take it.

load common

unit_dir=/usr/lib/systemd/system

# Without the lines that the sandbox has added by hand.
setup() {
	needs_sandbox
	sed -i '/pam_userns.so/d' /etc/pam.d/common-session /etc/pam.d/common-session-noninteractive
	mark_log
}

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	DEBIAN_FRONTEND=noninteractive pam-auth-update --package --remove userns
	echo 'session optional pam_userns.so' | tee -a /etc/pam.d/common-session >> /etc/pam.d/common-session-noninteractive
}

@test "systemd-analyze verify finds nothing in the units" {
	for unit in userns-gc.service userns-gc.timer user@1000.service; do
		run systemd-analyze verify --man=no $unit_dir/${unit/1000/}
		[ "$status" = 0 ] || { echo "$output" >&2; false; }
		# It talks of other units as well.
		[ -z "$(grep -E 'userns' <<< "$output")" ] || { echo "$output" >&2; false; }
	done
	# A mistake would be found.
	sed 's/^NoNewPrivileges=.*/NoNewPrivileges=perhaps/' $unit_dir/userns-gc.service > /tmp/userns-wrong.service
	run systemd-analyze verify --man=no /tmp/userns-wrong.service
	[[ $output == *userns-wrong.service* ]]
}

@test "gc's unit gives it nothing that makes a mount namespace, and just the capabilities it needs" {
	run systemd-analyze security --offline=true --no-pager $unit_dir/userns-gc.service
	[[ $output == *'Overall exposure level'* ]]
	[ -z "$(grep -E '^(Private(Tmp|Devices|Mounts|Users)|Protect|ReadOnly|ReadWrite|Inaccessible|Bind|Root|MountFlags|TemporaryFileSystem|DynamicUser|NoExec|ExecPaths|ProcSubset)' $unit_dir/userns-gc.service)" ]
	bounding=$(sed -n 's/^CapabilityBoundingSet=//p' $unit_dir/userns-gc.service | tr 'A-Z ' 'a-z,')
	new_user bounded
	login_as bounded /bin/sh -c 'kill -9 $PPID' || true
	capsh --drop="$(capsh --print | sed -n 's/^Bounding set =//p' | tr , '\n' | grep -vxF "$(tr , '\n' <<< "$bounding")" | paste -sd,)" \
		-- -c "$helper gc" > /tmp/bounded.out
	grep -qx "uid $uid: cleared" /tmp/bounded.out
	no_namespace_left "$uid"
}

@test "tmpfiles.d makes the directory, and mends its mode, and leaves what is in it" {
	rm -rf /run/userns
	systemd-tmpfiles --create /usr/lib/tmpfiles.d/userns.conf
	[ "$(stat -c '%F %u:%g %a' /run/userns)" = 'directory 0:0 755' ]
	new_user filed
	hold filed
	chmod 777 /run/userns
	chown games /run/userns
	systemd-tmpfiles --create --remove --clean /usr/lib/tmpfiles.d/userns.conf
	[ "$(stat -c '%F %u:%g %a' /run/userns)" = 'directory 0:0 755' ]
	mountpoint -q "/run/userns/$uid/user"
	release filed
	no_namespace_left "$uid"
}

# A login by one of Debian's own stacks; in it the pin is there when it should be.
stack_works() {
	local pinned=$1 service
	cp -a /etc/pam.d /tmp/pam.d.before
	for service in common-session common-session-noninteractive; do
		printf 'auth required pam_permit.so\naccount required pam_permit.so\n@include %s\n' $service > /etc/pam.d/userns-stack
		"$pamhost" /tmp/stack.report userns-stack stacked /bin/sh -c \
			"mountpoint -q /run/userns/$uid/user && echo pinned || echo plain" > /tmp/stack.seen
		report=/tmp/stack.report reported 'open 0'
		report=/tmp/stack.report reported 'close 0'
		[ "$(cat /tmp/stack.seen)" = "$pinned" ]
	done
	rm /etc/pam.d/userns-stack
	[ "$(su -l stacked -c "mountpoint -q /run/userns/$uid/user && echo pinned || echo plain")" = "$pinned" ]
	eventually no_namespace_left "$uid"
}

@test "pam-auth-update --enable userns and --remove: each leaves a stack that works" {
	export DEBIAN_FRONTEND=noninteractive
	new_user stacked
	rm -rf /tmp/pam.d.first /tmp/pam.d.enabled
	pam-auth-update --package --remove nothing
	cp -a /etc/pam.d /tmp/pam.d.first
	# Installed it is not enabled.
	[ -z "$(grep -r pam_userns /etc/pam.d/common-*)" ]
	stack_works plain
	pam-auth-update --enable userns
	for file in common-session common-session-noninteractive; do
		[ "$(grep -cE '^session[[:space:]]+optional[[:space:]]+pam_userns.so[[:space:]]*$' /etc/pam.d/$file)" = 1 ]
	done
	# Nowhere else, and nothing else is changed.
	[ "$(grep -rl pam_userns.so /etc/pam.d | grep -v '/userns-' | wc -l)" = 2 ]
	[ -z "$(diff -r /tmp/pam.d.first /etc/pam.d | grep '^<')" ]
	[ "$(diff -r /tmp/pam.d.first /etc/pam.d | grep -c '^>')" = 2 ]
	stack_works pinned
	# Another run, as of any package that has a module, keeps it.
	pam-auth-update --package
	stack_works pinned
	pam-auth-update --package --remove userns
	diff -r /tmp/pam.d.first /etc/pam.d
	stack_works plain
}
