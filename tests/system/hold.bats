# SPDX-License-Identifier: BSD-3-Clause
# "userns hold --podman": plain podman joins the namespace, with newuidmap and newgidmap replaced by
# programs that fail.

load common

setup() {
	log_in_for_test h
	keep_newuidmap
	without_newuidmap
	let_podman_copy "$name"
	runtime=/run/user/$uid
	install -d -m 700 -o "$name" -g "$name" "$runtime"
	pause=$runtime/libpod/tmp/pause.pid
	log=/tmp/$name.log
}

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	pkill -KILL -u "$uid" || true
	remove_cgroup
	log_out_after_test
}

# The real ones, for those who need podman's own way.
keep_newuidmap() {
	local program
	for program in newuidmap newgidmap; do
		[ -e "/usr/bin/$program.real" ] || cp -p "/usr/bin/$program" "/usr/bin/$program.real"
	done
}

with_newuidmap() {
	local program
	for program in newuidmap newgidmap; do
		cp -p "/usr/bin/$program.real" "/usr/bin/$program"
	done
}

user() {
	as_user "$name" env XDG_RUNTIME_DIR="$runtime" "$@"
}

# Starts one in the background; its pid in $holder.
start_hold() {
	: > "$log"
	XDG_RUNTIME_DIR=$runtime user_aside env "$@" userns hold --podman > "$log" 2>&1
	holder=$!
	eventually grep -q 'joins your namespace' "$log"
}

end_hold() {
	kill "-$1" "$holder"
	wait "$holder"
}

paused_here() {
	local pid
	pid=$(cat "$pause" 2>/dev/null) && [ "$(stat -Lc %i "/proc/$pid/ns/user")" = "$(stat -Lc %i "/run/userns/$uid/user")" ]
}

# Another process than $process is joined by now.
paused_anew() {
	paused_here && [ "$(cat "$pause")" != "$process" ]
}

run_podman() {
	user podman run --rm --network=none --cgroups=disabled "$@"
}

@test "plain podman imports, and runs as root and as uid 33, nested in the namespace" {
	make_image /tmp/image.tar
	mkdir -m 777 "/tmp/$name.volume"
	# Without it, podman calls newuidmap, and fails.
	run user podman import -q /tmp/image.tar test
	[ "$status" != 0 ]
	start_hold
	user podman import -q /tmp/image.tar test
	run run_podman test /bin/busybox sh -c 'id -u; cat /proc/self/uid_map'
	[ "$status" = 0 ]
	range=$(range_of "$uid")
	[ "$output" = "0"$'\n'"$(expected_map "$uid" "$range")" ]
	run_podman --user 33 -v "/tmp/$name.volume:/v" test /bin/busybox touch /v/file
	[ "$(stat -c %u "/tmp/$name.volume/file")" = $((${range%:*} + 32)) ]
	# Verbs that do not take podman's short way, and join by themselves.
	run user podman unshare cat /proc/self/uid_map
	[ "$output" = "$(expected_map "$uid" "$range")" ]
	user podman system df
	end_hold TERM
}

@test "a container that goes on in the background is seen and stopped by a later hold's podman" {
	make_image /tmp/image.tar
	start_hold
	user podman import -q /tmp/image.tar test
	run_podman -d --name stays test /bin/busybox sleep 60 > /dev/null 3>&-
	end_hold TERM
	start_hold
	[ "$(user podman ps --format '{{.Names}}')" = stays ]
	user podman stop -t 0 stays
	[ -z "$(user podman ps -q)" ]
	end_hold TERM
}

@test "signals end it, its process and its file; what nohup has ignored does not" {
	for signal in TERM INT HUP QUIT; do
		# A shell has its background ignore two of them.
		start_hold --default-signal
		paused_here
		process=$(cat "$pause")
		end_hold $signal
		[ ! -e "$pause" ]
		[ ! -e "/proc/$process" ]
	done
	start_hold --ignore-signal=HUP
	kill -HUP "$holder"
	sleep 0.2
	[ -e "$pause" ]
	end_hold TERM
	# The process itself heeds nothing but its parent's end.
	start_hold
	kill -TERM "$(cat "$pause")"
	kill -INT "$(cat "$pause")"
	sleep 0.2
	paused_here
	end_hold TERM
}

@test "killed, it takes its process along; the stale file is replaced by the next" {
	start_hold
	process=$(cat "$pause")
	kill -KILL "$holder"
	eventually test ! -e "/proc/$process"
	[ "$(cat "$pause")" = "$process" ]
	start_hold
	paused_here
	end_hold TERM
}

@test "a file that names nothing, or no pause process, is replaced" {
	install -d -m 700 -o "$name" -g "$name" "$runtime/libpod" "$runtime/libpod/tmp"
	# Its pid could have been podman's once.
	user sleep 60 3>&- &
	other=$!
	for text in '' 0 -1 1 4194304 99999999999999999999 "$other" "$other"$'\n' garbage $'1\n2' "$(printf '%.0s9' {1..9999})"; do
		printf %s "$text" > "$pause"
		chown "$name:" "$pause"
		start_hold
		paused_here
		end_hold TERM
	done
	[ -e "/proc/$other" ]
	[ "$(ls "$runtime/libpod/tmp")" = '' ]
}

