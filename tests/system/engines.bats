# SPDX-License-Identifier: BSD-3-Clause
# Container engines nested in a delegated namespace, with newuidmap and newgidmap replaced by
# programs that fail.

load common

setup() {
	needs_sandbox
	mark_log
	without_newuidmap
	name=c$BATS_TEST_NUMBER
	new_user "$name"
	"$helper" --pid=$$ open "$name" 2>/dev/null >&2
	start=$(range_of "$uid" | cut -d: -f1)
}

teardown() {
	[ "${USERNS_SANDBOX:-}" != inside ] || "$helper" --pid=$$ close "$uid" 2>/dev/null || true
}

@test "bubblewrap: a sandbox with its own pid and network namespace" {
	run as_user "$name" userns exec -- bwrap --ro-bind /usr /usr --symlink usr/bin /bin \
		--symlink usr/lib /lib --symlink usr/lib64 /lib64 --proc /proc --dev /dev \
		--unshare-pid --unshare-net sh -c 'echo pid $$; id -u'
	[ "$status" = 0 ]
	[ "${lines[0]}" = 'pid 2' ]
	[ "${lines[1]}" = 0 ]
}

@test "bubblewrap: joins by descriptor, with --userns" {
	run as_user "$name" sh -c "exec 9< /run/userns/$uid/user
		bwrap --userns 9 --ro-bind / / cat /proc/self/uid_map"
	[ "$status" = 0 ]
	[ "$output" = "$(expected_map "$uid" "$start:65536")" ]
}

@test "podman: imports an image, runs it as root and as uid 33, and the host sees range ids" {
	make_image /tmp/image.tar
	let_podman_copy "$name"
	mkdir -m 777 "/tmp/$name.volume"
	run as_user "$name" userns exec -- podman import -q /tmp/image.tar test
	[ "$status" = 0 ]
	run as_user "$name" userns exec -- podman run --rm --network=none --cgroups=disabled test /bin/busybox id -u
	[ "$status" = 0 ]
	[ "${lines[-1]}" = 0 ]
	run as_user "$name" userns exec -- podman run --rm --network=none --cgroups=disabled \
		--user 33 -v "/tmp/$name.volume:/v" test /bin/busybox touch /v/file
	[ "$status" = 0 ]
	[ "$(stat -c %u "/tmp/$name.volume/file")" = $((start + 32)) ]
	# What podman stored as root is the user's own, so that they can remove it.
	[ "$(stat -c %u "/home/$name/.local/share/containers/storage")" = "$uid" ]
}

@test "newuidmap is really out of the way" {
	run as_user "$name" newuidmap 1 0 0 1
	[ "$status" = 1 ]
	[[ $output == *'must not be called'* ]]
	# The way of today fails here.
	run as_user "$name" unshare --map-users=1,"$start",65536 --map-root-user true
	[ "$status" != 0 ]
}
