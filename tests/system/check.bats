# SPDX-License-Identifier: BSD-3-Clause
# "userns check": each kind of thing that can be wrong with a host's ids, named with both parties.

load common

book=/etc/usernamespaces

setup_file() {
	bats_require_minimum_version 1.5.0
}

setup() {
	needs_sandbox
	mark_log
	rm -f /etc/usernamespaces
	: > /etc/subuid
	: > /etc/subgid
	rm -rf /etc/security/userns.conf /etc/security/userns.conf.d
}

teardown() {
	[ "${USERNS_SANDBOX:-}" != inside ] || rm -rf /etc/security/userns.conf /etc/security/userns.conf.d
}

checked() {
	run --separate-stderr userns check --raw --noheadings "$@"
}

# A finding that has all these words in its line, in this order; the columns but the last.
finds() {
	[ "$status" = 1 ] && grep -qE -- "$1" <<< "$output" || { printf '%s\n' "$output" "$stderr" >&2; return 1; }
}

@test "a clean host, with users, copies, reserved and retired ranges: nothing, and 0" {
	new_user clean1
	userns grant clean1
	new_user clean2
	userns grant --size=128K clean2
	userns reserve engine 1700003840:65536
	new_user clean3
	userns grant clean3
	userns revoke clean3
	run userns check
	[ "$status" = 0 ]
	[ -z "$output" ]
	run --separate-stderr userns check --json
	[ "$status" = 0 ]
	python3 -c 'import json,sys; assert json.load(sys.stdin) == {"findings": []}' <<< "$output"
	# Without root it is told what was not seen.
	run --separate-stderr as_user clean1 userns check
	[ "$status" = 0 ]
	[ -z "$output" ]
	[[ $stderr = *'not root'* ]]
}

@test "a logged in user's namespace, and containers in it, are no finding" {
	new_user inside
	hold inside
	as_user inside userns exec -- unshare -U --map-root-user sleep 10 3>&- &
	sleeper=$!
	sleep 0.3
	checked
	kill $sleeper
	release inside
	[ "$status" = 0 ]
	[ -z "$output" ]
}

@test "two lines with the same ids: of the book, of a copy, of both; each half for itself" {
	new_user one
	new_user two
	printf 'one:700000:1000:uid=%s\ntwo:700500:1000:uid=%s\n' "$(id -u one)" "$(id -u two)" > $book
	printf 'one:700000:1000\ntwo:700500:1000\n' | tee /etc/subgid > /etc/subuid
	checked
	finds '^overlap uid 700500 500 one /etc/usernamespaces:1 two /etc/usernamespaces:2 '
	finds '^overlap gid 700500 500 one /etc/usernamespaces:1 two /etc/usernamespaces:2 '
	echo "one:700000:1000:uid=$(id -u one)" > $book
	echo 'one:700000:1000' | tee /etc/subgid > /etc/subuid
	echo 'two:700999:10' >> /etc/subgid
	checked
	finds '^overlap gid 700999 1 one /etc/usernamespaces:1 two /etc/subgid:2 '
	run ! grep -q '^overlap uid' <<< "$output"
	printf 'one:700000:1000\ntwo:800000:10\nthree:800009:5\n' > /etc/subuid
	checked
	finds '^overlap uid 800009 1 two /etc/subuid:2 three /etc/subuid:3 '
	# The same ids twice for one user in one file.
	printf 'one:700000:1000\none:700000:1000\n' > /etc/subuid
	checked
	finds '^overlap uid 700000 1000 one /etc/subuid:1 one /etc/subuid:2 '
}

@test "real users and groups in a range, also the user's own" {
	new_user ranged
	useradd -u 700005 -M real
	groupadd -g 700900 realgroup
	echo "ranged:700000:1000:uid=$uid" > $book
	echo 'ranged:700000:1000' | tee /etc/subgid > /etc/subuid
	checked
	finds '^overlap uid 700005 1 ranged /etc/usernamespaces:1 real real\\x20id\\x20700005 '
	finds '^overlap gid 700900 1 ranged /etc/usernamespaces:1 realgroup real\\x20id\\x20700900 '
	echo "real:700000:1000:uid=700005" > $book
	checked
	finds '^overlap uid 700005 1 real /etc/usernamespaces:1 real '
	userdel real
	groupdel realgroup
}