@test "what is no file in its place is refused, and left" {
	install -d -m 700 -o "$name" -g "$name" "$runtime/libpod" "$runtime/libpod/tmp"
	for make in "mkfifo $pause" "ln -s /etc/passwd $pause"; do
		user $make
		run user timeout 10 userns hold --podman
		[ "$status" = 4 ]
		[[ $output == *"$pause is not a regular file; remove it"* ]]
		[ -e "$pause" ]
		rm "$pause"
	done
	user mkdir "$pause"
	run user timeout 10 userns hold --podman
	[ "$status" = 4 ]
	rmdir "$pause"
	# Nothing can be written.
	chmod 500 "$runtime/libpod/tmp"
	run user timeout 10 userns hold --podman
	[ "$status" = 4 ]
	[[ $output == *'cannot write'* ]]
	[ -z "$(pgrep -u "$uid" userns)" ]
}

@test "podman's own pause process is kept, and refused with what to do" {
	with_newuidmap
	user podman info > /dev/null
	own=$(cat "$pause")
	run user timeout 10 userns hold --podman
	[ "$status" = 1 ]
	[ "${#lines[@]}" = 1 ]
	[[ $output == *"by process $own, which is kept"*'podman system migrate'* ]]
	[ "$(cat "$pause")" = "$own" ]
	[ -e "/proc/$own" ]
	user podman system migrate
	[ ! -e "$pause" ]
	without_newuidmap
	start_hold
	paused_here
	end_hold TERM
}

# Kills what comes, too.
gave_up() {
	kill -KILL "$(cat "$pause" 2>/dev/null)" 2>/dev/null
	[ ! -e "/proc/$holder" ]
}

@test "podman system migrate ends the process, and another comes in its place" {
	make_image /tmp/image.tar
	start_hold
	user podman import -q /tmp/image.tar test
	sleep 2
	process=$(cat "$pause")
	user podman system migrate
	eventually paused_anew
	[ ! -e "/proc/$process" ]
	[ "$(run_podman test /bin/busybox id -u)" = 0 ]
	# But not for ever, if something kills it at once each time.
	eventually gave_up
	status=0
	wait "$holder" || status=$?
	[ "$status" = 3 ]
	[ ! -e "$pause" ]
	grep -q 'ended as soon as it was there' "$log"
}

@test "several at once: one is joined, the others stand by and take over" {
	holders=()
	for i in {1..12}; do
		user userns hold --podman > "$log.$i" 2>&1 3>&- &
		holders+=($!)
	done
	for i in {1..12}; do
		eventually grep -q 'joins your namespace' "$log.$i"
	done
	paused_here
	[ "$(grep -l 'joins your namespace by' "$log".* | wc -l)" = 1 ]
	[ "$(grep -l 'joins your namespace already' "$log".* | wc -l)" = 11 ]
	[ "$(ls "$runtime/libpod/tmp")" = pause.pid ]
	# Each in turn is ended; whoever is left serves podman.
	for i in {1..11}; do
		process=$(cat "$pause")
		first=$(awk '/^PPid/ {print $2}' "/proc/$process/status")
		kill "$first"
		eventually test ! -e "/proc/$process"
		eventually paused_here
	done
	first=$(awk '/^PPid/ {print $2}' "/proc/$(cat "$pause")/status")
	kill "$first"
	wait "${holders[@]}"
	[ ! -e "$pause" ]
	[ -z "$(pgrep -u "$uid" userns)" ]
}

@test "its end leaves a file that names another process by now" {
	start_hold
	echo -n 1 > "$pause"
	end_hold TERM
	[ "$(cat "$pause")" = 1 ]
}

@test "a namespace that is replaced meanwhile: podman joins the new one; none: it ends" {
	start_hold
	first=$(stat -Lc %i "/run/userns/$uid/user")
	process=$(cat "$pause")
	umount "/run/userns/$uid/user"
	"$helper" --pid=$$ open "$name" 2>/dev/null >&2
	[ "$(stat -Lc %i "/run/userns/$uid/user")" != "$first" ]
	eventually paused_anew
	[ ! -e "/proc/$process" ]
	# The directory too, as a logout leaves nothing.
	process=$(cat "$pause")
	umount "/run/userns/$uid/user"
	rm -r "/run/userns/$uid"
	"$helper" --pid=$$ open "$name" 2>/dev/null >&2
	eventually paused_anew
	process=$(cat "$pause")
	umount "/run/userns/$uid/user"
	"$helper" --pid=$$ open "$name" 2>/dev/null >&2
	eventually paused_anew
	umount "/run/userns/$uid/user"
	rm "/run/userns/$uid/user"
	status=0
	wait "$holder" || status=$?
	[ "$status" = 1 ]
	grep -q 'you have no namespace' "$log"
	[ ! -e "$pause" ]
	[ -z "$(pgrep -u "$uid" userns)" ]
}

