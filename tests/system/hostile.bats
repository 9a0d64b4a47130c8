# SPDX-License-Identifier: BSD-3-Clause
# Run directories that somebody has tampered with, and who could use a helper for themselves.

load common

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	sed -i '/pam_permit.so # hostile$/d' /etc/pam.d/su
}

# Mounts the user namespace of a process, which then ends, in the place of a user's pin.
plant() {
	local pid=$1 uid=$2
	mkdir -p "/run/userns/$uid"
	touch "/run/userns/$uid/user"
	mount --bind "/proc/$pid/ns/user" "/run/userns/$uid/user"
	kill "$pid"
}

# A login is refused for this reason and leaves the pin; unmounted, all is well again.
left_alone() {
	local name=$1 why=$2 uid inode
	uid=$(id -u "$name")
	inode=$(stat -Lc %i "/run/userns/$uid/user")
	login_as "$name"
	reported 'open 14'
	userns_log | grep -q "is not theirs, and was left alone: $why"
	[ "$(stat -Lc %i "/run/userns/$uid/user")" = "$inode" ]
	mountpoint -q "/run/userns/$uid/user"
	umount "/run/userns/$uid/user"
	login_as "$name"
	reported 'open 0'
	no_namespace_left "$uid"
}

@test "what is mounted in the pin's place and is not the user's is neither entered nor unmounted" {
	new_user planted
	unshare --user sleep 60 3>&- &
	eventually in_own_namespace $!
	plant $! "$uid"
	left_alone planted "the user namespace is uid 0's"
}

@test "nor is a namespace of the user's that is not right below the host's" {
	new_user below
	as_user below unshare --user --map-root-user sh -c \
		'unshare --user --map-root-user sh -c "echo ready >&3; exec sleep 60" 3>&3 & wait' 3> /tmp/below.ready &
	eventually test -s /tmp/below.ready
	plant "$(pgrep -u "$uid" -x sleep)" "$uid"
	left_alone below 'the user namespace is not right below this one'
}

@test "a run directory that is not root's alone is refused, and nothing is put into it" {
	for kind in owner group world link file; do
		new_user "taken$kind"
		dir=/run/userns/$uid
		mkdir -p /run/userns "/tmp/taken.$kind"
		case $kind in
		owner) install -d -o "$uid" -m 755 "$dir" ;;
		group) install -d -m 775 "$dir" ;;
		world) install -d -m 777 "$dir" ;;
		link) ln -s "/tmp/taken.$kind" "$dir" ;;
		file) touch "$dir" ;;
		esac
		before=$(stat -c '%F %u %a' "$dir")
		text="$dir is not root's alone"
		[[ $kind != link && $kind != file ]] || text="cannot open the directory $dir"
		turned_away "taken$kind" "$text"
		[ "$(stat -c '%F %u %a' "$dir")" = "$before" ]
		[ -z "$(find "$dir" "/tmp/taken.$kind" -mindepth 1)" ]
		[ -z "$(grep " $dir" /proc/self/mountinfo)" ]
		# Nor does a close touch it.
		run "$helper" close "$uid"
		[ "$status" = 1 ]
		[ "$(stat -c '%F %u %a' "$dir")" = "$before" ]
		rm -r "$dir"
		login_as "taken$kind"
		reported 'open 0'
		no_namespace_left "$uid"
	done
}

@test "nor is /run/userns itself taken from others" {
	new_user base
	mkdir -p /run/userns
	chmod 777 /run/userns
	turned_away base "/run/userns is not root's alone"
	chmod 755 /run/userns
	chown games /run/userns
	turned_away base "/run/userns is not root's alone"
	chown root /run/userns
	mv /run/userns /run/moved
	ln -s /run/moved /run/userns
	turned_away base 'cannot open the directory /run/userns'
	rm /run/userns
	mv /run/moved /run/userns
	login_as base
	reported 'open 0'
}

