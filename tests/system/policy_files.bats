# SPDX-License-Identifier: BSD-3-Clause
# The files of the policy on a real host: drop-ins, the vendor's, what is wrong with one of them, and
# what is replaced while a login reads it.

load common

policy=/etc/security/userns.conf
dropins=$policy.d
vendor=/usr/lib/security/userns.conf

clean() {
	rm -rf "$policy" "$dropins" "$vendor" "$vendor.d" /run/security
}

setup() {
	needs_sandbox
	clean
	mark_log
}

teardown() {
	[ "${USERNS_SANDBOX:-}" != inside ] || clean
}

# What a setting is for a user, and where that comes from: "VALUE (FILE:LINE SECTION)".
setting() {
	userns explain "$1" 2>&1 | sed -n "s/^\(settings:\)\? *$2 = //p"
}

@test "the vendor's file, one in /run and one in /etc: the last that is there, and no mix" {
	new_user layers
	mkdir -p /usr/lib/security /run/security
	printf '[default]\nsize = 1K\nroot = range\n' > "$vendor"
	[ "$(setting layers size)" = "1K ($vendor:2 [default])" ]
	printf '[default]\nsize = 2K\n' > /run/security/userns.conf
	[ "$(setting layers size)" = '2K (/run/security/userns.conf:2 [default])' ]
	[ "$(setting layers root)" = 'user (default)' ]
	: > "$policy"
	[ "$(setting layers size)" = '65536 (default)' ]
	login_as layers
	reported 'open 0'
	[ "$(range_of "$uid" | cut -d: -f2)" = 65536 ]
}