@test "ids of the host, and of a program that is installed" {
	new_user low
	printf 'low:65000:1000:uid=%s\nlow:1000000:10:uid=%s\n' "$uid" "$uid" > $book
	printf 'low:65000:1000\nlow:1000000:10\n' | tee /etc/subgid > /etc/subuid
	mkdir -p /var/lib/incus
	checked -o KIND,IDS,START,COUNT,PARTY,PLACE,OTHER
	rmdir /var/lib/incus
	finds "^overlap uid 65000 536 the.*host's.*own.*accounts 0-65535 low$"
	finds "^overlap uid 1000000 10 low /etc/usernamespaces:2 Incus's\\\\x20containers$"
	checked
	run ! grep -q 1000000 <<< "$output"
}

@test "kubelet, LXD and Docker where they are installed, each by its name" {
	new_user many
	printf '%s\n' many:{100000,200000,1000000}:10 | tee /etc/subgid > /etc/subuid
	sed "s/$/:uid=$uid/" /etc/subuid > $book
	checked
	[ "$status" = 0 ]
	mkdir -p /var/lib/kubelet
	checked
	rmdir /var/lib/kubelet
	for start in 100000 200000 1000000; do
		finds "^overlap uid $start 10 .*kubelet's\\\\x20pods 65536-7274495 many /etc/usernamespaces:"
	done
	mkdir -p /var/lib/lxd
	checked
	rmdir /var/lib/lxd
	finds '^overlap uid 1000000 10 '
	[[ $output = *"LXD's"* ]]
	[ "$(grep -c ^overlap <<< "$output")" = 2 ]
	# Docker takes ids of its own only where it is told to, and until it has a line.
	touch /usr/bin/dockerd
	checked
	[ "$status" = 0 ]
	mkdir -p /etc/docker
	printf '{\n "userns-remap" :\n\t"default"\n}\n' > /etc/docker/daemon.json
	checked
	finds '^overlap uid 100000 10 '
	[[ $output = *"Docker's"* ]]
	[ "$(grep -c ^overlap <<< "$output")" = 2 ]
	useradd -r dockremap
	checked
	userdel dockremap
	rm -r /usr/bin/dockerd /etc/docker
	[ "$status" = 0 ]
}

@test "a live namespace of root's, in a user's range" {
	new_user mapped
	echo "mapped:1800000000:65536:uid=$uid" > $book
	echo 'mapped:1800000000:65536' | tee /etc/subgid > /etc/subuid
	unshare -U sleep 10 3>&- &
	sleeper=$!
	eventually in_own_namespace $sleeper
	echo '0 1800000000 65536' > /proc/$sleeper/uid_map
	checked
	kill $sleeper
	finds "^overlap uid 1800000000 65536 mapped /etc/usernamespaces:1 uid\\\\x200 namespace\\\\x20of\\\\x20process\\\\x20$sleeper "
	checked
	[ "$status" = 0 ]
}

@test "book and copies: what is missing, shorter, or only in a copy" {
	new_user copied
	echo "copied:700000:1000:uid=$uid" > $book
	printf 'copied:700000:999\n' > /etc/subuid
	printf '%s:700000:1000\ncopied:900000:10\n' "$uid" > /etc/subgid
	checked -o KIND,IDS,START,COUNT,PARTY,PLACE,OTHER-PLACE
	finds '^no-copy uid 700000 1000 copied /etc/usernamespaces:1 /etc/subuid$'
	finds '^unbooked gid 900000 10 copied /etc/subgid:2'
	run ! grep -q '^no-copy gid' <<< "$output"
	echo 'subid: sss' >> /etc/nsswitch.conf
	checked
	sed -i '/^subid:/d' /etc/nsswitch.conf
	[ "$status" = 0 ]
}

@test "owners: gone, renamed, not said; a retired range that somebody still has" {
	new_user kept
	printf 'gone:700000:10:uid=55555\nformer:701000:10:uid=%s\nkept:702000:10:\nkept:703000:10:uid=%s,retired=2026-01-31\n' \
		"$uid" "$uid" > $book
	printf 'gone:700000:10\nformer:701000:10\n' | tee /etc/subgid > /etc/subuid
	echo 'kept:703000:10' >> /etc/subuid
	checked
	finds '^gone uid 700000 10 gone /etc/usernamespaces:1'
	finds '^renamed uid 701000 10 former /etc/usernamespaces:2'
	finds '^no-uid uid 702000 10 kept /etc/usernamespaces:3'
	finds '^overlap uid 703000 10 kept /etc/usernamespaces:4\\x20\(retired\) kept /etc/subuid:3 '
}