@test "links in the place of lock, state and sessions lead nowhere" {
	new_user links
	dir=/run/userns/$uid
	for name in lock state state+ sessions; do
		mkdir -p "$dir"
		rm -rf /tmp/links.target
		[ "$name" != sessions ] || mkdir /tmp/links.target
		[ "$name" = sessions ] || echo untouched > /tmp/links.target
		[ "$name" != lock ] || rm /tmp/links.target
		ln -s /tmp/links.target "$dir/$name"
		login_as links
		case $name in
		lock) reported 'open 14' ;;
		*) reported 'open 0' ;;
		esac
		case $name in
		lock) [ ! -e /tmp/links.target ] ;;
		sessions) [ -z "$(ls -A /tmp/links.target)" ] ;;
		*) [ "$(cat /tmp/links.target)" = untouched ] ;;
		esac
		rm -rf "$dir"
	done
}

@test "a process in a namespace nested below the pin keeps the pin" {
	new_user nested
	login_as nested /bin/sh -c "stat -Lc %i /run/userns/$uid/user > /tmp/nested.first
		setsid nsenter --user=/run/userns/$uid/user unshare --user sh -c 'echo \$\$ > /tmp/nested.pid; exec sleep 60' 3>&- &
		until [ -s /tmp/nested.pid ]; do sleep 0.05; done"
	pid=$(cat /tmp/nested.pid)
	in_own_namespace "$pid"
	[ "user:[$(cat /tmp/nested.first)]" != "$(readlink "/proc/$pid/ns/user")" ]
	[ "$(stat -Lc %i "/run/userns/$uid/user")" = "$(cat /tmp/nested.first)" ]
	userns_log | grep -q "process $pid (sleep) is still in the namespace; it stays"
	kill "$pid"
	login_as nested
	no_namespace_left "$uid"
}

@test "a process inside keeps a pin with maps of yesterday, without any session" {
	new_user yesterday
	login_as yesterday /bin/sh -c "stat -Lc %i /run/userns/$uid/user > /tmp/yesterday.first
		setsid nsenter --user=/run/userns/$uid/user sh -c 'echo \$\$ > /tmp/yesterday.pid; exec sleep 60' 3>&- &
		until [ -s /tmp/yesterday.pid ]; do sleep 0.05; done"
	pid=$(cat /tmp/yesterday.pid)
	[ -z "$(ls "/run/userns/$uid/sessions")" ]
	sed -i "s/:uid=$uid\$/:uid=$uid,deny-setgroups/" /etc/usernamespaces
	login_as yesterday /bin/sh -c "stat -Lc %i /run/userns/$uid/user > /tmp/yesterday.second"
	cmp /tmp/yesterday.first /tmp/yesterday.second
	userns_log | grep -q "no longer those wanted; it is kept, as it is in use (process $pid)"
	kill "$pid"
	login_as yesterday /bin/sh -c "nsenter --user=/run/userns/$uid/user cat /proc/self/setgroups > /tmp/yesterday.setgroups"
	[ "$(cat /tmp/yesterday.setgroups)" = deny ]
	no_namespace_left "$uid"
}

# A process inside, started by a login of the user; sets $inside. It outlives the session.
leave_inside() {
	login_as "$1" /bin/sh -c "setsid nsenter --user=/run/userns/$uid/user sh -c 'echo \$\$ > /tmp/$1.pid; exec sleep 60' 3>&- &
		until [ -s /tmp/$1.pid ]; do sleep 0.05; done"
	inside=$(cat "/tmp/$1.pid")
	in_own_namespace "$inside"
}

# What the next login of the user finds pinned: its inode, and its map of uids.
login_sees() {
	login_as "$1" /bin/sh -c "stat -Lc %i /run/userns/$uid/user > /tmp/$1.inode
		nsenter --user=/run/userns/$uid/user cat /proc/self/uid_map > /tmp/$1.map"
	reported 'open 0'
}

@test "who has got the uid of a former user is not given their namespace, whoever is still in it" {
	for state in sound gone future; do
		new_user former
		leave_inside former
		old=$(stat -Lc %i "/run/userns/$uid/user")
		userdel -rf former 2>/dev/null
		"$helper" revoke former
		# With the process inside it stays.
		[ "$(stat -Lc %i "/run/userns/$uid/user")" = "$old" ]
		[ $state != gone ] || rm "/run/userns/$uid/state"
		[ $state != future ] || sed -i 's/^version=.*/version=9/' "/run/userns/$uid/state"
		useradd -M -u "$uid" -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 heir
		mark_log
		login_sees heir
		[ "$(cat /tmp/heir.map)" = "$(expected_map "$uid" "$(awk -F: '$1 == "heir" {print $2 ":" $3}' /etc/subuid)")" ]
		[ "$(cat /tmp/heir.inode)" != "$old" ]
		# The admin reads whom it was made for, and what to end.
		[ $state = sound ] && owner=former || owner='?'
		userns_log | grep -qF "was made for '$owner' and has ids that are not heir's" || { userns_log >&2; false; }
		userns_log | grep -qF "process $inside (sleep) is still in the old one; end it"
		in_own_namespace "$inside"
		no_namespace_left "$uid"
		kill "$inside"
		userdel -f heir 2>/dev/null
		"$helper" revoke heir
		rm /tmp/former.pid
	done
}

