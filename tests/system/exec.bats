# SPDX-License-Identifier: BSD-3-Clause
# "userns exec" and "userns status".

bats_require_minimum_version 1.5.0

load common

setup() {
	log_in_for_test e
}

teardown() {
	log_out_after_test
}

@test "exec: root inside, with every capability, and the range behind 1 and up" {
	run as_user "$name" userns exec -- sh -c 'id -u; id -g; grep CapEff /proc/self/status; cat /proc/self/uid_map'
	[ "$status" = 0 ]
	[ "${lines[0]}" = 0 ]
	[ "${lines[1]}" = 0 ]
	full=$(awk '/CapEff/ {print $2}' <(unshare --user --map-root-user cat /proc/self/status))
	[ "${lines[2]}" = "CapEff:	$full" ]
	[ "$(tail -n 2 <<< "$output")" = "$(expected_map "$uid" "$(range_of "$uid")")" ]
}

@test "exec: a file made by uid 33 inside belongs to the range's 33rd id on the host" {
	mkdir -m 777 "/tmp/$name"
	as_user "$name" userns exec -- setpriv --reuid=33 --regid=33 --clear-groups touch "/tmp/$name/file"
	start=$(range_of "$uid" | cut -d: -f1)
	[ "$(stat -c %u:%g "/tmp/$name/file")" = "$((start + 32)):$((start + 32))" ]
}

@test "exec: the command's exit status; 126, 127 and 2 for what is no command" {
	for expected in 0 1 42 255; do
		run as_user "$name" userns exec -- sh -c "exit $expected"
		[ "$status" = "$expected" ]
	done
	run -127 as_user "$name" userns exec -- /nonexistent
	run as_user "$name" userns exec -- /etc/passwd
	[ "$status" = 126 ]
	run as_user "$name" userns exec --nonsense true
	[ "$status" = 2 ]
	run as_user "$name" userns nonsense
	[ "$status" = 2 ]
	run as_user "$name" userns
	[ "$status" = 2 ]
	# The shell kills itself; a caller sees the signal, as without us.
	run as_user "$name" userns exec -- sh -c 'kill -9 $$'
	[ "$status" = 137 ]
}

@test "exec: a command's options are its own" {
	run as_user "$name" userns exec echo --drop-groups -- x
	[ "$output" = '--drop-groups -- x' ]
}

@test "exec: supplementary groups stay, and go with --drop-groups" {
	groupadd "g$name"
	usermod -aG "g$name" "$name"
	install -m 640 -g "g$name" /dev/null "/tmp/$name.group"
	echo secret > "/tmp/$name.group"
	run as_user "$name" userns exec -- cat "/tmp/$name.group"
	[ "$output" = secret ]
	run as_user "$name" userns exec --drop-groups -- cat "/tmp/$name.group"
	[ "$status" != 0 ]
	[ "$(as_user "$name" userns exec --drop-groups -- id -G)" = 0 ]
}

@test "exec: a mount inside is not seen outside, one outside is seen inside" {
	mkdir -m 777 "/tmp/$name"
	mkdir "/tmp/$name/in" "/tmp/$name/out"
	# As on a host with systemd; the sandbox has made everything private.
	mount --bind "/tmp/$name" "/tmp/$name"
	mount --make-shared "/tmp/$name"
	as_user "$name" userns exec -- sh -c "cd /tmp/$name; mount -t tmpfs x in && touch in/made ready
		until [ -e out/made ]; do sleep 0.05; done; touch seen" &
	eventually test -e "/tmp/$name/ready"
	[ ! -e "/tmp/$name/in/made" ]
	mount -t tmpfs x "/tmp/$name/out"
	touch "/tmp/$name/out/made"
	eventually test -e "/tmp/$name/seen"
	wait
	umount "/tmp/$name/out"
	umount "/tmp/$name"
}

