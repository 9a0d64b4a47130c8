# SPDX-License-Identifier: BSD-3-Clause
# Container engines nested in a delegated namespace, with newuidmap and newgidmap replaced by
# programs that fail.

load common

setup() {
	log_in_for_test c
	without_newuidmap
	start=$(range_of "$uid" | cut -d: -f1)
}

teardown() {
	log_out_after_test
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

# A line of the table of engines, with one blank between its columns.
engine_line() {
	as_user "$name" userns status | sed -n '/^engines/,$p' | tr -s ' ' | grep -E "^$1 (yes|no)"
}

@test "status: the engines of this host, whether they nest, and how" {
	[ "$(engine_line podman)" = 'podman yes userns exec podman' ]
	[ "$(engine_line bubblewrap)" = 'bubblewrap yes userns exec bwrap; or bwrap --userns FD, of the pin' ]
	[ "$(engine_line crun)" = 'crun yes userns exec crun' ]
	[ "$(engine_line unshare)" = 'unshare yes userns unshare; or userns exec unshare --map-auto' ]
	# What is not there is not told; what lies beside PATH is.
	rm -f /usr/bin/buildah
	[ -z "$(engine_line buildah)" ]
	printf '#!/bin/sh\n' > /usr/local/bin/buildah
	chmod 755 /usr/local/bin/buildah
	[ "$(as_user "$name" env PATH=/usr/bin userns status | grep -c '^buildah  *yes')" = 1 ]
	# Nobody else's, as they are tried in one's own namespace.
	[ -z "$(userns status "$name" | grep engines)" ]
	as_user "$name" userns exec userns status | grep -q '^podman  *yes'
}

@test "status: plain podman, with and without a process that it joins" {
	[ "$(engine_line 'podman, plain')" = 'podman, plain no while userns hold --podman runs' ]
	install -d -m 700 -o "$name" -g "$name" "/run/user/$uid"
	[ "$(engine_line 'podman, plain')" = 'podman, plain no while userns hold --podman runs' ]
	[ ! -e "/run/user/$uid/libpod" ]
	user_aside env XDG_RUNTIME_DIR="/run/user/$uid" userns hold --podman
	holder=$!
	eventually test -e "/run/user/$uid/libpod/tmp/pause.pid"
	[ "$(engine_line 'podman, plain')" = "podman, plain yes joins process $(cat "/run/user/$uid/libpod/tmp/pause.pid")" ]
	kill $holder
	wait $holder
	# One that is elsewhere, as podman's own.
	as_user "$name" unshare --user env _PODMAN_PAUSE=1 sleep 60 3>&- &
	eventually eval 'other=$(pgrep -u "$uid" sleep)'
	echo -n "$other" > "/run/user/$uid/libpod/tmp/pause.pid"
	[ "$(engine_line 'podman, plain')" = "podman, plain no joins process $other, in another namespace; see userns(1), hold" ]
	kill "$other"
}

@test "status: what takes a user namespace of its own, where none can be made" {
	as_user "$name" userns exec -- sh -c 'echo 0 > /proc/sys/user/max_user_namespaces'
	[ "$(engine_line unshare)" = 'unshare no takes a user namespace of its own (user.max_user_namespaces)' ]
	[ "$(engine_line podman)" = 'podman yes userns exec podman, without --userns and --uidmap (user.max_user_namespaces)' ]
	[ "$(engine_line bubblewrap)" = 'bubblewrap yes userns exec bwrap, without --unshare-user (user.max_user_namespaces)' ]
	# It is so.
	run as_user "$name" userns exec -- unshare --map-root-user true
	[ "$status" != 0 ]
	run as_user "$name" userns exec -- bwrap --ro-bind / / --unshare-pid true
	[ "$status" = 0 ]
	run as_user "$name" userns exec -- bwrap --ro-bind / / --unshare-user true
	[ "$status" != 0 ]
}
