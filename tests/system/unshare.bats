# SPDX-License-Identifier: BSD-3-Clause
# "userns unshare": namespaces that nest in the delegated one, their maps, and what is refused.

bats_require_minimum_version 1.5.0

load common

setup() {
	log_in_for_test u
	start=$(range_of "$uid" | cut -d: -f1)
}

teardown() {
	log_out_after_test
}

# refuses, of what would run the command that stands behind its options: it was not run.
starts_nothing() {
	rm -f "/tmp/$name.ran"
	refuses "$@" touch "/tmp/$name.ran" && [ ! -e "/tmp/$name.ran" ]
}

maps_inside='cat /proc/self/uid_map /proc/self/gid_map | tr -s " "'

@test "unshare: without a map it is the whole range, 0 first, in a child namespace" {
	run nest -- sh -c "id -u; id -g; $maps_inside; readlink /proc/self/ns/user"
	[ "$status" = 0 ]
	[ "${lines[0]}" = 0 ]
	[ "${lines[1]}" = 0 ]
	[ "${lines[2]}" = ' 0 0 1' ]
	[ "${lines[3]}" = ' 1 1 65536' ]
	[ "${lines[4]}" = ' 0 0 1' ]
	[ "${lines[5]}" = ' 1 1 65536' ]
	[ "${lines[6]}" != "user:[$(stat -Lc %i "/run/userns/$uid/user")]" ]
	[ "${lines[6]}" != "$(readlink /proc/self/ns/user)" ]
}

@test "unshare: maps as asked for, sparse and across the namespace's own extents; gids follow" {
	run nest --uidmap 0:1000:1 --uidmap 5:2000:10 --uidmap 100:0:3 -- sh -c "$maps_inside"
	[ "$status" = 0 ]
	printf ' %s\n' '0 1000 1' '5 2000 10' '100 0 1' '101 1 2' > "/tmp/$name.wanted"
	diff <(printf '%s\n' "${lines[@]:0:4}") "/tmp/$name.wanted"
	diff <(printf '%s\n' "${lines[@]:4}") "/tmp/$name.wanted"
	run nest --uidmap 0:5:1 --gidmap 0:7:2 -- sh -c "$maps_inside"
	[ "$output" = $' 0 5 1\n 0 7 2' ]
	# The other way round, too.
	run nest --gidmap 0:7:2 -- sh -c "$maps_inside"
	[ "$output" = $' 0 7 2\n 0 7 2' ]
}

@test "unshare: a file made inside belongs to the host's id that the maps say" {
	mkdir -m 777 "/tmp/$name"
	nest --uidmap 0:1000:10 --gidmap 0:3000:10 -- touch "/tmp/$name/zero"
	nest --uidmap 0:1000:10 --user 7:2 -- touch "/tmp/$name/seven"
	[ "$(stat -c %u:%g "/tmp/$name/zero")" = "$((start + 999)):$((start + 2999))" ]
	[ "$(stat -c %u:%g "/tmp/$name/seven")" = "$((start + 1006)):$((start + 1001))" ]
}

@test "unshare: 340 extents are taken, 341 are not" {
	local maps=()
	for ((i = 0; i < 340; i++)); do
		maps+=(--uidmap "$i:$((i + 1)):1")
	done
	run nest "${maps[@]}" -- sh -c 'wc -l < /proc/self/uid_map'
	[ "$output" = 340 ]
	starts_nothing 1 '340 lines' 'uid map' -- nest "${maps[@]}" --uidmap 340:341:1
	# Fewer, but in longer lines than a page holds.
	maps=()
	for ((i = 0; i < 300; i++)); do
		maps+=(--uidmap "$((4000000000 + i)):$((i + 1)):1")
	done
	starts_nothing 1 '4095 bytes' -- nest "${maps[@]}" --user 4000000000
}

