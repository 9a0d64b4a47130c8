# SPDX-License-Identifier: BSD-3-Clause
# The policy: what is obeyed, and what is wrong, which hands out nothing and is named in the log.

load common

policy=/etc/security/userns.conf

setup_file() {
	bats_require_minimum_version 1.5.0
}

setup() {
	needs_sandbox
	rm -rf "$policy"
	mark_log
}

teardown() {
	[ "${USERNS_SANDBOX:-}" != inside ] || rm -rf "$policy"
}

@test "policy: without one the defaults hold" {
	new_user nopolicy
	login_as nopolicy
	reported 'open 0'
	range=$(range_of "$uid")
	[ "${range#*:}" = 65536 ]
}

@test "policy: pool, size and delegate are obeyed" {
	new_user obeyed
	printf '[host]\npool = 300000000-300100000\n[default]\nsize = 1K\n' > "$policy"
	login_as obeyed
	[ "$(range_of "$uid")" = 300000000:1024 ]
	printf '[default]\ndelegate = no\n' > "$policy"
	login_as obeyed
	reported 'open 6'
	reported 'path none'
	[ "$(range_of "$uid")" = 300000000:1024 ]
}

@test "policy: malformed, unknown or misplaced: file and line are named, nothing is allocated" {
	new_user malformed
	while IFS='|' read -r text expected; do
		# shellcheck disable=SC2059
		printf "$text" > "$policy"
		refused malformed "$policy$expected"
	done <<-'EOF'
		[host\n|:1:
		[default]\nsize 5\n|:2:
		[default]\nsize = 0\n|:2: size = 0: expected
		[default]\nsize = -1\n|:2: size = -1
		[default]\nsize = 5G\n|:2: size = 5G
		[default]\nsize =\n|:2: size
		[default]\ndelegate = maybe\n|:2: delegate = maybe: expected auto, yes or no
		\n[default]\nsizes = 1\n|:3: unknown key 'sizes'
		[group x]\npool = 1\n|:2: unknown key 'pool' in section [group x]
		[team x]\nsize = 1\n|:1: unknown section [team x]
		[group]\nsize = 1\n|:1: unknown section [group]
		[uid 5]\nsize = 1\n|:1: unknown section [uid 5]
		[uid 7-5]\nsize = 1\n|:1: unknown section [uid 7-5]
		[user a b]\nsize = 1\n|:1: unknown section [user a b]
		[default]\n[user x]\n[default]\nsize = 1\n|:3: section [default] stands in line 1 already
		[default]\nsize = 1\nsize = 1\n|:3: 'size' has two values: it stands in line 2 already
		[default]\nroot = me\n|:2: root = me: expected user or range
		[default]\nsetgroups = no\n|:2: setgroups = no: expected allow or deny
		[default]\nservices = SSHD\n|:2: services = SSHD: expected names of PAM services
		[default]\nservices = *\n|:2: services = *: expected names of PAM services
		[default]\nservices = !cron\n|:2: services = !cron: expected names of PAM services
		[default]\nservices = sshd; login\n|:2: services = sshd; login: expected names of PAM services
		[default]\nmap = 0:1000:1\n|:2: unknown key 'map' in section [default]
		[user x]\nmap = 0:70000:10,5:90000:1\n|:2: map = 0:70000:10,5:90000:1: expected IN:OUT:COUNT
		[user x]\nmap = 0:70000:10,10:70009:1\n|:2: map
		[user x]\ngids = 0:4294967295:1\n|:2: gids = 0:4294967295:1: expected
		[host]\nmirror = maybe\n|:2: mirror = maybe: expected auto, yes or no
		[default]\ndescription =\n|:2: description = : expected some text
		= 5\n|:1: key '' stands before any section
		[default]\n= 5\n|:2: there is no key before '='
		[user alice]\npool = 100000-200000\n|:2: unknown key 'pool' in section [user alice]
		[user alice]\nsize = 0\n|:2: size = 0: expected
		[user alice]\nrange = 0-65535\n|:2: range = 0-65535: expected
		[host]\navoid = 1-2,\n|:2: avoid = 1-2,: expected
		[host]\nreal-ids = 5\n|:2: real-ids = 5: expected
		[default]\nallocate = first\n|:2: allocate = first: expected next or by-uid
		size = 1\n|:1: key 'size' stands before any section
		[host]\npool = 5\n|:2: pool = 5
		[host]\npool = 70000-69999\n|:2: pool
		[host]\npool = 0-100000\n|:2: pool
		[host]\npool = 100000-4294967295\n|:2: pool
		[default]\nsize = 1\0002\n|: there is a NUL byte
		[default]\nsize = 1M\n[host]\npool = 100000-200000\n|:2: size = 1048576 is larger than the whole pool, 100001 ids
	EOF
}

@test "policy: group-writable, another's, a link, a directory, a FIFO, too large" {
	new_user untrusted
	: > "$policy"
	chmod 664 "$policy"
	refused untrusted "$policy is writable for others than root"
	chmod 644 "$policy"
	chown games "$policy"
	refused untrusted "$policy belongs to uid"
	rm "$policy"
	ln -s /etc/passwd "$policy"
	refused untrusted "$policy is a symbolic link"
	rm "$policy"
	mkdir "$policy"
	refused untrusted "$policy is not a regular file"
	rmdir "$policy"
	mkfifo "$policy"
	refused untrusted "$policy is not a regular file"
	rm "$policy"
	head -c 2000000 /dev/zero | tr '\0' '#' > "$policy"
	refused untrusted "$policy is larger than"
	rm "$policy"
	login_as untrusted
	reported 'open 0'
}

@test "policy: delegate = auto obeys a host that forbids user namespaces, yes does not" {
	new_user auto
	# Not every machine lets its root set the limit; what is mounted on it reads like it.
	echo 0 > /tmp/auto.limit
	mount --bind /tmp/auto.limit /proc/sys/user/max_user_namespaces
	login_as auto
	by_auto=$(head -n 1 "$report")
	run "$helper" open auto
	printf '[default]\ndelegate = yes\n' > "$policy"
	login_as auto
	by_yes=$(head -n 1 "$report")
	umount /proc/sys/user/max_user_namespaces
	[ "$by_auto" = 'open 6' ]
	[ "$by_yes" = 'open 0' ]
	[[ $output == *'forbids users to create user namespaces (user.max_user_namespaces = 0)'* ]]
	rm "$policy"
	login_as auto
	reported 'open 0'
}

# The keys that the code has, and the sections that they may stand in.
keys() {
	sed -n 's/^\t{[A-Z_ |]*, "\([a-z-]*\)".*/\1/p' "$top/conf/keys.c"
}

@test "the policy as shipped: every key, commented out, with its default" {
	new_user shipped
	[ "$(keys | wc -l)" -ge 14 ]
	cp "$top/conf/userns.conf" "$policy"
	run userns explain shipped
	[ "$status" = 0 ]
	settings=$(sed -n 's/^\(settings:\)\? *\(.*\) (default)$/\2/p' <<< "$output")
	while read -r key; do
		grep -qx "#$key =.*" "$policy"
		grep -qF "$key" "$top/man/userns.conf.5"
		grep "^#$key = " "$policy" | head -n 1 > /tmp/shipped.line
		# Those that have a default are there with it.
		! grep -q "^$key = " <<< "$settings" || grep -qxF "#$(grep "^$key = " <<< "$settings")" /tmp/shipped.line
	done < <(keys)
	# Without the signs of comments it is a policy, with the same settings.
	sed -i 's/^#\(\[.*\|[a-z-]* = .*\)$/\1/' "$policy"
	run userns explain shipped
	[ "$status" = 0 ]
	[ "$(sed -n "s|^\(settings:\)\? *\(.*\) ($policy:.*|\2|p" <<< "$output")" = "$settings" ]
}

@test "the pages: what each key expects, as the log says it, and explain with every key" {
	new_user paged
	while read -r key; do
		section='user paged'
		! grep -q "SECTION_HOST, \"$key\"" "$top/conf/keys.c" || section=host
		printf '[%s]\n%s =\n' "$section" "$key" > "$policy"
		run userns explain paged
		[ "$status" = 1 ]
		expected=${output##*"$policy:2: $key = : "}
		[[ $expected = 'expected '* ]]
		grep -qxF ".It Ar FILE : Ns Ar LINE : Ar KEY Li = Ar VALUE : Li $expected" "$top/man/userns-helper.8" ||
			{ echo "userns-helper(8) lacks: $expected" >&2; false; }
	done < <(keys)
	rm "$policy"
	# Those that have a value without a policy stand in the example as well.
	run userns explain paged
	sed -n 's/^\(settings:\)\? *\([a-z-]*\) = .*(.*)$/\2/p' <<< "$output" > /tmp/paged.keys
	sed -n 's/^\(settings:\)\? *\([a-z-]*\) = .*(.*)$/\2/p' "$top/man/userns.1" > /tmp/paged.example
	[ -s /tmp/paged.keys ]
	diff /tmp/paged.keys /tmp/paged.example
}

@test "the examples: policies that are right, and the same in the page" {
	new_user example
	n=0
	for file in "$top"/conf/examples/*.conf; do
		n=$((n + 1))
		cp "$file" "$policy"
		run userns explain example
		[ "$status" = 0 ] || { echo "$file: $output" >&2; false; }
		grep -qF "${file##*/}" "$top/man/userns.conf.5"
		# The page has every line but those of the comment above; \e is its backslash.
		sed '1,/^$/d; s/\\/\\e/g' "$file" > /tmp/example.lines
		perl -0777 -e 'open A, $ARGV[0]; open B, $ARGV[1]; $a = <A>; $b = <B>; exit(index($b, $a) < 0)' \
			/tmp/example.lines "$top/man/userns.conf.5"
	done
	[ "$n" = 4 ]
}

@test "the examples do what they say" {
	new_user carol
	groupadd containers
	cp "$top/conf/examples/small-server.conf" "$policy"
	run userns explain carol
	[[ $output = *', new, to be allocated'* && $output = *:1048576,* ]]
	cp "$top/conf/examples/hardened.conf" "$policy"
	run userns explain carol
	[[ $output = *PAM_IGNORE* ]]
	usermod -aG containers carol
	run userns explain carol
	[[ $output = *PAM_SUCCESS* && $output = *'setgroups: deny'* ]]
	cp "$top/conf/examples/university.conf" "$policy"
	echo 'STAFF\jane doe:x:70200:100::/tmp:/bin/sh' >> /etc/passwd
	run userns explain --service=sshd 'STAFF\jane doe'
	[[ $output = *'1700003840:65536, new'* ]]
	run userns explain --service=cron 'STAFF\jane doe'
	[[ $output = *PAM_IGNORE* ]]
	sed -i '/^STAFF/d' /etc/passwd
	cp "$top/conf/examples/hpc.conf" "$policy"
	run userns explain --service=sshd carol
	[[ $output = *"$((524288 + uid * 65536)):65536, new"* ]]
}

# What stands below /proc/sys, with other values: "kernel/NAME VALUE" or "user/NAME VALUE".
fake_sysctl() {
	rm -rf /tmp/fake-sys
	mkdir -p /tmp/fake-sys/kernel /tmp/fake-sys/user
	echo 1000 > /tmp/fake-sys/user/max_user_namespaces
	[ -z "$1" ] || echo "$2" > "/tmp/fake-sys/$1"
	mount --bind /tmp/fake-sys/kernel /proc/sys/kernel
	mount --bind /tmp/fake-sys/user /proc/sys/user
}

real_sysctl() {
	umount /proc/sys/kernel /proc/sys/user
}

@test "delegate = auto: each setting of a host by itself, named in explain and in the log" {
	new_user knobs
	module_arguments debug
	while read -r file value code says; do
		fake_sysctl "$file" "$value"
		mark_log
		login_as knobs
		run userns explain knobs
		real_sysctl
		reported "open $code"
		grep -qF "host:      $says" <<< "$output"
		[ "$code" = 0 ] && continue
		[[ $output = *'a login:   PAM_IGNORE'* ]]
		[[ $output = *"delegate = auto, and this host forbids users to create user namespaces ($says)"* ]]
		userns_log | grep -qF "no namespace for knobs: delegate = auto, and this host forbids users to create user namespaces ($says)"
	done <<-'EOF'
		kernel/unprivileged_userns_clone 0 6 kernel.unprivileged_userns_clone = 0
		kernel/unprivileged_userns_clone 1 0 kernel.unprivileged_userns_clone = 1; user.max_user_namespaces = 1000
		kernel/unprivileged_userns_clone x 6 kernel.unprivileged_userns_clone cannot be read
		kernel/apparmor_restrict_unprivileged_userns 1 6 kernel.apparmor_restrict_unprivileged_userns = 1
		kernel/apparmor_restrict_unprivileged_userns 0 0 user.max_user_namespaces = 1000; kernel.apparmor_restrict_unprivileged_userns = 0
		user/max_user_namespaces 0 6 user.max_user_namespaces = 0
		user/max_user_namespaces 1 0 user.max_user_namespaces = 1
	EOF
	module_arguments ''
	# What the policy says by itself needs no setting.
	printf '[default]\ndelegate = yes\n' > "$policy"
	run userns explain knobs
	run ! grep -q '^host:' <<< "$output"
}
