# SPDX-License-Identifier: BSD-3-Clause
# Files that are wrong, names that are hostile, disks that are full: nothing is handed out, what
# was handed out keeps working, and the log says what is wrong, once.

load common

policy=/etc/security/userns.conf

setup() {
	needs_sandbox
	rm -rf "$policy"
	mark_log
}

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	rm -rf "$policy"
	[ ! -e /tmp/badinput.book ] || mv /tmp/badinput.book /etc/usernamespaces
}

# The next login fails with one line in the log that has this text, and allocates nothing.
refused() {
	local name=$1 text=$2 files
	files=$(cat /etc/usernamespaces /etc/subuid /etc/subgid | cksum)
	mark_log
	login_as "$name"
	reported 'open 14'
	[ "$(userns_log | wc -l)" = 1 ]
	userns_log | grep -qF -- "$text" || { userns_log >&2; return 1; }
	[ "$(cat /etc/usernamespaces /etc/subuid /etc/subgid | cksum)" = "$files" ]
	no_namespace_left "$(id -u "$name")"
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
		[user alice]\nsize = 1\n|:2: unknown key 'size' in section [user alice]
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

@test "book: a malformed line stops what is new and nothing that is there" {
	new_user before
	login_as before
	range=$(range_of "$uid")
	new_user after
	cp /etc/usernamespaces /tmp/badinput.book
	lines=$(wc -l < /etc/usernamespaces)
	for line in garbage 'x:1:2' 'x:-5:65536:' 'x:0x10:1:' 'x:5000000000:1:' 'x:4294967290:10:' 'x:1:0:' \
		'x:1:2:uid=' 'x:1:2:unknown' 'x:1:2:reserved=1' 'x:1:2:a:b' ':1:2:' 'x:1:2:retired=now'; do
		cp /tmp/badinput.book /etc/usernamespaces
		echo "$line" >> /etc/usernamespaces
		refused after "/etc/usernamespaces:$((lines + 1)): malformed line"
		login_as before
		reported 'open 0'
		[ "$(range_of "$(id -u before)")" = "$range" ]
		# The last byte need not be a newline, and the line still counts.
		printf '%s' "$line" | cat /tmp/badinput.book - > /etc/usernamespaces
		refused after "malformed line"
	done
	cp /tmp/badinput.book /etc/usernamespaces
	login_as after
	reported 'open 0'
	one_range_everywhere after
}

@test "subuid and subgid: the same" {
	new_user sbefore
	login_as sbefore
	new_user safter
	for file in /etc/subuid /etc/subgid; do
		cp "$file" /tmp/badinput.sub
		for line in 'x:1' 'x:100:65536:more' 'x:-1:65536' 'x:100:5000000000' 'x:100:12abc'; do
			cp /tmp/badinput.sub "$file"
			echo "$line" >> "$file"
			refused safter "$file:$(wc -l < "$file"): malformed line"
			login_as sbefore
			reported 'open 0'
		done
		cp /tmp/badinput.sub "$file"
	done
	login_as safter
	reported 'open 0'
	one_range_everywhere safter
}

@test "files in the book's place that are none" {
	new_user nobook
	cp /etc/usernamespaces /tmp/badinput.book
	rm /etc/usernamespaces
	mkdir /etc/usernamespaces
	login_as nobook
	reported 'open 14'
	userns_log | grep -q '/etc/usernamespaces is not a regular file'
	rmdir /etc/usernamespaces
	ln -s /tmp/badinput.book /etc/usernamespaces
	login_as nobook
	reported 'open 14'
	userns_log | grep -q '/etc/usernamespaces is a symbolic link'
	rm /etc/usernamespaces
}

@test "comments, blank lines and a missing last newline are kept and mended" {
	new_user tidy
	printf '# ours\n\nother:1900000000:65536:reserved' > /tmp/tidy.end
	cp /etc/usernamespaces /tmp/tidy.book
	cat /tmp/tidy.end >> /etc/usernamespaces
	printf '# a comment\nlast:1900100000:10' >> /etc/subuid
	login_as tidy
	reported 'open 0'
	range=$(range_of "$uid")
	printf 'tidy:%s:uid=%s\n' "$range" "$uid" | cat /tmp/tidy.book /tmp/tidy.end <(echo) - | cmp - /etc/usernamespaces
	[ "$(tail -n 3 /etc/subuid)" = "$(printf '# a comment\nlast:1900100000:10\ntidy:%s' "$range")" ]
}

@test "ranges that meet: the login is refused, and both parties are named" {
	new_user first
	login_as first
	range=$(range_of "$uid")
	new_user second
	cp /etc/subuid /tmp/meet.subuid
	# The same ids, given by hand to somebody else.
	echo "second:${range%:*}:10" >> /etc/subuid
	refused second "first's $range"
	refused first "second's ${range%:*}:10"
	cp /tmp/meet.subuid /etc/subuid
	echo 'second:0:65536' >> /etc/subuid
	refused second 'ids below 65536'
	cp /tmp/meet.subuid /etc/subuid
	login_as second
	reported 'open 0'
}

@test "a name that the book has under another uid gets nothing" {
	new_user renamed
	login_as renamed
	userdel -r renamed 2>/dev/null
	useradd -m -u $((uid + 500)) -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 renamed
	refused renamed "with uid $uid a range"
	sed -i "s/^\(renamed:.*\)/\1,retired=2026-01-31/" /etc/usernamespaces
	old=$(awk -F: '$1 == "renamed" {print $2}' /etc/usernamespaces)
	login_as renamed
	reported 'open 0'
	[ "$(range_of "$(id -u renamed)" | cut -d: -f1)" != "$old" ]
}

@test "names: hostile ones are refused, or stand in the files as their uid" {
	# What NSS can give: nothing checks the names that a directory has.
	base=61001
	for name in '-rf' '1234567' 'a/b' '../../etc' '#hash' 'x y' '+nis' "$(printf 'a%.0s' {1..300})"; do
		printf '%s:x:%s:100::/tmp:/bin/sh\n' "$name" $base >> /etc/passwd
		login_as "$name"
		if grep -qx 'open 0' "$report"; then
			grep -q "^$base:[0-9]*:65536:uid=$base\$" /etc/usernamespaces
			grep -q "^$base:[0-9]*:65536\$" /etc/subuid
			grep -q "^$base:[0-9]*:65536\$" /etc/subgid
		fi
		[ "$(grep -cF -- "$name:" /etc/subuid)" = 0 ]
		no_namespace_left $base
		base=$((base + 1))
	done
	for name in $'new\nline' $'root:x\nx:1:1' '' ':' 'root:0:0' $'\e[31mred'; do
		login_as "$name"
		grep -qxE 'open (10|14|6)' "$report"
		reported 'path none'
	done
	[ -z "$(grep -vE '^[A-Za-z0-9._\\-]+:[0-9]+:[0-9]+$' /etc/subuid | grep -v '^#')" ]
	# None has put a line of its own into the log.
	[ -z "$(grep -a $'\e' /run/messages)" ]
	[ "$(find /run/userns -mindepth 1 | wc -l)" = 0 ]
	sed -i '/:x:610[0-9][0-9]:100:/d' /etc/passwd
}

@test "names: DOMAIN\\user is a name like any other" {
	printf 'EXAMPLE\\user:x:61900:100::/tmp:/bin/sh\n' >> /etc/passwd
	login_as 'EXAMPLE\user'
	reported 'open 0'
	reported 'path /run/userns/61900/user'
	grep -qE '^EXAMPLE\\user:[0-9]+:65536:uid=61900$' /etc/usernamespaces
	grep -qE '^EXAMPLE\\user:[0-9]+:65536$' /etc/subuid
	sed -i '/:61900:/d' /etc/passwd
}

@test "a full disk: an error that says so, no half line, no lost line" {
	new_user full
	cp -a /etc/usernamespaces /etc/subuid /etc/subgid /tmp/
	mkdir -p /mnt/x
	mount -t tmpfs -o size=64M,mode=755 small /mnt/x
	cp -a /etc/. /mnt/x/
	mount --bind /mnt/x /etc
	dd if=/dev/zero of=/etc/filler bs=4k 2>/dev/null || true
	login_as full
	code=$(head -n 1 "$report")
	log=$(userns_log)
	same=yes
	for file in usernamespaces subuid subgid; do cmp "/etc/$file" "/tmp/$file" || same=no; done
	litter=$(find /etc -maxdepth 1 -name '*+' -o -maxdepth 1 -name 'sub?id.*')
	rm /etc/filler
	login_as full
	recovered=$(head -n 1 "$report")
	ranges=$(grep -c "^full:" /etc/subuid)
	umount /etc
	umount /mnt/x
	[ "$code" = 'open 14' ]
	[[ $log == *'No space left on device'* ]]
	[ "$same" = yes ]
	[ -z "$litter" ]
	[ "$recovered" = 'open 0' ]
	[ "$ranges" = 1 ]
}

@test "a read-only /etc: nothing new, and what is recorded goes on" {
	new_user known
	login_as known
	new_user unknown
	mount --bind /etc /etc
	mount -o remount,bind,ro /etc
	login_as unknown
	code=$(head -n 1 "$report")
	log=$(userns_log)
	login_as known
	known=$(head -n 1 "$report")
	umount /etc
	[ "$code" = 'open 14' ]
	[[ $log == *'Read-only file system'* ]]
	[ "$known" = 'open 0' ]
	[ -z "$(range_of "$uid")" ]
}

@test "a crash between book and copies: the next login completes them, with the same range" {
	new_user torn
	login_as torn
	range=$(range_of "$uid")
	sed -i '/^torn:/d' /etc/subuid
	sed -i '/^torn:/d' /etc/subgid
	login_as torn
	reported 'open 0'
	[ "$(range_of "$uid")" = "$range" ]
	one_range_everywhere torn
}

@test "no subuid and subgid at all: they are made" {
	new_user fresh
	mv /etc/subuid /etc/subgid /tmp/
	login_as fresh
	made=$(cat /etc/subuid /etc/subgid)
	mode=$(stat -c %a /etc/subuid)
	mv /tmp/subuid /tmp/subgid /etc/
	reported 'open 0'
	[ "$made" = "$(printf 'fresh:%s\nfresh:%s' "$(range_of "$uid")" "$(range_of "$uid")")" ]
	[ "$mode" = 644 ]
}

@test "another source of subordinate ids than files: nothing is written" {
	new_user elsewhere
	echo 'subid: sss' >> /etc/nsswitch.conf
	refused elsewhere "takes subordinate ids from 'sss'"
	sed -i '/^subid:/d' /etc/nsswitch.conf
}

@test "what is mounted in the pin's place and is not the user's is neither entered nor unmounted" {
	new_user planted
	mkdir -p "/run/userns/$uid"
	touch "/run/userns/$uid/user"
	unshare --user sleep 60 &
	eventually test "$(readlink "/proc/$!/ns/user")" != "$(readlink /proc/self/ns/user)"
	mount --bind "/proc/$!/ns/user" "/run/userns/$uid/user"
	kill $!
	login_as planted
	reported 'open 14'
	userns_log | grep -q "is not theirs, and was left alone: the user namespace is uid 0's"
	mountpoint -q "/run/userns/$uid/user"
	umount "/run/userns/$uid/user"
	login_as planted
	reported 'open 0'
	no_namespace_left "$uid"
}