@test "unshare: ids that do not exist, or are not the namespace's, or meet, are refused by name" {
	starts_nothing 1 4294967296 'uids end with 4294967294' -- nest --uidmap 0:4294967296:1
	starts_nothing 1 'uids end with 4294967294' -- nest --uidmap 0:4294967295:1
	starts_nothing 1 'uids end with 4294967294' -- nest --uidmap 0:0:4294967296
	starts_nothing 1 'no uid 65537' '0-65536' -- nest --uidmap 0:0:4294967295
	starts_nothing 1 'no gid 65537' -- nest --uidmap 0:0:1 --gidmap 0:65537:1
	starts_nothing 1 'no uid 65537' '1:65536:2' -- nest --uidmap 0:0:1 --uidmap 1:65536:2
	starts_nothing 1 'a count of 0' -- nest --uidmap 0:0:0
	starts_nothing 2 'IN:OUT:COUNT' -- nest --uidmap 0:-1:1
	starts_nothing 2 'IN:OUT:COUNT' -- nest --uidmap 0:0:-1
	starts_nothing 2 'IN:OUT:COUNT' -- nest --uidmap 0
	starts_nothing 1 '0:0:10 and 9:20:5 both map uid 9' -- nest --uidmap 0:0:10 --uidmap 9:20:5
	starts_nothing 1 '0:0:10 and 10:9:5' "namespace's uid 9" -- nest --uidmap 0:0:10 --uidmap 10:9:5
	starts_nothing 1 'uid 0' 'not mapped' '--user' -- nest --uidmap 1:0:10
	starts_nothing 1 'gid 0' 'not mapped' -- nest --uidmap 0:0:10 --gidmap 1:0:10
	starts_nothing 1 'uid 33' 'not mapped' -- nest --uidmap 0:0:10 --user 33
	starts_nothing 2 'without --bank and' -- nest --uidmap 0:0:1 --private
	# Without 0, for one that needs none.
	run nest --uidmap 33:33:1 --user 33:33 -- id -u
	[ "$output" = 33 ]
}

@test "unshare: the namespaces of unshare(1), by name and by letter" {
	# Of processes it is shown only once there is one in it.
	kinds=(mnt net ipc uts cgroup time_for_children)
	for options in '-m -n -i -u -C -T' '--mount --net --ipc --uts --cgroup --time' -mpniuCTU; do
		# shellcheck disable=SC2086
		run nest $options -- readlink "${kinds[@]/#//proc/self/ns/}"
		[ "$status" = 0 ]
		[ "${#lines[@]}" = 6 ]
		for i in "${!kinds[@]}"; do
			[ "${lines[i]}" != "$(readlink "/proc/self/ns/${kinds[i]}")" ]
		done
	done
	# None of them unasked.
	run nest -- readlink "${kinds[@]/#//proc/self/ns/}"
	for i in "${!kinds[@]}"; do
		[ "${lines[i]}" = "$(readlink "/proc/self/ns/${kinds[i]}")" ]
	done
}

@test "unshare: --fork with --pid makes the command the first process, whose /proc shows no other" {
	# shellcheck disable=SC2016
	run nest -pf --mount-proc -- sh -c 'echo $$; ls -d /proc/[0-9]*'
	[ "$status" = 0 ]
	[ "${lines[0]}" = 1 ]
	[ "${lines[1]}" = /proc/1 ]
	[ "${#lines[@]}" -le 3 ]
	mkdir "/tmp/$name.proc"
	run nest -pf --mount-proc="/tmp/$name.proc" -- sh -c "ls -d /tmp/$name.proc/1"
	[ "$status" = 0 ]
	starts_nothing 2 '--pid --fork' -- nest --mount-proc
	starts_nothing 2 '--pid --fork' -- nest --mount-proc --pid
}

@test "unshare: --propagation" {
	mkdir "/tmp/$name"
	mount --bind "/tmp/$name" "/tmp/$name"
	mount --make-shared "/tmp/$name"
	field() { nest -m "$@" -- grep " /tmp/$name " /proc/self/mountinfo | grep -o 'shared:\|master:' | sort | tr -d '\n'; }
	[ "$(field)" = '' ]
	[ "$(field --propagation private)" = '' ]
	[ "$(field --propagation slave)" = 'master:' ]
	[ "$(field --propagation shared)" = 'master:shared:' ]
	# The kernel lets no mount go up from another user namespace, whatever is asked for.
	[ "$(field --propagation unchanged)" = 'master:' ]
	umount "/tmp/$name"
	starts_nothing 2 'private, shared, slave or unchanged' -- nest -m --propagation up
	starts_nothing 2 'add --mount' -- nest --propagation slave
}