@test "who is gone or renamed needs no copies: one finding of each" {
	new_user stays
	printf 'one:700000:10:uid=55555\nstays:701000:10:uid=%s\ntwo:702000:10:uid=55556,gid=802000\nformer:703000:10:uid=%s\n' \
		"$uid" "$uid" > $book
	checked -o KIND,IDS,PARTY
	finds '^gone uid one$'
	[ "$(sort <<< "$output")" = "$(printf '%s\n' 'gone uid one' 'gone uid two' 'no-copy gid stays' 'no-copy uid stays' 'renamed uid former')" ]
}

# As nslcd's module says so.
@test "a directory that is down with ENOENT: who may be in it is not called gone, and the rest is checked" {
	cp -a /etc/nsswitch.conf /tmp/check.nsswitch
	cp "$top/build/system/tests/system/libnss_hang.so.2" /usr/lib/
	ldconfig
	sed -i -E 's/^passwd:.*/& hang/' /etc/nsswitch.conf
	new_user local
	printf 'unsure:700000:10:uid=55555\n' > $book
	printf '[host]\npool = 600000-799999\n[user local]\nrange = 800000-800009\n' > /etc/security/userns.conf
	checked
	finds '^gone uid 700000 10 unsure '
	finds '^off-pool uid 800000 10 '
	echo 2 > /run/nss.down
	checked
	rm /run/nss.down
	cp -a /tmp/check.nsswitch /etc/nsswitch.conf
	[ "$status" = 4 ]
	[[ $output != *gone* ]]
	grep -q '^off-pool uid 800000 10 ' <<< "$output"
	[[ $stderr == *"who has the uids of ranges is not known (NSS): No such file or directory"* ]]
}

@test "malformed lines: every one of them, in all three files, by file and line" {
	n=0
	while read -r line; do
		for file in $book /etc/subuid /etc/subgid; do
			printf '%b\n' "$line" >> $file
		done
		n=$((n + 1))
	done <<-'EOF'
		a:99999999999999999999:1
		a:-1:5
		a:0x10:5
		a::5
		a:5:
		a:4294967290:10
		a:5:0
		crlf:1000000:5\r
		nul\0:1000000:5
	EOF
	echo 'a:1:1:colour' >> $book
	head -c 1048576 /dev/zero | tr '\0' x >> /etc/subuid
	checked
	[ "$status" = 1 ]
	for file in $book /etc/subuid /etc/subgid; do
		for ((i = 1; i <= n; i++)); do
			grep -q "^malformed .*$file:$i " <<< "$output"
		done
	done
	grep -q "^malformed .*$book:$((n + 1)) " <<< "$output"
	grep -q "^malformed .*/etc/subuid:$((n + 1)) " <<< "$output"
	[ "$(grep -c ^malformed <<< "$output")" = $((3 * n + 2)) ]
	# No newline at the end is no mistake to a reader.
	rm $book
	printf 'x:700000:10' > /etc/subuid
	: > /etc/subgid
	checked
	[ "$status" = 0 ]
}

@test "what is no file is an error, not a clean host" {
	mkfifo $book
	run timeout 10 userns check
	[ "$status" = 4 ]
	[[ $output = *"$book is not a regular file"* ]]
	rm $book
	rm /etc/subuid
	mkdir /etc/subuid
	run userns check
	rmdir /etc/subuid
	[ "$status" = 4 ]
	[[ $output = *'/etc/subuid is not a regular file'* ]]
}

@test "as JSON, whatever the names, and wrong usage" {
	printf 'a"\\\033\377:700000:10\nb:700005:10\n' > /etc/subuid
	run --separate-stderr userns check --json -o KIND,START,PARTY,PLACE,OTHER
	[ "$status" = 1 ]
	python3 -m json.tool <<< "$output" > /dev/null
	[[ $output = *'/etc/subuid:1'* ]]
	for wrong in "--json --raw" "-o NONE" "-o KIND,KIND" "extra"; do
		# shellcheck disable=SC2086
		run userns check $wrong
		[ "$status" = 2 ]
	done
}

policy=/etc/security/userns.conf

@test "the policy: names that nobody has are a warning, and no failure" {
	new_user known
	printf '[user known]\nsize = 1K\n[group known]\nsize = 2K\n[group %s]\nsize = 3K\n[group 0]\nsize = 1\n' \
		"$(id -g known)0" > "$policy"
	printf '[user "no body"]\nsize = 1K\n[group nogroup-at-all]\nsize = 2K\n' >> "$policy"
	checked
	[ "$status" = 0 ]
	[ "$(wc -l <<< "$output")" = 3 ]
	grep -qE "^no-group +\[group\\\\x20[0-9]+\] $policy:5 " <<< "$output"
	grep -qE "^no-user +\[user\\\\x20.*no.*body.*\] $policy:9 " <<< "$output"
	grep -qE "^no-group +\[group\\\\x20nogroup-at-all\] $policy:11 " <<< "$output"
}

