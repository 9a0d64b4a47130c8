# SPDX-License-Identifier: BSD-3-Clause
# Book, subuid and subgid that are wrong, torn or elsewhere: nothing is handed out, what was
# handed out keeps working, and the log says what is wrong, once.

load common

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	[ ! -e /tmp/files.book ] || mv /tmp/files.book /etc/usernamespaces
}

@test "book: a malformed line stops what is new and nothing that is there" {
	new_user before
	login_as before
	range=$(range_of "$uid")
	new_user after
	cp /etc/usernamespaces /tmp/files.book
	lines=$(wc -l < /etc/usernamespaces)
	for line in garbage 'x:1:2' 'x:-5:65536:' 'x:0x10:1:' 'x:5000000000:1:' 'x:4294967290:10:' 'x:1:0:' \
		'x:1:2:uid=' 'x:1:2:unknown' 'x:1:2:reserved=1' 'x:1:2:a:b' ':1:2:' 'x:1:2:retired=now'; do
		cp /tmp/files.book /etc/usernamespaces
		echo "$line" >> /etc/usernamespaces
		refused after "/etc/usernamespaces:$((lines + 1)): malformed line"
		login_as before
		reported 'open 0'
		[ "$(range_of "$(id -u before)")" = "$range" ]
		# The last byte need not be a newline, and the line still counts.
		printf '%s' "$line" | cat /tmp/files.book - > /etc/usernamespaces
		refused after "malformed line"
	done
	cp /tmp/files.book /etc/usernamespaces
	login_as after
	reported 'open 0'
	one_range_everywhere after
}

@test "subuid and subgid: the same" {
	new_user sbefore
	login_as sbefore
	new_user safter
	for file in /etc/subuid /etc/subgid; do
		cp "$file" /tmp/files.sub
		for line in 'x:1' 'x:100:65536:more' 'x:-1:65536' 'x:100:5000000000' 'x:100:12abc'; do
			cp /tmp/files.sub "$file"
			echo "$line" >> "$file"
			refused safter "$file:$(wc -l < "$file"): malformed line"
			login_as sbefore
			reported 'open 0'
		done
		cp /tmp/files.sub "$file"
	done
	login_as safter
	reported 'open 0'
	one_range_everywhere safter
}

@test "files in the book's place that are none" {
	new_user nobook
	cp /etc/usernamespaces /tmp/files.book
	rm /etc/usernamespaces
	mkdir /etc/usernamespaces
	login_as nobook
	reported 'open 14'
	userns_log | grep -q '/etc/usernamespaces is not a regular file'
	rmdir /etc/usernamespaces
	ln -s /tmp/files.book /etc/usernamespaces
	login_as nobook
	reported 'open 14'
	userns_log | grep -q '/etc/usernamespaces is a symbolic link'
	rm /etc/usernamespaces
}

@test "files in the place of a copy that are none: nothing new, and what the book has goes on" {
	new_user cbefore
	login_as cbefore
	range=$(range_of "$uid")
	new_user cafter
	for file in /etc/subuid /etc/subgid; do
		mv "$file" /tmp/files.copy
		for kind in mkdir mkfifo 'ln -s /tmp/files.copy'; do
			$kind "$file"
			mark_log
			login_as cbefore
			reported 'open 0'
			userns_log | grep -q "what the book gives was not compared with a copy: $file is "
			login_as cafter
			reported 'open 14'
			userns_log | grep -q "no range can be given to anybody new: $file is "
			run userns grant --size=1M cbefore
			[ "$status" = 0 ]
			[[ $output = *"stays at 65536 ids: no range can be given to anybody new: $file is "* ]]
			# What takes away must know of everything.
			for verb in 'revoke cbefore' 'reserve other 1950000000:65536' 'reclaim cbefore'; do
				# shellcheck disable=SC2086
				run timeout 10 userns $verb
				[ "$status" = 1 ]
				[[ $output = *"$file is "* ]]
			done
			[ "$(range_of "$(id -u cbefore)")" = "$range" ]
			[ -z "$(range_of "$(id -u cafter)")" ]
			rm -d "$file"
		done
		mv /tmp/files.copy "$file"
	done
	login_as cafter
	reported 'open 0'
	one_range_everywhere cbefore
	one_range_everywhere cafter
}