@test "who is renamed keeps the namespace that is in use, once the book has the new name" {
	new_user maiden
	leave_inside maiden
	old=$(stat -Lc %i "/run/userns/$uid/user")
	# As a directory does it: usermod does not while a process of theirs runs.
	sed -i 's/^maiden:/married:/' /etc/passwd /etc/shadow /etc/group
	turned_away married 'change the name there if that is the same person'
	sed -i 's/^maiden:/married:/' /etc/usernamespaces /etc/subuid /etc/subgid
	# Also with maps that are no longer those wanted.
	sed -i "s/:uid=$uid\$/:uid=$uid,deny-setgroups/" /etc/usernamespaces
	login_sees married
	[ "$(cat /tmp/married.inode)" = "$old" ]
	grep -qx user=married "/run/userns/$uid/state"
	kill "$inside"
	login_as married
	no_namespace_left "$uid"
}

@test "a session of a pid that another process has got by now counts for nothing" {
	new_user reborn
	session="printf 'version=1\nuid=$uid\npidfd=%s\n'"
	start=$(awk '{print $22}' /proc/$$/stat)
	# At a close: $$ lives, but did not start at tick 1.
	login_as reborn /bin/sh -c "$session 0 > /run/userns/$uid/sessions/$$.1.0"
	no_namespace_left "$uid"
	# Nor is it the one of that number. Had it none, it would stay.
	login_as reborn /bin/sh -c "$session 1 > /run/userns/$uid/sessions/$$.$start.0"
	no_namespace_left "$uid"
	login_as reborn /bin/sh -c "$session 0 > /run/userns/$uid/sessions/$$.$start.0"
	[ -e "/run/userns/$uid/user" ]
	rm "/run/userns/$uid/sessions/$$.$start.0"
	[ -z "$(userns_log | grep -v allocated)" ]
	# At an open, of a session beside it.
	login_as reborn /bin/sh -c "$session 0 > /run/userns/$uid/sessions/$$.1.0
		$pamhost /tmp/reborn.report userns-test reborn /bin/ls /run/userns/$uid/sessions > /tmp/reborn.seen"
	[ "$(wc -l < /tmp/reborn.seen)" = 2 ]
	[ -z "$(grep '\.1\.0$' /tmp/reborn.seen)" ]
	no_namespace_left "$uid"
	# And nothing at all, what is no session.
	login_as reborn /bin/sh -c "cd /run/userns/$uid/sessions && touch x $$ $$. $$.. $$.1 1.1.x -- -1.1.0"
	no_namespace_left "$uid"
}

@test "a session in the name of a process that is not the helper's parent is refused" {
	new_user borrowed
	files=$(files_sum)
	run "$helper" --pid=1 open borrowed
	[ "$status" = 1 ]
	[[ $output == *'process 1, whose session this was to be, is not our parent'* ]]
	[ "$(files_sum)" = "$files" ]
	no_namespace_left "$uid"
}

status_of() {
	awk -v key="$2:" '$1 == key {$1 = ""; print substr($0, 2)}' "/proc/$1/status"
}

# Root alone, with nothing of the caller's, and with what capabilities permitted and in force.
shed_all() {
	local pid=$1 permitted=$2 effective=$3
	[ "$(status_of "$pid" Uid)" = '0 0 0 0' ]
	[ "$(status_of "$pid" Gid)" = '0 0 0 0' ]
	[ "$(status_of "$pid" Groups)" = '' ]
	[ "$(status_of "$pid" NoNewPrivs)" = 1 ]
	[ $((0x$(status_of "$pid" CapBnd))) = $five ]
	[ $((0x$(status_of "$pid" CapPrm))) = "$permitted" ]
	[ $((0x$(status_of "$pid" CapEff))) = "$effective" ]
	[ $((0x$(status_of "$pid" CapInh))) = 0 ]
	[ $((0x$(status_of "$pid" CapAmb))) = 0 ]
	[ "$(status_of "$pid" Umask)" = 0022 ]
	[ $((0x$(status_of "$pid" SigBlk))) = 0 ]
	[ "$(readlink "/proc/$pid/exe")" = "$helper" ]
	[ "$(readlink "/proc/$pid/cwd")" = / ]
	[ ! -s "/proc/$pid/environ" ]
}

