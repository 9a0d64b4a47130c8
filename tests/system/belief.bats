# SPDX-License-Identifier: BSD-3-Clause
# What lies in a run directory and is not to be believed: session files, states and pins that are
# broken, of others, or planted. They change nothing, are replaced, and the log says so.

load common

# The name of a session of a process that lives: a believer would keep the namespace for it.
live_name() {
	echo "$$.$(awk '{print $22}' /proc/$$/stat).0"
}

plant_session() {
	case $1 in
	empty) : ;;
	cut) printf 'version=1\nuid=%s\npid' "$uid" ;;
	unended) printf 'version=1\nuid=%s\npidfd=0' "$uid" ;;
	future) printf 'version=2\nuid=%s\npidfd=0\nmore=yes\n' "$uid" ;;
	other) printf 'version=1\nuid=%s\npidfd=0\n' $((uid + 1)) ;;
	nonsense) head -c 300 /dev/urandom ;;
	large) head -c 100000 /dev/zero | tr '\0' x ;;
	esac > "$dir/sessions/$(live_name)"
}

plant_no_file() {
	local name
	name=$dir/sessions/$(live_name)
	case $1 in
	link) ln -s /etc/passwd "$name" ;;
	directory) mkdir "$name" ;;
	fifo) mkfifo "$name" ;;
	owned) plant_session whole && chown games "$name" ;;
	writable) printf 'version=1\nuid=%s\npidfd=0\n' "$uid" > "$name" && chmod 666 "$name" ;;
	esac
}

# With what was planted, a login and a logout beside it go as they should.
nothing_counts() {
	login_as "$1" /bin/sh -c "ls $dir/sessions > /tmp/belief.sessions"
	reported 'open 0'
	[ "$(wc -l < /tmp/belief.sessions)" = 1 ]
	[ "$(cat /tmp/belief.sessions)" != "$(live_name)" ]
	userns_log | grep -qE "the session file $(live_name) was ignored and removed: it (is|belongs)" ||
		{ userns_log >&2; return 1; }
	no_namespace_left "$uid"
}

@test "session files that are cut short, of another version, of another uid, or no files" {
	new_user believer
	dir=/run/userns/$uid
	for kind in empty cut unended future other nonsense large link directory fifo owned writable; do
		mkdir -p "$dir/sessions"
		mark_log
		plant_no_file $kind
		[ -e "$dir/sessions/$(live_name)" ] || plant_session $kind
		nothing_counts believer || { echo "$kind" >&2; false; }
	done
	# One that is as ours are does count.
	login_as believer /bin/sh -c "printf 'version=1\nuid=$uid\npidfd=0\n' > $dir/sessions/$(live_name)"
	[ -e "$dir/user" ]
	rm "$dir/sessions/$(live_name)"
	"$helper" close "$uid"
	no_namespace_left "$uid"
}

@test "another user's session files, copied" {
	new_user copied
	other=$uid
	new_user copier
	dir=/run/userns/$uid
	hold copied
	mkdir -p "$dir"
	cp -a "/run/userns/$other/sessions" "$dir/sessions"
	[ "$(find "$dir/sessions" -type f | wc -l)" = 1 ]
	login_as copier
	reported 'open 0'
	userns_log | grep -qF "was ignored and removed: it is not uid $uid's"
	no_namespace_left "$uid"
	release copied
}

break_state() {
	case $1 in
	empty) : > "$dir/state" ;;
	cut) head -c 60 "$dir/state" > "$dir/state.cut" && mv "$dir/state.cut" "$dir/state" ;;
	future) sed -i 's/^version=.*/version=7/' "$dir/state" ;;
	other) sed -i "s/^uid=.*/uid=$((uid + 1))/" "$dir/state" ;;
	link) ln -sf /etc/passwd "$dir/state" ;;
	directory) rm "$dir/state" && mkdir "$dir/state" ;;
	fifo) rm "$dir/state" && mkfifo "$dir/state" ;;
	owned) chown games "$dir/state" ;;
	gone) rm "$dir/state" ;;
	esac
}

@test "a state that is cut short, of another version, of another uid, or no file: written anew" {
	new_user stated
	dir=/run/userns/$uid
	for kind in empty cut future other link directory fifo owned gone; do
		hold stated
		cp "$dir/state" /tmp/stated.state
		inode=$(stat -Lc %i "$dir/user")
		break_state $kind
		mark_log
		# Also who only looks is not held up.
		as_user stated timeout 5 userns status > /tmp/stated.status
		grep -qx "namespace: $dir/user" /tmp/stated.status
		"$pamhost" /tmp/stated.report userns-test stated
		userns_log > /tmp/stated.log
		[ -f "$dir/state" ] && [ ! -L "$dir/state" ]
		# The owner of the old file is not the new one's.
		[ "$(stat -c %u:%a "$dir/state")" = 0:644 ]
		cmp "$dir/state" /tmp/stated.state
		[ "$(stat -Lc %i "$dir/user")" = "$inode" ]
		release stated
		[ "$kind" = gone ] || grep -q 'the state was ignored: it' /tmp/stated.log ||
			{ echo "$kind" >&2; cat /tmp/stated.log >&2; false; }
		no_namespace_left "$uid"
	done
	[ -n "$(grep '^root:' /etc/passwd)" ]
}