@test "unshare: --setgroups, and a namespace that denies it already" {
	[ "$(nest -- cat /proc/self/setgroups)" = allow ]
	[ "$(nest --setgroups allow -- cat /proc/self/setgroups)" = allow ]
	[ "$(nest --setgroups deny -- cat /proc/self/setgroups)" = deny ]
	starts_nothing 2 "'yes'" -- nest --setgroups yes
	# They go before it is denied.
	[ "$(nest --setgroups deny --drop-groups -- id -G)" = 0 ]
	sed -i "s/uid=$uid/&,deny-setgroups/" /etc/usernamespaces
	"$helper" --pid=$$ close "$uid"
	"$helper" --pid=$$ open "$name" 2>/dev/null >&2
	[ "$(nest -- cat /proc/self/setgroups)" = deny ]
	starts_nothing 1 'denies setgroups(2)' -- nest --setgroups allow
	starts_nothing 1 'denies setgroups(2)' 'without --drop-groups' -- nest --drop-groups
	starts_nothing 1 'denies setgroups(2)' '--keep-groups' -- nest --private
	[ "$(nest --private --keep-groups -- id -u)" = 0 ]
}

@test "unshare: supplementary groups stay with all ids, and go with those that nobody else has" {
	groupadd "g$name"
	usermod -aG "g$name" "$name"
	install -m 640 -g "g$name" /dev/null "/tmp/$name.group"
	echo secret > "/tmp/$name.group"
	install -m 640 -o "$name" -g "$name" /dev/null "/tmp/$name.own"
	for options in '' '--uidmap 0:0:1' '--uidmap 0:5:1' '--private --keep-groups'; do
		# shellcheck disable=SC2086
		[ "$(nest $options -- cat "/tmp/$name.group")" = secret ]
	done
	for options in --drop-groups --private '--private --setgroups deny'; do
		# shellcheck disable=SC2086
		run nest $options -- cat "/tmp/$name.group"
		[ "$status" = 1 ]
		# shellcheck disable=SC2086
		[ "$(nest $options -- id -G)" = 0 ]
	done
	run nest --private -- cat "/tmp/$name.own"
	[ "$status" = 1 ]
}

@test "unshare: --wd and --root, whose accounts --user means" {
	[ "$(nest --wd /usr -- pwd)" = /usr ]
	[ "$(nest -w /usr -- pwd)" = /usr ]
	run nest --wd /nonexistent -- pwd
	[ "$status" = 1 ]
	[[ $output == *'/nonexistent: No such file'* ]]
	root=/tmp/$name.root
	mkdir -p "$root/bin" "$root/etc" "$root/x"
	cp /bin/busybox "$root/bin/busybox"
	echo 'web:x:500:600::/:' > "$root/etc/passwd"
	printf 'web:x:600:\nlogs:x:700:other,web\n' > "$root/etc/group"
	run nest -R "$root" -w /x --user web -- /bin/busybox sh -c 'busybox pwd; busybox id -u; busybox id -g; busybox id -G'
	[ "$status" = 0 ]
	[ "$output" = $'/x\n500\n600\n600 700' ]
	[ "$(nest -R "$root" --user 500 -- /bin/busybox id -g)" = 600 ]
	[ "$(nest -R "$root" --user web:logs -- /bin/busybox id -G)" = 700 ]
	starts_nothing 1 "no user 'games'" -- nest --root "$root" --user games
	starts_nothing 1 "no group 'games'" -- nest --root "$root" --user web:games
	# A link in it leads to nothing outside.
	ln -sf /etc/passwd "$root/etc/passwd.host"
	mv "$root/etc/passwd.host" "$root/etc/passwd"
	starts_nothing 1 "no user '$name'" -- nest --root "$root" --user "$name"
}