# Those of helper/caps.c, and CAP_CHOWN alone.
five=$((1 | 1 << 6 | 1 << 7 | 1 << 19 | 1 << 21))
chown=1

# The process that works has five, one in force; the one that waits for it has none.
both_shed_all() {
	shed_all "$lock_waiter" $five $chown
	shed_all "$(status_of "$lock_waiter" PPid)" 0 0
}

@test "while it settles a range the helper is root alone, with five capabilities, one in force" {
	new_user watched
	report=$(mktemp)
	lock_rundir "$uid"
	(
		umask 077
		cd /tmp
		exec setpriv --groups=4,24 --inh-caps=+dac_override --ambient-caps=+dac_override \
			env FROM_THE_HOST=1 "$pamhost" --blocked "$report" userns-test watched 3>&-
	) &
	eventually find_lock_waiter
	both_shed_all
	unlock_rundir "$uid"
	wait
	reported 'open 0'
}

@test "so it is under su, started by a user" {
	new_user suing
	usermod -aG cdrom suing
	new_user sued
	usermod -aG audio sued
	sed -i '1i auth sufficient pam_permit.so # hostile' /etc/pam.d/su
	lock_rundir "$uid"
	as_user suing env FROM_THE_USER=1 su sued -c true 3>&- &
	eventually find_lock_waiter
	both_shed_all
	# Nobody but root can signal it, from the inside of a session either.
	run as_user suing kill -9 "$lock_waiter"
	[ "$status" != 0 ]
	run as_user sued kill -9 "$lock_waiter"
	[ "$status" != 0 ]
	unlock_rundir "$uid"
	wait
	one_range_everywhere sued
}

@test "what others left as umask has no say in the modes of files" {
	new_user masked
	for file in /run/userns /etc/usernamespaces /etc/subuid /etc/subgid; do
		[ ! -e $file ] || mv $file $file.aside
	done
	umask 077
	login_as masked /bin/sh -c "cd /run/userns && stat -c %a . $uid $uid/sessions $uid/sessions/* $uid/state > /tmp/masked.modes
		stat -c %a /etc/usernamespaces /etc/subuid /etc/subgid >> /tmp/masked.modes"
	umask 022
	for file in /run/userns /etc/usernamespaces /etc/subuid /etc/subgid; do
		[ ! -e $file.aside ] || { rm -r $file && mv $file.aside $file; }
	done
	reported 'open 0'
	[ "$(tr '\n' ' ' < /tmp/masked.modes)" = '755 755 755 444 644 644 644 644 ' ]
}

@test "processes hidden by hidepid=2 are seen: a login opens, and a close leaves the others theirs" {
	new_user hidden
	mount -t proc -o hidepid=2,gid=24 proc /proc
	hold hidden
	inode=$(stat -Lc %i "/run/userns/$uid/user")
	"$pamhost" /tmp/hidden.report userns-test hidden /usr/bin/stat -Lc %i "/run/userns/$uid/user" > /tmp/hidden.second
	after=$(stat -Lc %i "/run/userns/$uid/user")
	# A process inside, of the user's, and no session.
	setpriv --reuid="$uid" --regid="$(id -g hidden)" --clear-groups userns exec sleep 60 3>&- & inside=$!
	eventually in_own_namespace "$inside"
	touch /tmp/hidden.go
	eventually grep -q '^closed children' "$report"
	kept=$(stat -Lc %i "/run/userns/$uid/user")
	kill "$inside"
	wait || true
	login_as hidden
	umount /proc
	[ "$(cat /tmp/hidden.second)" = "$inode" ]
	[ "$after" = "$inode" ]
	[ "$kept" = "$inode" ]
	reported 'open 0'
	no_namespace_left "$uid"
}
