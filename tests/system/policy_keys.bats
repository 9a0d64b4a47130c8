# SPDX-License-Identifier: BSD-3-Clause
# What each key and each kind of section of the policy does to a real login.

load common

policy=/etc/security/userns.conf

setup_file() {
	bats_require_minimum_version 1.5.0
}

setup() {
	needs_sandbox
	rm -f "$policy"
	mark_log
}

teardown() {
	if [ "${USERNS_SANDBOX:-}" = inside ]; then
		rm -f "$policy"
		module_arguments ''
	fi
}

# A login of a user, whose namespace's maps, as the helper read them back from the kernel, are in
# $uid_map and $gid_map: extents with commas behind them.
logged_in() {
	uid=$(id -u "$1")
	login_as "$1" /bin/cp "/run/userns/$uid/state" /tmp/keys.state
	reported 'open 0' || { userns_log >&2; return 1; }
	uid_map=$(sed -n 's/^uid_map=//p' /tmp/keys.state)
	gid_map=$(sed -n 's/^gid_map=//p' /tmp/keys.state)
	setgroups=$(sed -n 's/^setgroups=//p' /tmp/keys.state)
}

ignored() {
	login_as "$@"
	reported 'open 6' && reported 'path none'
}

@test "root: the user's own id inside is 0, or is not inside at all" {
	new_user rooted
	logged_in rooted
	start=$(range_of "$uid" | cut -d: -f1)
	[ "$uid_map" = "0 $uid 1,1 $start 65536," ]
	[ "$gid_map" = "0 $(id -g rooted) 1,1 $start 65536," ]
	printf '[default]\nroot = range\n' > "$policy"
	logged_in rooted
	[ "$uid_map" = "0 $start 65536," ]
	[ "$gid_map" = "0 $start 65536," ]
	# What root inside makes is the range's, and the user's own files are a stranger's.
	hold rooted
	run as_user rooted userns exec -- sh -c 'id -u; touch /tmp/keys.made; stat -c %u /home/rooted'
	release rooted
	[ "$status" = 0 ]
	[ "$output" = $'0\n65534' ]
	[ "$(stat -c %u /tmp/keys.made)" = "$start" ]
	rm /tmp/keys.made
}

@test "setgroups: what deny says holds in the namespace and below it; the book's flag still does" {
	new_user grouped
	logged_in grouped
	[ "$setgroups" = allow ]
	printf '[user grouped]\nsetgroups = deny\n' > "$policy"
	logged_in grouped
	[ "$setgroups" = deny ]
	hold grouped
	run as_user grouped userns exec -- sh -c 'cat /proc/self/setgroups; unshare -U cat /proc/self/setgroups'
	release grouped
	[ "$output" = $'deny\ndeny' ]
	rm "$policy"
	sed -i "s/uid=$uid\$/&,deny-setgroups/" /etc/usernamespaces
	logged_in grouped
	[ "$setgroups" = deny ]
}

@test "map and gids: their extents are the whole map, also at the far end of the 32 bits" {
	new_user mapped
	userns grant mapped
	gid=$(id -g mapped)
	start=$(range_of "$uid" | cut -d: -f1)
	cat > "$policy" <<-EOF
		[user mapped]
		map = 1000:$uid:1, 0:$start:1000,4294967294:$((start + 65535)):1
		gids = 5:$gid:1,4294901758:$start:64K
	EOF
	logged_in mapped
	[ "$uid_map" = "1000 $uid 1,0 $start 1000,4294967294 $((start + 65535)) 1," ]
	[ "$gid_map" = "5 $gid 1,4294901758 $start 65536," ]
	# One of them alone changes one side.
	sed -i /^gids/d "$policy"
	logged_in mapped
	[ "$gid_map" = "0 $gid 1,1 $start 65536," ]
	[ "$uid_map" = "1000 $uid 1,0 $start 1000,4294967294 $((start + 65535)) 1," ]
	# The same again is the same namespace.
	hold mapped
	inode=$(stat -L -c %i "/run/userns/$uid/user")
	login_as mapped
	[ "$(stat -L -c %i "/run/userns/$uid/user")" = "$inode" ]
	release mapped
}

# A map of so many extents, each of one id of 70000 and up, in less than 4096 bytes.
pieces() {
	awk -v n="$1" 'BEGIN {
		print "[user pieces]\nrange = 70000-70999"
		for (i = 0; i < n; i++)
			printf "%s%d:%d:1", i ? "," : "map = ", i, 70000 + i * 2
		print ""
	}' > "$policy"
}