@test "unshare: --user by name, by id, and with a group" {
	groupadd -g 4321 "g$name"
	usermod -aG "g$name" games
	run nest --user games -- sh -c 'id -u; id -g; id -G'
	[ "$output" = "$(id -u games)"$'\n'"$(id -g games)"$'\n'"$(id -G games)" ]
	[ "$(nest --user "$(id -u games)" -- id -g)" = "$(id -g games)" ]
	[ "$(nest --user 54321 -- sh -c 'id -u; id -g; id -G')" = $'54321\n0\n0' ]
	[ "$(nest --user "games:g$name" -- sh -c 'id -g; id -G')" = $'4321\n4321' ]
	starts_nothing 1 "no user 'nosuch'" -- nest --user nosuch
	starts_nothing 1 "no group ''" -- nest --user games:
	# No capability is left of what a root inside has.
	run nest --user games -- grep CapEff /proc/self/status
	[ "$output" = 'CapEff:	0000000000000000' ]
}

@test "unshare: the command's exit status and signal; 126, 127 and 2" {
	for fork in '' --fork --private '--private --fork' '--private -pf'; do
		# shellcheck disable=SC2086
		for expected in 0 1 42 255; do
			run nest $fork -- sh -c "exit $expected"
			[ "$status" = "$expected" ]
		done
		# shellcheck disable=SC2086
		run -127 nest $fork -- /nonexistent
		# shellcheck disable=SC2086
		run nest $fork -- /etc/passwd
		[ "$status" = 126 ]
		# The first process of a pid namespace cannot kill itself.
		[[ $fork != *-pf* ]] || continue
		for signal in KILL TERM INT; do
			# shellcheck disable=SC2086,SC2016
			run nest $fork -- sh -c "kill -$signal \$\$"
			[ "$status" = $((128 + $(kill -l $signal))) ]
		done
	done
	run nest --nonsense true
	[ "$status" = 2 ]
	run nest echo --fork -- x
	[ "$output" = '--fork -- x' ]
}

@test "unshare: a signal to userns reaches the command, with --fork and below a keeper" {
	for options in '' --fork --private '--private --fork'; do
		rm -f "/tmp/$name.up"
		# shellcheck disable=SC2086,SC2016
		nest_aside $options -- sh -c 'trap "exit 9" TERM; touch $1; for i in $(seq 400); do sleep 0.05; done' x "/tmp/$name.up"
		eventually test -e "/tmp/$name.up"
		kill -TERM $!
		status=0
		wait $! || status=$?
		[ "$status" = 9 ]
	done
}

# What bash on a terminal shows. Pairs: what to wait for, and what then is typed.
on_terminal() {
	as_user "$name" timeout 60 python3 -c 'import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.environ["PS1"] = "ready "
    os.execvp("bash", ["bash", "--norc", "-i"])
shown = b""
try:
    for expected, text in zip(sys.argv[1::2], sys.argv[2::2]):
        seen = len(shown)
        while expected.encode() not in shown[seen:]:
            shown += os.read(terminal, 1000)
        os.write(terminal, text.encode())
    while data := os.read(terminal, 1000):
        shown += data
except OSError:
    pass
sys.stdout.buffer.write(shown)' "$@"
}

@test "unshare: on a terminal, ^C ends the command, and ^Z stops it" {
	for options in '' --fork --private '--private --fork'; do
		run on_terminal 'ready ' "userns unshare $options -- sh -c 'echo r\"\"unning; exec sleep 50'"$'\n' \
			running $'\x03' 'ready ' 'echo status $?; exit'$'\n'
		[[ $output == *'status 130'* ]]
	done
	run on_terminal 'ready ' "userns unshare --private -- sh -c 'echo r\"\"unning; sleep 2; echo e\"\"nded'"$'\n' \
		running $'\x1a' Stopped $'jobs\n' 'Stopped ' $'fg\n' ended $'exit\n'
	[[ $output == *Stopped*'userns unshare --private'*ended* ]]
}