@test "while it runs the namespace is kept; a logout after its end removes it" {
	start_hold
	"$helper" --pid=$$ close "$uid" 2>/dev/null
	paused_here
	end_hold TERM
	"$helper" --pid=$$ open "$name" 2>/dev/null >&2
	"$helper" --pid=$$ close "$uid" 2>/dev/null
	no_namespace_left "$uid"
}

@test "refusals: no namespace, no runtime directory, another's, inside, wrong usage" {
	run user userns exec -- userns hold --podman
	[ "$status" = 1 ]
	[[ $output == *'you are in your namespace already'* ]]
	[ ! -e "$pause" ]
	run as_user "$name" XDG_RUNTIME_DIR=/nonexistent userns hold --podman
	[ "$status" = 1 ]
	[[ $output == *'/nonexistent is no directory; set XDG_RUNTIME_DIR'* ]]
	run as_user "$name" XDG_RUNTIME_DIR=relative userns hold --podman
	[ "$status" = 1 ]
	run as_user "$name" XDG_RUNTIME_DIR=/run userns hold --podman
	[ "$status" = 1 ]
	[[ $output == *"/run is uid 0's, not yours"* ]]
	run as_user "$name" XDG_RUNTIME_DIR="/$(printf 'x%.0s' {1..5000})" userns hold --podman
	[ "$status" = 1 ]
	new_user "no$name"
	install -d -m 700 -o "no$name" "/run/user/$uid"
	run as_user "no$name" userns hold --podman
	[ "$status" = 1 ]
	[ "${#lines[@]}" = 1 ]
	[[ $output == *'made at login'* ]]
	for arguments in '' --nonsense '--podman x' '--podman=x' --paused; do
		run as_user "no$name" userns hold $arguments
		[ "$status" = 2 ]
	done
}

@test "without XDG_RUNTIME_DIR it is /run/user/UID, as for podman" {
	start_hold --unset=XDG_RUNTIME_DIR
	paused_here
	end_hold TERM
}

# A systemd of the user's, as user@.service runs it.
start_user_manager() {
	mkdir -p /run/systemd/system
	make_cgroup "$name"
	in_cgroup setpriv --reuid="$uid" --regid="$uid" --init-groups env -i PATH=/usr/bin HOME="/home/$name" \
		XDG_RUNTIME_DIR="$runtime" /lib/systemd/systemd --user --unit=basic.target > "$log.manager" 2>&1 3>&- &
	eventually user systemctl --user is-active basic.target
}

# As at the last logout.
end_user_manager() {
	manager=$(pgrep -u "$uid" -xo systemd)
	kill "$manager"
	eventually test ! -e "/proc/$manager"
}

in_order() {
	[ "$(user systemctl --user is-active userns-podman.service)" = "$1" ]
}

@test "the unit: enabled, podman joins at login; migrate restarts it; stop ends it" {
	make_image /tmp/image.tar
	start_user_manager
	user systemctl --user enable userns-podman.service
	[ -L "/home/$name/.config/systemd/user/default.target.wants/userns-podman.service" ]
	user systemctl --user start default.target
	# Ready only when podman can join: nothing is waited for here.
	in_order active
	paused_here
	user podman import -q /tmp/image.tar test
	[ "$(run_podman test /bin/busybox id -u)" = 0 ]
	# So does a service that systemd starts for podman's clients.
	user systemctl --user start podman.socket
	run user podman --remote --url "unix://$runtime/podman/podman.sock" \
		run --rm --network=none --cgroups=disabled test /bin/busybox cat /proc/self/uid_map
	[ "$status" = 0 ]
	[ "$output" = "$(expected_map "$uid" "$(range_of "$uid")")" ]
	process=$(cat "$pause")
	user podman system migrate
	eventually paused_anew
	user systemctl --user stop userns-podman.service
	[ ! -e "$pause" ]
	in_order inactive
	# Killed, it is back.
	user systemctl --user start userns-podman.service
	process=$(cat "$pause")
	kill -KILL "$(user systemctl --user show -P MainPID userns-podman.service)"
	eventually paused_anew
	end_user_manager
	[ ! -e "$pause" ]
	[ -z "$(pgrep -u "$uid" userns)" ]
}

@test "the unit: passed over where there is no namespace, failed where podman holds another" {
	start_user_manager
	"$helper" --pid=$$ close "$uid" 2>/dev/null
	no_namespace_left "$uid"
	user systemctl --user start userns-podman.service
	in_order inactive
	[ "$(user systemctl --user show -P ConditionResult userns-podman.service)" = no ]
	"$helper" --pid=$$ open "$name" 2>/dev/null >&2
	with_newuidmap
	user podman info > /dev/null
	without_newuidmap
	run user systemctl --user start userns-podman.service
	[ "$status" != 0 ]
	in_order failed
	[ "$(user systemctl --user show -P NRestarts userns-podman.service)" = 0 ]
	end_user_manager
}