@test "map: as many extents as the kernel takes, and no more" {
	new_user pieces
	pieces 341
	refused pieces "$policy:3: map = 0:70000:1,"
	userns_log | grep -qF '...: expected IN:OUT:COUNT, or several with commas between'
	pieces 340
	logged_in pieces
	[ "$(tr -cd , <<< "$uid_map" | wc -c)" = 340 ]
	[[ $uid_map = *'339 70678 1,' ]]
}

@test "map and gids: ids outside that are not the user's are refused, by file and line" {
	new_user greedy
	new_user other
	userns grant greedy
	userns grant other
	uid=$(id -u greedy) gid=$(id -g greedy)
	start=$(range_of "$uid" | cut -d: -f1)
	others=$(range_of "$(id -u other)" | cut -d: -f1)
	while read -r line; do
		printf '[user greedy]\n%s\n' "$line" > "$policy"
		refused greedy "$policy:2: ${line%%,*}: expected ids outside that are the user's"
	done <<-EOF
		map = 0:0:1
		map = 0:$((uid + 1)):1
		map = 0:$((uid - 1)):2
		map = 0:$uid:2
		map = 0:$others:1
		map = 0:$((start - 1)):1
		map = 0:$((start - 1)):2
		map = 0:$((start + 65535)):2
		map = 0:$((start + 65536)):1
		map = 0:$start:65537
		map = 0:4294967294:1
		gids = 0:0:1
		gids = 0:$((gid + 1)):1
		gids = 0:$others:65536
		gids = 0:$((start + 65535)):2
	EOF
	# The user's own uid is nothing to the gids.
	usermod -g games greedy
	printf '[user greedy]\ngids = 0:%d:1\n' "$gid" > "$policy"
	refused greedy "$policy:2: gids = 0:$gid:1"
	printf '[user greedy]\ngids = 0:%d:1\n' "$(id -g games)" > "$policy"
	logged_in greedy
	[ "$gid_map" = "0 $(id -g games) 1," ]
}

@test "services: those that are named, by the name that PAM has, whatever that is" {
	new_user served
	printf '[default]\nservices = sshd login\n[user served]\nservices = userns-test\n' > "$policy"
	logged_in served
	printf '[default]\nservices = sshd userns-test2 userns-tes\n' > "$policy"
	ignored served
	no_namespace_left "$uid"
	module_arguments debug
	mark_log
	ignored served
	userns_log | grep -qF "not for the service 'userns-test'; $policy:2 says services = sshd userns-test2 userns-tes in section [default]"
	# The name is the application's word: it is compared, and stays on its line.
	for name in '--result-fd=3' '' ' ' 'sshd userns-test2' $'sshd\nuserns' '%s%n' '../sshd' "$(printf 'x%.0s' {1..5000})"; do
		run "$helper" --service="$name" open served
		[ "$status" = 1 ]
		[ "${#lines[@]}" = 1 ]
		[[ $output = *'not for the service'* ]]
	done
	run "$helper" --service=sshd open served
	[ "$status" = 0 ]
	"$helper" close "$uid"
	# An admin at a terminal is no service.
	run "$helper" open served
	[ "$status" = 0 ]
	"$helper" close "$uid"
}

@test "services: explain answers for one, or says that it depends" {
	new_user asked
	printf '[default]\nservices = sshd\n' > "$policy"
	run userns explain --service=sshd asked
	[[ $output = *'a login:   PAM_SUCCESS'* ]]
	run userns explain --service=cron asked
	[ "$status" = 0 ]
	[[ $output = *'a login:   PAM_IGNORE'* ]]
	[[ $output = *"not for the service 'cron'; $policy:2 says services = sshd in section [default]"* ]]
	run userns explain asked
	[[ $output = *'a login:   PAM_SUCCESS'* ]]
	[[ $output = *'only for the services sshd; --service=NAME tells of one'* ]]
}