@test "unshare: --kill-child ends it when userns is killed; without, it goes on" {
	for options in --kill-child '--kill-child=TERM' '--kill-child=SIGTERM --private' '--private --kill-child'; do
		rm -f "/tmp/$name.up"
		# shellcheck disable=SC2086,SC2016
		nest_aside $options -- sh -c 'echo $$ > $1; exec sleep 60' x "/tmp/$name.up"
		eventually test -s "/tmp/$name.up"
		kill -KILL $!
		wait $! || true
		eventually eval "! test -e /proc/$(cat "/tmp/$name.up")"
	done
	rm -f "/tmp/$name.up"
	# shellcheck disable=SC2016
	nest_aside --fork -- sh -c 'echo $$ > $1; exec sleep 60' x "/tmp/$name.up"
	eventually test -s "/tmp/$name.up"
	kill -KILL $!
	wait $! || true
	kill "$(cat "/tmp/$name.up")"
	starts_nothing 2 "no signal 'NONE'" -- nest --kill-child=NONE
}

@test "unshare: with --kill-child userns itself goes on when who called it has ended" {
	# shellcheck disable=SC2016
	as_user "$name" sh -c 'userns unshare --kill-child -- sh -c "$1" x "$2" & until test -s "$2"; do sleep 0.05; done' \
		x 'echo $$ > $1; exec sleep 60' "/tmp/$name.up" 3>&-
	command=$(cat "/tmp/$name.up")
	sleep 0.2
	[ -e "/proc/$command" ]
	kill -KILL "$(awk '/^PPid:/ {print $2}' "/proc/$command/status")"
	eventually eval "! test -e /proc/$command"
}

@test "unshare: whose parent is killed before it could tell the kernel of that bond does not run" {
	for options in --kill-child '--kill-child --pid' '--private --fork' '--private --pid --fork' --private; do
		rm -f "/tmp/$name.ran" "/tmp/$name.prctl"
		# shellcheck disable=SC2086,SC2016
		HOME=/home/$name strace -u "$name" -f -qq -e trace=prctl -e inject=prctl:delay_enter=1s -o "/tmp/$name.prctl" \
			userns unshare $options -- sh -c 'touch $1; exec sleep 60' x "/tmp/$name.ran" 3>&- &
		# Held just before it, with its parent: who supervises, or the keeper.
		eventually eval 'child=$(awk "/PR_SET_PDEATHSIG, SIGKILL/ {print \$1; exit}" "/tmp/$name.prctl") && [ -n "$child" ]'
		kill -KILL "$(awk '/^PPid:/ {print $2}' "/proc/$child/status")"
		wait $! || true
		[ ! -e "/tmp/$name.ran" ] || { echo "with $options it ran" >&2; false; }
	done
}

@test "unshare and exec: without a command a shell, and where it is" {
	run bash -c "echo 'id -u; echo \$0' | SHELL=/bin/bash setpriv --reuid=$uid --regid=$uid --init-groups userns exec"
	[ "$status" = 0 ]
	[ "${lines[0]}" = "userns: a shell in /run/userns/$uid/user; exit leaves it" ]
	[ "${lines[1]}" = 0 ]
	[ "${lines[2]}" = /bin/bash ]
	run bash -c "echo 'id -u; echo \$0' | env -u SHELL setpriv --reuid=$uid --regid=$uid --init-groups userns unshare"
	[ "$status" = 0 ]
	[[ ${lines[0]} == *"within /run/userns/$uid/user"* ]]
	[ "${lines[2]}" = /bin/sh ]
}

@test "unshare: with stdin, stdout and stderr closed" {
	for options in '' --private --fork; do
		rm -f "/tmp/$name.closed"
		as_user "$name" sh -c "userns unshare $options -- sh -c 'ls /proc/\$\$/fd > /tmp/$name.closed' <&- >&- 2>&-"
		# The shell has just what it opens for ls; nothing of ours.
		[ "$(grep -cx '[012]' "/tmp/$name.closed")" -le 1 ]
		[ -s "/tmp/$name.closed" ]
	done
}

@test "unshare: nothing of ours stays open in the command" {
	expected=$(as_user "$name" sh -c 'ls /proc/self/fd' | tr '\n' ' ')
	for options in '' --private --fork; do
		# shellcheck disable=SC2086
		[ "$(nest $options -- ls /proc/self/fd | tr '\n' ' ')" = "$expected" ]
	done
}