@test "comments, blank lines and a missing last newline are kept and mended" {
	new_user untidy
	login_as untidy
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
	refused second "second's own uid $uid lies in second's range 0:65536"
	cp /tmp/meet.subuid /etc/subuid
	login_as second
	reported 'open 0'
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

@test "another source of subordinate ids without its module, or with half of one: not the files instead" {
	useradd -M elsewhere
	given=$(cat /etc/subuid)
	echo 'subid: sss' >> /etc/nsswitch.conf
	refused elsewhere "takes subordinate ids from 'sss', and libsubid cannot load its module for that, libsubid_sss.so"
	echo 'int shadow_subid_has_range;' |
		gcc -shared -fPIC -x c -o "/usr/lib/$(gcc -print-multiarch)/libsubid_sss.so" -
	refused elsewhere "libsubid cannot load its module"
	rm "/usr/lib/$(gcc -print-multiarch)/libsubid_sss.so"
	sed -i '/^subid:/d' /etc/nsswitch.conf
	# Those lines would have been libsubid's answer.
	grep -q '^elsewhere:' <<< "$given"
}

@test "libsubid: ranges of the uid in digits, in one of the files, are adopted" {
	for file in /etc/subuid /etc/subgid; do
		name=digits${file#/etc/sub}
		# The gid is another number, so that nothing is found by it.
		groupadd -g 47000 "g$name"
		useradd -m -u 48000 -g "g$name" -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 "$name"
		start=$((1100000000 + 65536 * (RANDOM % 10000)))
		echo "48000:$start:65536" >> "$file"
		login_as "$name"
		reported 'open 0'
		grep -qx "$name:$start:65536:uid=48000,adopted" /etc/usernamespaces
		[ "$(grep -cE "^($name|48000):" /etc/subuid)" = 1 ]
		[ "$(grep -cE "^($name|48000):" /etc/subgid)" = 1 ]
		sed -i "/^48000:/d; /^$name:/d" /etc/subuid /etc/subgid /etc/usernamespaces
		userdel -r "$name" 2>/dev/null
		groupdel "g$name"
	done
}

@test "libsubid: when it fails for the user, nobody is given a range" {
	cat > /tmp/broken.c <<-'EOF'
		#include <string.h>
		#include <unistd.h>
		struct subid_range;
		static int fails(const char *kind) { return access(kind, F_OK) == 0 ? -1 : 0; }
		int subid_get_uid_ranges(const char *owner, struct subid_range **ranges)
		{ (void)owner; *ranges = 0; return fails("/tmp/broken.uids"); }
		int subid_get_gid_ranges(const char *owner, struct subid_range **ranges)
		{ (void)owner; *ranges = 0; return fails("/tmp/broken.gids"); }
	EOF
	gcc -shared -fPIC -o /usr/lib/broken.so /tmp/broken.c
	useradd -m -K SUB_UID_MIN=500000000 -K SUB_GID_MIN=500000000 \
		-K SUB_UID_COUNT=65536 -K SUB_GID_COUNT=65536 served
	echo /usr/lib/broken.so > /etc/ld.so.preload
	for kind in uids gids; do
		touch "/tmp/broken.$kind"
		refused served "libsubid cannot say which subordinate $kind 'served' has"
		rm "/tmp/broken.$kind"
	done
	rm /etc/ld.so.preload
	login_as served
	reported 'open 0'
	grep -q "^served:5[0-9]*:65536:uid=$(id -u served),adopted$" /etc/usernamespaces
}

@test "mode and group of a file that is replaced stay" {
	new_user grouped
	chgrp adm /etc/subuid
	chmod 640 /etc/subuid
	login_as grouped
	kept=$(stat -c %U:%G:%a /etc/subuid)
	chgrp root /etc/subuid
	chmod 644 /etc/subuid
	reported 'open 0'
	one_range_everywhere grouped
	[ "$kept" = root:adm:640 ]
}

# The line of a trace that has a text, the first behind a line of before.
traced_line() {
	awk -v text="$1" -v behind="${2:-0}" 'NR > behind && index($0, text) {print NR; exit}' /tmp/durable.trace
}

@test "each file is on the disk before it takes its name, and the name after that" {
	new_user durable
	strace -f -y -qq -e trace=fsync,fdatasync,rename,renameat,renameat2 -o /tmp/durable.trace \
		"$helper" open durable 2>/dev/null
	"$helper" close "$uid"
	done=0
	for file in usernamespaces subuid subgid; do
		synced=$(traced_line "sync(" "$done")
		renamed=$(traced_line "\"$file+\"" "$done")
		named=$(traced_line '</etc>)' "$renamed")
		sed -n "${synced}p" /tmp/durable.trace | grep -q "sync([0-9]*</etc/$file+>) *= 0"
		[ "$synced" -lt "$renamed" ]
		[ -n "$named" ]
		sed -n "${named}p" /tmp/durable.trace | grep -q 'sync([0-9]*</etc>) *= 0'
		done=$named
	done
}