@test "groups: primary and supplementary, by name and number, and by names with blanks" {
	new_user member
	groupadd -g 7001 keyslab
	groupadd -g 7002 keyshpc
	sed -i 's/^keyshpc:/keys hpc:/' /etc/group
	printf '[group keyslab]\nsize = 1K\n' > "$policy"
	logged_in member
	[ "$(range_of "$uid" | cut -d: -f2)" = 65536 ]
	userns revoke member
	usermod -aG keyslab member
	logged_in member
	[ "$(range_of "$uid" | tail -n 1 | cut -d: -f2)" = 1024 ]
	printf '[group 7002]\nroot = range\n' > "$policy"
	logged_in member
	[[ $uid_map = "0 $uid 1,"* ]]
	sed -i 's/^keys hpc:.*/&member/' /etc/group
	logged_in member
	[[ $uid_map != "0 $uid 1,"* ]]
	printf '[group "keys hpc"]\nsetgroups = deny\n' > "$policy"
	logged_in member
	[ "$setgroups" = deny ]
	printf '[group member]\nroot = range\n' > "$policy"
	logged_in member
	[[ $uid_map != "0 $uid 1,"* ]]
	# A group that nobody knows is nobody's.
	printf '[group nosuchgroup]\ndelegate = no\n[group 7999]\ndelegate = no\n' > "$policy"
	logged_in member
	sed -i '/^keys hpc:/d' /etc/group
	groupdel keyslab
}

@test "users and uids: names with blanks and backslashes, and ranges of uids" {
	# Useradd has no such names; directories do.
	echo 'DOMAIN\user name:x:90100:100::/tmp:/bin/sh' >> /etc/passwd
	printf '[user "DOMAIN\\user name"]\nsize = 1K\n[uid 90000-90099]\nsetgroups = deny\n[uid 90100-90100]\nroot = range\n' > "$policy"
	logged_in 'DOMAIN\user name'
	[ "$(range_of 90100 | cut -d: -f2)" = 1024 ]
	[[ $uid_map = "0 $(range_of 90100 | cut -d: -f1) 1024," ]]
	[ "$setgroups" = allow ]
	printf '[user DOMAIN\\user]\ndelegate = no\n[user "user name"]\ndelegate = no\n' > "$policy"
	logged_in 'DOMAIN\user name'
	sed -i '/^DOMAIN/d' /etc/passwd
}

@test "mirror: copies where libsubid reads them, or never" {
	new_user copied
	printf '[host]\nmirror = no\n' > "$policy"
	logged_in copied
	run ! grep -q '^copied:' /etc/subuid /etc/subgid
	[ -n "$(range_of "$uid")" ]
	run userns explain copied
	[[ $output = *', on record'* ]]
	run ! grep -q 'copies to be made' <<< "$output"
	run userns check --raw
	[[ $output != *no-copy*copied* ]]
	printf '[host]\nmirror = yes\n' > "$policy"
	run userns explain copied
	[[ $output = *', on record, copies to be made'* ]]
	run userns check --raw
	[[ $output = *no-copy*copied* ]]
	logged_in copied
	one_range_everywhere copied
	new_user copied2
	printf '[host]\nmirror = auto\n' > "$policy"
	logged_in copied2
	one_range_everywhere copied2
}

@test "root and system users: nothing, without a process; by an argument and a section of their own" {
	# Whoever starts the helper leaves a trace of it.
	fake_helper 'touch /tmp/keys.started'
	printf '[user root]\ndelegate = yes\nroot = range\n[default]\ndelegate = yes\n[uid 0-999]\ndelegate = yes\n' > "$policy"
	rm -f /tmp/keys.started
	ignored root
	ignored daemon
	[ ! -e /tmp/keys.started ]
	real_helper
	module_arguments system-users
	mark_log
	ignored daemon
	ignored nobody
	[ -z "$(userns_log)" ]
	run userns explain daemon
	[[ $output = *'PAM_IGNORE'*'uid 1 is a system account; only delegate = yes in a section [user daemon]'* ]]
	run userns explain root
	[[ $output = *PAM_SUCCESS*'only where its argument system-users is given' ]]
	logged_in root
	[ "$uid_map" = "0 $(range_of 0 | cut -d: -f1) 65536," ]
	sed -i /^root/d "$policy"
	turned_away root "the namespace would map the host's uid 0; root = range"
	printf '[user daemon]\ndelegate = yes\n[user nobody]\ndelegate = yes\n' > "$policy"
	logged_in daemon
	ignored nobody
	printf '[user daemon]\ndelegate = auto\n' > "$policy"
	ignored daemon
	userns revoke root
	userns revoke daemon
}
