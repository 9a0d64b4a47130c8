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

@test "podman: a container goes on after logout, and the next login stops it" {
	"$helper" --pid=$$ close "$uid"
	make_image /tmp/image.tar
	let_podman_copy "$name"
	start_sshd 2221
	ssh_as "$name" userns exec -- podman import -q /tmp/image.tar test
	eventually no_namespace_left "$uid"
	ssh_as "$name" 'stat -Lc %i "$USERNS_PATH"; userns exec -- podman run -d --name stays --network=none --cgroups=disabled test \
		/bin/busybox sleep 600 > /dev/null 2>&1' > /tmp/stays.first
	# Logged out: the namespace is kept, and the log says for whom.
	eventually sh -c "[ -z \"\$(ls /run/userns/$uid/sessions)\" ]"
	[ "$(stat -Lc %i "/run/userns/$uid/user")" = "$(cat /tmp/stays.first)" ]
	userns_log | grep -qE "process [0-9]+ \(.+\) is still in the namespace; it stays"
	run "$helper" gc
	[ "$(stat -Lc %i "/run/userns/$uid/user")" = "$(cat /tmp/stays.first)" ]
	pgrep -f '^/bin/busybox sleep 600' > /tmp/stays.pid
	kill -0 "$(cat /tmp/stays.pid)"
	ssh_as "$name" 'stat -Lc %i "$USERNS_PATH"; userns exec -- podman ps --format "{{.Names}} {{.Status}}"' > /tmp/stays.second
	[ "$(head -n 1 /tmp/stays.second)" = "$(cat /tmp/stays.first)" ]
	grep -q '^stays Up' /tmp/stays.second
	ssh_as "$name" userns exec -- podman stop -t 1 stays
	eventually sh -c '! kill -0 $(cat /tmp/stays.pid) 2>/dev/null'
	# Podman cleans up behind it, and may not have ended by the logout: then gc has to come by.
	eventually sh -c "$helper gc > /dev/null; [ ! -e /run/userns/$uid ]"
	stop_sshd
}

@test "newuidmap is really out of the way" {
	run as_user "$name" newuidmap 1 0 0 1
	[ "$status" = 1 ]
	[[ $output == *'must not be called'* ]]
	# The way of today fails here.
	run as_user "$name" unshare --map-users=1,"$start",65536 --map-root-user true
	[ "$status" != 0 ]
}