@test "drop-ins: by name, over the main file, section by section; one masks another of its name" {
	new_user drops
	mkdir -p "$dropins" "$vendor.d" /run/security/userns.conf.d
	printf '[default]\nsize = 1K\nroot = range\n' > "$policy"
	printf '[default]\nsize = 2K\n' > "$dropins/20-b.conf"
	printf '[default]\nsize = 3K\n' > "$vendor.d/30-c.conf"
	printf '[default]\nsize = 4K\nsetgroups = deny\n' > /run/security/userns.conf.d/10-a.conf
	[ "$(setting drops size)" = "3K ($vendor.d/30-c.conf:2 [default])" ]
	[ "$(setting drops root)" = "range ($policy:3 [default])" ]
	[ "$(setting drops setgroups)" = 'deny (/run/security/userns.conf.d/10-a.conf:3 [default])' ]
	run userns explain drops
	[ "$(sed -n '/size = /,/allocate/p' <<< "$output" | sed 's/ *//' | sed '$d')" = "size = 3K ($vendor.d/30-c.conf:2 [default])
over 2K ($dropins/20-b.conf:2 [default])
over 4K (/run/security/userns.conf.d/10-a.conf:2 [default])
over 1K ($policy:2 [default])" ]
	# A file of the same name, also an empty one, switches it off.
	: > "$dropins/30-c.conf"
	[ "$(setting drops size)" = "2K ($dropins/20-b.conf:2 [default])" ]
	# So does a link to nothing, and no other one.
	ln -sf /dev/null "$dropins/30-c.conf"
	[ "$(setting drops size)" = "2K ($dropins/20-b.conf:2 [default])" ]
	for elsewhere in /dev/zero ../../../dev/null /dev/null/ "$vendor.d/30-c.conf"; do
		ln -sf "$elsewhere" "$dropins/30-c.conf"
		run userns explain drops
		[[ $output = *"$dropins/30-c.conf is a symbolic link"* ]]
	done
	ln -sf /dev/null "$dropins/30-c.conf"
	# A user's own over all of them, from whatever file.
	printf '[user drops]\nsize = 5K\n' > "$dropins/00-user.conf"
	login_as drops
	reported 'open 0'
	[ "$(range_of "$uid" | cut -d: -f2)" = 5120 ]
}

@test "a mistake in one drop-in stops delegation for all, and is told once for each login" {
	new_user stopped
	mkdir "$dropins"
	printf '[default]\ndelegate = yes\n' > "$policy"
	printf '# fine\n' > "$dropins/10-fine.conf"
	printf '[user nobody-else]\nsize = x\nsize = y\nroot = z\n[oops]\n' > "$dropins/50-bad.conf"
	refused stopped "$dropins/50-bad.conf:3: 'size' has two values"
	printf '[user nobody-else]\nsize = x\nroot = z\n[oops]\n' > "$dropins/50-bad.conf"
	refused stopped "$dropins/50-bad.conf:2: size = x: expected a number of ids"
	[ "$(userns_log | wc -l)" = 1 ]
	refused stopped "$dropins/50-bad.conf:2"
	rm "$dropins/50-bad.conf"
	login_as stopped
	reported 'open 0'
}

@test "bad input: nothing, comments, binary, endless, unreadable, links in a circle, a directory" {
	new_user badfiles
	mkdir "$dropins"
	bad=$dropins/50.conf
	: > "$policy"
	printf '# only\n\n#comments' > "$bad"
	login_as badfiles
	reported 'open 0'
	userns revoke badfiles
	head -c 4096 /usr/bin/env > "$bad"
	refused badfiles "$bad: there is a NUL byte in it"
	printf '\001\002\377\376[default]\n' > "$bad"
	refused badfiles "$bad:1: key '"
	yes '# a line of text' | head -c 10485760 > "$bad"
	refused badfiles "$bad is larger than 1048576 bytes"
	rm "$bad"
	: > "$bad"
	# Root's own mode counts, as the helper has no capability to pass it by.
	chmod 0 "$bad"
	refused badfiles "cannot open $bad: Permission denied"
	chmod 664 "$bad"
	refused badfiles "$bad is writable for others than root"
	rm "$bad"
	ln -s 50.conf "$bad"
	refused badfiles "$bad is a symbolic link"
	rm "$bad"
	mkdir "$bad"
	refused badfiles "$bad is not a regular file"
	rmdir "$bad"
	mkfifo "$bad"
	refused badfiles "$bad is not a regular file"
	rm "$bad"
	chmod 777 "$dropins"
	refused badfiles "$dropins is writable for others than root"
	chmod 755 "$dropins"
	chown games "$dropins"
	refused badfiles "$dropins belongs to uid"
	rmdir "$dropins"
	ln -s . "$dropins"
	refused badfiles "$dropins is not a directory, or a symbolic link to one"
	rm "$dropins"
	touch "$dropins"
	refused badfiles "$dropins is not a directory"
	rm "$dropins"
	chmod 775 /etc/security
	refused badfiles '/etc/security is writable for others than root'
	chmod 755 /etc/security
	login_as badfiles
	reported 'open 0'
}

@test "conf=: another policy has drop-ins of its own, no vendor's, and must be there" {
	new_user another
	mkdir -p /usr/lib/security /tmp/mine.conf.d
	printf '[default]\ndelegate = no\n' > "$vendor"
	printf '[default]\nsize = 1K\n' > /tmp/mine.conf
	printf '[default]\nsize = 2K\n' > /tmp/mine.conf.d/a.conf
	module_arguments conf=/tmp/mine.conf
	login_as another
	reported 'open 0'
	[ "$(range_of "$uid" | cut -d: -f2)" = 2048 ]
	rm -r /tmp/mine.conf
	turned_away another 'there is no policy file /tmp/mine.conf'
	rm -r /tmp/mine.conf.d
	# Anybody can make a link in /tmp, and none of theirs stands for a policy.
	as_user another ln -s /dev/null /tmp/mine.conf
	turned_away another '/tmp/mine.conf is a symbolic link'
	rm /tmp/mine.conf
	module_arguments ''
}

# Replaces the main file, then the drop-in, by renames; then both back in the other order. So there
# never is an old main file with a new drop-in.
replace_again_and_again() {
	perl -e '
		my ($main, $dropin) = @ARGV;
		sub put { link("/etc/security/raced.$_[0]", "$_[1]+") and rename("$_[1]+", $_[1]) or die "$_[1]: $!" }
		sub pause { select(undef, undef, undef, 0.002) }
		while (-e "/tmp/raced.go") {
			put("main2", $main); put("dropin2", $dropin); pause();
			put("dropin1", $dropin); put("main1", $main); pause();
		}' "$policy" "$dropins/raced.conf"
}

@test "policies that renames replace while they are read: the old or the new, never a mix" {
	new_user raced
	mkdir "$dropins"
	for n in 1 2; do
		{
			printf '[default]\nsize = %sK\n' "$n"
			yes '# so that reading takes a while' | head -c 200000
			printf '[user raced]\ndescription = %s\n' "$n"
		} > /etc/security/raced.main$n
		printf '[user raced]\nservices = of%s\n' "$n" > /etc/security/raced.dropin$n
	done
	cp /etc/security/raced.main1 "$policy"
	cp /etc/security/raced.dropin1 "$dropins/raced.conf"
	touch /tmp/raced.go
	replace_again_and_again 3>&- &
	racer=$!
	seen=
	for _ in {1..300}; do
		output=$(userns explain raced 2>&1)
		# Services, size and description, in this order.
		got=$(sed -n 's/^.* \(size\|description\) = \([12]\).*/\2/p; s/.* services = of\([12]\).*/\1/p' <<< "$output" | tr -d '\n')
		seen="$seen $got"
		case $got in
		111 | 122 | 222) ;;
		*) echo "$got: $output" >&2; break ;;
		esac
	done
	rm /tmp/raced.go
	wait $racer
	rm -f /etc/security/raced.*
	case $got in 111 | 122 | 222) ;; *) false ;; esac
	[[ $seen = *111* && $seen = *222* ]]
}