@test "a state is written anew as well where the namespace is kept with other maps" {
	new_user keeper
	dir=/run/userns/$uid
	hold keeper
	cp "$dir/state" /tmp/keeper.state
	sed -i "s/:uid=$uid\$/:uid=$uid,deny-setgroups/" /etc/usernamespaces
	echo version=9 > "$dir/state"
	"$pamhost" /tmp/keeper.report userns-test keeper
	userns_log | grep -q 'the state was ignored: it is of version 9; .*it is kept, as it is in use'
	# It says what is there, not what is wanted.
	cmp "$dir/state" /tmp/keeper.state
	rm "$dir/state"
	"$pamhost" /tmp/keeper.report userns-test keeper
	cmp "$dir/state" /tmp/keeper.state
	release keeper
	no_namespace_left "$uid"
}

# Refused with a reason, and as it was; removed, all is well.
pin_left_alone() {
	local text=$1 undo=$2 mounts
	mounts=$(grep -c " $dir/" /proc/self/mountinfo || true)
	turned_away pinned "$text"
	[ "$(grep -c " $dir/" /proc/self/mountinfo || true)" = "$mounts" ]
	run "$helper" gc "$uid"
	[ "$status" = 1 ]
	[[ $output == *"$text"* ]]
	[ "$(grep -c " $dir/" /proc/self/mountinfo || true)" = "$mounts" ]
	run as_user pinned userns exec true
	[ "$status" != 0 ]
	$undo
	login_as pinned
	reported 'open 0'
	no_namespace_left "$uid"
}

unmount_and_remove() {
	umount "$dir/user"
	rmdir "$dir/user"
}

@test "a pin that is another namespace, a mount of something else, or no file: left alone, and nobody enters it" {
	new_user pinned
	login_as pinned
	dir=/run/userns/$uid
	# Not a mount namespace, which cannot be mounted reliably.
	for kind in net pid uts; do
		mkdir -p "$dir"
		touch "$dir/user"
		mount --bind "/proc/self/ns/$kind" "$dir/user"
		pin_left_alone "is not theirs, and was left alone: it is no user namespace" "umount $dir/user"
	done
	# Our own user namespace.
	mkdir -p "$dir"
	touch "$dir/user"
	mount --bind /proc/self/ns/user "$dir/user"
	pin_left_alone "is not theirs, and was left alone" "umount $dir/user"
	# A file of another file system, and one of the very same.
	for file in /etc/passwd /run/userns/planted; do
		mkdir -p "$dir"
		touch "$dir/user" /run/userns/planted
		mount --bind $file "$dir/user"
		pin_left_alone "is not theirs, and was left alone: it is no user namespace" "umount $dir/user"
	done
	rm /run/userns/planted
	mkdir -p "$dir/user"
	pin_left_alone "in the place of the pin of uid $uid is no file, and was left alone; remove it" "rmdir $dir/user"
	mkdir -p "$dir/user"
	mount -t tmpfs x "$dir/user"
	pin_left_alone "is not theirs, and was left alone: it is no user namespace" unmount_and_remove
	mkdir -p "$dir"
	ln -s /proc/self/ns/user "$dir/user"
	# Nothing is mounted: the link goes with the directory that nobody uses.
	turned_away pinned "cannot open the pin of uid $uid"
	no_namespace_left "$uid"
	login_as pinned
	reported 'open 0'
}

@test "a plain file in the pin's place, whatever is in it, is not entered, and mounted on" {
	new_user plain
	dir=/run/userns/$uid
	mkdir -p "$dir"
	echo text > "$dir/user"
	run as_user plain userns exec true
	[ "$status" = 1 ]
	login_as plain /usr/bin/mountpoint -q "$dir/user"
	reported 'open 0'
	no_namespace_left "$uid"
	# And where it is that of a dead login, gc takes it away.
	mkdir -p "$dir/sessions"
	echo text > "$dir/user"
	run "$helper" gc
	[ "$status" = 0 ]
	no_namespace_left "$uid"
}

@test "another user's namespace in the pin's place, which lives on there" {
	new_user victim
	victim=$uid
	new_user thief
	login_as thief
	dir=/run/userns/$uid
	hold victim
	mkdir -p "$dir"
	touch "$dir/user"
	mount --bind "/run/userns/$victim/user" "$dir/user"
	turned_away thief "the user namespace is uid $victim's, not uid $uid's"
	run as_user thief userns exec true
	[ "$status" = 1 ]
	run "$helper" gc
	[ "$status" = 1 ]
	[[ $output == *"uid $uid: what is mounted as the pin of uid $uid is not theirs"* ]]
	mountpoint -q "$dir/user"
	mountpoint -q "/run/userns/$victim/user"
	umount "$dir/user"
	rm -r "$dir"
	release victim
	no_namespace_left "$victim"
}