@test "unshare: a limit that is reached is named, and where it is set" {
	limit() {
		as_user "$name" nsenter --user="/run/userns/$uid/user" -S 0 -G 0 \
			sh -c "echo $2 > /proc/sys/user/max_$1_namespaces"
	}
	limit user 0
	starts_nothing 1 'user.max_user_namespaces' 'on the host, 0 in your namespace' -- nest
	starts_nothing 1 'user.max_user_namespaces' -- nest --private
	limit user 1000
	for kind in mnt pid net ipc uts cgroup time; do
		limit $kind 0
		option=${kind/mnt/mount}
		starts_nothing 1 "user.max_${kind}_namespaces" '0 in your namespace' -- nest "--$option"
		limit $kind 1000
		run nest "--$option" true
		[ "$status" = 0 ]
	done
	# The same for exec, whose mounts are its own.
	limit mnt 0
	run as_user "$name" userns exec true
	[ "$status" = 1 ]
	[[ $output == *'user.max_mnt_namespaces allows, 0 in your namespace'* ]]
}

@test "unshare: where the kernel forbids it, the sentence names the setting, or says where to look" {
	mkdir -p "/tmp/$name.root" "/tmp/$name.sys"
	# The settings are faked; that it is forbidden, in a chroot, is the kernel's.
	mount --bind "/tmp/$name.sys" /proc/sys/kernel
	mount --rbind / "/tmp/$name.root"
	in_chroot() { chroot --userspec="$name:$name" "/tmp/$name.root" env HOME="/home/$name" /usr/bin/userns unshare "$@" true; }
	while read -r options file value says; do
		rm -f "/tmp/$name.sys"/*
		[ "$file" = - ] || echo "$value" > "/tmp/$name.sys/$file"
		# shellcheck disable=SC2086
		run in_chroot ${options/none/}
		[ "$status" = 1 ] && [ "${#lines[@]}" = 1 ] && [[ $output == *"$says"* ]] || {
			umount /proc/sys/kernel
			echo "$file $value: $output" >&2
			return 1
		}
	done <<-'EOF'
		none unprivileged_userns_clone 0 this host forbids it (kernel.unprivileged_userns_clone = 0); have
		--private unprivileged_userns_clone 0 this host forbids it (kernel.unprivileged_userns_clone = 0); have
		none apparmor_restrict_unprivileged_userns 1 this host forbids it (kernel.apparmor_restrict_unprivileged_userns = 1)
		none unprivileged_userns_clone 1 the kernel forbids it; look in its log for a security module, and whether you are in a chroot
		--private - - whether you are in a chroot
	EOF
	umount /proc/sys/kernel
	umount --lazy "/tmp/$name.root"
}

@test "unshare: without a namespace, one sentence says how to get one" {
	new_user "none$name"
	for options in '' '--private' '--uidmap 0:0:1' '--bank x'; do
		# shellcheck disable=SC2086
		run as_user "none$name" userns unshare $options -- true
		[ "$status" = 1 ]
		[ "${#lines[@]}" = 1 ]
		[[ $output == *'made at login'*'userns explain'* ]]
	done
	run as_user "none$name" userns explain
	[[ $output != *'not found'* ]]
}

@test "unshare: the pin of somebody else is refused" {
	new_user "other$name"
	run as_user "other$name" unshare --user --map-root-user env _CONTAINERS_ROOTLESS_UID="$(id -u "$name")" \
		_CONTAINERS_ROOTLESS_GID=1 userns unshare true
	[ "$status" = 1 ]
	[[ $output == *"does not let you into /run/userns/$(id -u "$name")/user"* ]]
	[ "${#lines[@]}" = 1 ]
}

@test "unshare: inside exec, and under no_new_privs" {
	run as_user "$name" userns exec -- userns unshare --uidmap 0:5:2 -- sh -c "$maps_inside"
	[ "$output" = $' 0 5 2\n 0 5 2' ]
	run as_user "$name" userns exec -- userns unshare --private=10 -- sh -c 'tr -s " " < /proc/self/uid_map'
	[ "$output" = ' 0 65527 10' ]
	run as_user "$name" setpriv --no-new-privs userns unshare --private -- id -u
	[ "$output" = 0 ]
}