@test "exec: works under no_new_privs, where newuidmap cannot" {
	run as_user "$name" setpriv --no-new-privs userns exec -- sh -c 'grep NoNewPrivs /proc/self/status; id -u'
	[ "$status" = 0 ]
	[ "${lines[0]}" = 'NoNewPrivs:	1' ]
	[ "${lines[1]}" = 0 ]
}

@test "exec: the environment by which podman and buildah know where they are" {
	run as_user "$name" userns exec -- env
	[[ $output == *_CONTAINERS_USERNS_CONFIGURED=done* ]]
	[[ $output == *"_CONTAINERS_ROOTLESS_UID=$uid"* ]]
	[[ $output == *"_CONTAINERS_ROOTLESS_GID=$(id -g "$name")"* ]]
}

@test "exec: inside exec" {
	run as_user "$name" userns exec -- userns exec -- sh -c 'id -u; readlink /proc/self/ns/user'
	[ "$status" = 0 ]
	[ "${lines[0]}" = 0 ]
	[ "${lines[1]}" = "user:[$(stat -Lc %i "/run/userns/$uid/user")]" ]
}

@test "exec: with stdin, stdout and stderr closed" {
	as_user "$name" sh -c "userns exec -- sh -c 'echo ended > /tmp/$name.closed' <&- >&- 2>&-"
	[ "$(cat "/tmp/$name.closed")" = ended ]
}

@test "exec and status: without a namespace, one sentence says how to get one" {
	new_user "none$name"
	for verb in 'exec true' status; do
		# shellcheck disable=SC2086
		run as_user "none$name" userns $verb
		[ "$status" = 1 ]
		[ "${#lines[@]}" = 1 ]
		[[ $output == *'made at login'* ]]
	done
}

@test "exec: a plain file in the pin's place is refused" {
	new_user "plain$name"
	mkdir -p "/run/userns/$uid"
	touch "/run/userns/$uid/user"
	run as_user "plain$name" userns exec true
	[ "$status" = 1 ]
	[[ $output == *'is no user namespace'* ]]
	rm -r "/run/userns/$uid"
}

@test "exec and status: what cannot be opened in the pin's place is an error, not the lack of a namespace" {
	new_user "linked$name"
	mkdir -p "/run/userns/$uid"
	ln -s /proc/self/ns/user "/run/userns/$uid/user"
	for verb in 'exec true' status; do
		# shellcheck disable=SC2086
		run as_user "linked$name" userns $verb
		[ "$status" = 4 ]
		[[ $output == *"cannot open /run/userns/$uid/user: "* ]]
	done
	rm -r "/run/userns/$uid"
}

@test "status: namespace, user, policy, maps and sessions, for oneself, inside, and for others" {
	range=$(range_of "$uid")
	for run_as in "as_user $name userns status" "as_user $name userns exec -- userns status" \
		"userns status $name" "as_user games userns status $name"; do
		# shellcheck disable=SC2086
		run $run_as
		[ "$status" = 0 ]
		[[ $output == *"/run/userns/$uid/user"* ]]
		[[ $output == *"sessions:  $$"* ]]
		[[ $output == *"policy:    /etc/security/userns.conf"* ]]
		grep -Eqx "uid +1 +${range%:*} +${range#*:}" <<< "$output"
		grep -Eqx "gid +0 +$(id -g "$name") +1" <<< "$output"
	done
	# By number, also where NSS knows none of that name.
	run userns status "$uid"
	[ "$status" = 0 ]
	[[ $output == *"/run/userns/$uid/user"* ]]
	grep -Eqx "uid +1 +${range%:*} +${range#*:}" <<< "$output"
	run userns status nosuchuser
	[ "$status" = 1 ]
}

@test "status: the maps are the kernel's, whatever the state file says" {
	sed -i 's/^uid_map=.*/uid_map=0 0 4294967295/' "/run/userns/$uid/state"
	run as_user "$name" userns status
	[[ $output == *'as the kernel has them'* ]]
	grep -Eqx "uid +0 +$uid +1" <<< "$output"
}
