# SPDX-License-Identifier: BSD-3-Clause
# The policy: what is obeyed, and what is wrong, which hands out nothing and is named in the log.

load common

policy=/etc/security/userns.conf

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
