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
		[group x]\nsize = 1\n|:2: unknown key 'size' in section [group x]
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
		[default]\nsize = 1M\n[host]\npool = 100000-200000\n|: size is larger
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
	[[ $output == *'forbids users to create user namespaces (user.max_user_namespaces)'* ]]
	rm "$policy"
	login_as auto
	reported 'open 0'
}