@test "the policy: ranges that meet each other, lines, accounts, and the pool's end" {
	new_user first
	new_user second
	new_user third
	useradd -u 600005 -M inrange
	printf '[host]\npool = 600000-799999\n[default]\nsize = 10\n' > "$policy"
	printf '[user first]\nrange = 700000-700999\n[user second]\nrange = 700999-701999\n' >> "$policy"
	mkdir $policy.d
	printf '[user third]\nrange = 800000-800009\n' > $policy.d/10.conf
	printf '[user inrange]\nrange = 600000-600009\n' > $policy.d/20.conf
	checked
	finds "^overlap uid 700999 1 first $policy:6 second $policy:8 "
	finds "^overlap gid 700999 1 first $policy:6 second $policy:8 "
	finds "^overlap uid 600005 1 inrange $policy.d/20.conf:2 inrange real"
	finds "^off-pool uid 800000 10 \\[user\\\\x20third\\] $policy.d/10.conf:2 "
	[ "$(grep -c ^off-pool <<< "$output")" = 1 ]
	# Where the policy itself keeps new ranges away, a login would be refused.
	printf '[host]\navoid = 700000-700000\nreal-ids = 710000-719999\n' > $policy.d/00.conf
	sed -i 's/700999-701999/719999-720100/' "$policy"
	checked
	finds "^off-pool uid 700000 1000 \\[user\\\\x20first\\] $policy:6 .*avoid"
	finds "^off-pool uid 719999 102 \\[user\\\\x20second\\] $policy:8 .*real-ids"
	rm $policy.d/00.conf
	sed -i 's/719999-720100/700999-701999/' "$policy"
	# A line of the book that is another's, and one's own.
	printf 'first:700000:1000:uid=%s\nthird:701500:10:uid=%s\n' "$(id -u first)" "$(id -u third)" > $book
	printf 'first:700000:1000\nthird:701500:10\n' | tee /etc/subuid > /etc/subgid
	sed -i 's/700999-701999/701000-701999/' "$policy"
	checked
	finds "^overlap uid 701500 10 second $policy:8 third /etc/usernamespaces:2 "
	run ! grep -q '^overlap.*first' <<< "$output"
	userdel inrange
}

@test "the policy: sections that change nothing" {
	new_user plain
	groupadd -g 7100 checkers
	cat > "$policy" <<-'EOF'
		[default]
		[group checkers]
		size = 1K
		[group 7100]
		size = 2K
		[uid 1000-2000]
		size = 1K
		root = range
		[uid 1500-1600]
		root = user
		[uid 1500-2001]
		root = user
		[uid 1600-1600]
		setgroups = deny
		[user plain]
		[user daemon]
		size = 1K
		[user games]
		delegate = yes
		[user nobody]
		delegate = yes
	EOF
	checked
	[ "$status" = 1 ]
	[ "$(awk '$1 == "no-effect" {print $3}' <<< "$output" | sed 's/.*://' | sort -n | paste -sd' ')" = '4 9 15 16 20' ]
	[[ $output = *'delegate\x20=\x20yes'* ]]
	[ "$(grep -vc ^no-effect <<< "$output")" = 0 ]
	groupdel checkers
}

@test "the policy: a pool too small for all; one that cannot be read; copies that it does not want" {
	new_user many1
	new_user many2
	printf '[host]\npool = 1400000000-1400065535\n' > "$policy"
	checked
	[ "$status" = 0 ]
	grep -q "^full-pool uid 1400000000 65536 \\[host\\] $policy:2 .*need" <<< "$output"
	printf '[host]\npool = 1400000000-1400065535\n[default]\nsize = 1\n' > "$policy"
	checked
	[ "$status" = 0 ]
	printf '[default]\nsize = x\n' > "$policy"
	checked
	finds "^policy +$policy .*size.*=.*x:.*expected"
	echo "many1:700000:10:uid=$(id -u many1)" > $book
	printf '[host]\nmirror = no\n' > "$policy"
	checked
	[ "$status" = 0 ]
	printf '[host]\nmirror = auto\n' > "$policy"
	checked
	finds '^no-copy uid 700000 10 many1 '
	echo 'subid: sss' >> /etc/nsswitch.conf
	checked
	[ "$status" = 0 ]
	printf '[host]\nmirror = yes\n' > "$policy"
	checked
	sed -i '/^subid:/d' /etc/nsswitch.conf
	finds '^no-copy uid 700000 10 many1 '
}
