# SPDX-License-Identifier: BSD-3-Clause
# What an admin gives and takes without a login: grant, revoke, reserve, unreserve.

load common

book=/etc/usernamespaces

# Bats merges what is said with what is printed, where the order is not ours.
asked() {
	run --separate-stderr userns "$@"
}

setup_file() {
	bats_require_minimum_version 1.5.0
}

@test "grant: a range in all three files, the one that a login then uses" {
	new_user granted
	asked grant granted
	[ "$status" = 0 ]
	[ "$output" = "granted:$(range_of "$uid")" ]
	[[ $stderr = *"allocated the range $(range_of "$uid") of ids"* ]]
	one_range_everywhere granted
	no_namespace_left "$uid"
	files=$(files_sum)
	asked grant granted
	[ "$status" = 0 ]
	[ -z "$stderr" ]
	login_as granted
	reported 'open 0'
	[ "$(files_sum)" = "$files" ]
}

@test "grant --size: one more range where that is more, nothing where it is less" {
	new_user larger
	userns grant larger
	first=$(range_of "$uid")
	asked grant --size=1M larger
	[ "$status" = 0 ]
	[ "${lines[0]}" = "larger:$first" ]
	[ "$(awk -F: '{sum += $3} END {print sum}' <<< "$output")" = 1048576 ]
	[ "$(grep -c '^larger:' $book)" = 2 ]
	[ "$(grep -c '^larger:' /etc/subuid)" = 2 ]
	files=$(files_sum)
	userns grant --size=10 larger
	[ "$(files_sum)" = "$files" ]
	hold larger
	as_user larger userns exec -- cat /proc/self/uid_map > /tmp/larger.map
	release larger
	[ "$(awk '{sum += $3} END {print sum}' /tmp/larger.map)" = 1048577 ]
}

@test "grant: a service's account can have a range, root and nobody cannot" {
	useradd -r -M service
	[ "$(id -u service)" -lt 1000 ]
	userns grant service
	one_range_everywhere service
	files=$(files_sum)
	for name in root nobody; do
		asked grant $name
		[ "$status" = 1 ]
		[[ $stderr = *'is a system account'* ]]
	done
	asked grant nobody-has-this-name
	[ "$status" = 1 ]
	[[ $stderr = *"there is no user 'nobody-has-this-name'"* ]]
	[ "$(files_sum)" = "$files" ]
}

@test "grant: says that the policy lets a login make no namespace; --size cannot bend range =" {
	new_user denied
	printf '[user denied]\ndelegate = no\nrange = 1700003840-1700069375\n' > /etc/security/userns.conf
	asked grant --size=10 denied
	[ "$status" = 1 ]
	[[ $stderr = *'says range = for denied'* ]]
	[ -z "$(range_of "$uid")" ]
	asked grant denied
	rm /etc/security/userns.conf
	[ "$status" = 0 ]
	[ "$output" = denied:1700003840:65536 ]
	[[ $stderr = *'delegate = no'* ]]
}

@test "revoke: the lines are retired, the copies go, and the next login gets other ids" {
	new_user revoked
	userns grant revoked
	range=$(range_of "$uid")
	sed -i '1i # a comment' $book
	asked revoke revoked
	[ "$status" = 0 ]
	[ "$output" = "revoked:$range" ]
	grep -qx "revoked:$range:uid=$uid,retired=$(date -u +%F)" $book
	grep -qx '# a comment' $book
	run ! grep -q '^revoked:' /etc/subuid /etc/subgid
	login_as revoked
	reported 'open 0'
	[ "$(grep -c '^revoked:' /etc/subuid)" = 1 ]
	run ! grep -q "^revoked:$range" /etc/subuid /etc/subgid
	[ -z "$(overlaps $book)" ]
}

@test "revoke: nothing on record is an error, and so is a second time" {
	new_user without
	for name in without 99999 nobody-has-this-name; do
		asked revoke $name
		[ "$status" = 1 ]
		[[ $stderr = *'has no range on record'* ]]
	done
	userns grant without
	userns revoke without
	files=$(files_sum)
	asked revoke without
	[ "$status" = 1 ]
	[ "$(files_sum)" = "$files" ]
}

@test "revoke: a user who is gone, by name and by uid; others keep theirs" {
	new_user gone1
	uid1=$uid
	userns grant gone1
	new_user gone2
	uid2=$uid
	userns grant gone2
	new_user stays
	userns grant stays
	# userdel would take the lines of subuid away.
	sed -i '/^gone/d' /etc/passwd
	userns revoke gone1
	userns revoke "$uid2"
	[ "$(grep -cE "^gone[12]:.*:uid=($uid1|$uid2),retired=" $book)" = 2 ]
	run ! grep -q '^gone' /etc/subuid /etc/subgid
	one_range_everywhere stays
	run ! grep -q '^stays.*retired' $book
}

@test "revoke: what only shadow's files have is retired as well, and never lost" {
	new_user unbooked
	userns grant unbooked
	echo "unbooked:1600000000:1000" >> /etc/subuid
	echo "$uid:1600100000:1000" >> /etc/subgid
	userns revoke unbooked
	grep -qx "unbooked:1600000000:1000:uid=$uid,adopted,retired=$(date -u +%F)" $book
	grep -qx "unbooked:1600100000:1000:uid=$uid,adopted,retired=$(date -u +%F)" $book
	run ! grep -qE "^(unbooked|$uid):" /etc/subuid /etc/subgid
}

@test "revoke: what is wholly somebody else's is just dropped; where it is in part, it refuses" {
	new_user mixed
	userns grant mixed
	mixed_range=$(range_of "$uid")
	new_user owner
	userns grant owner
	start=$(range_of "$uid" | cut -d: -f1)
	echo "mixed:$start:65537" >> /etc/subuid
	files=$(files_sum)
	asked revoke mixed
	[ "$status" = 1 ]
	[[ $stderr = *"meets owner's"*"mend that first"* ]]
	[ "$(files_sum)" = "$files" ]
	sed -i "s/^mixed:$start:65537/mixed:$start:65536/" /etc/subuid
	asked revoke mixed
	[ "$status" = 0 ]
	[ "$output" = "mixed:$mixed_range" ]
	run ! grep -q '^mixed:' /etc/subuid /etc/subgid
	[ "$(grep -c '^mixed:' $book)" = 1 ]
	one_range_everywhere owner
}

@test "revoke: an idle namespace goes; one in use stays, and it is said why" {
	new_user busy
	hold busy
	asked revoke busy
	[ "$status" = 0 ]
	[[ $stderr = *'stays as long as its sessions: 1'* ]]
	[ -e "/run/userns/$uid/user" ]
	release busy
	eventually no_namespace_left "$uid"
	new_user idle
	"$helper" open idle
	[ -e "/run/userns/$uid/user" ]
	userns revoke idle
	no_namespace_left "$uid"
}

@test "revoke, killed at any step, is completed by the next, and the ids stay on record" {
	for n in {1..40}; do
		name=cut$n
		echo "$name:x:$((30000 + n)):100::/:/bin/sh" >> /etc/passwd
		userns grant $name 2> /dev/null
		range=$(range_of $((30000 + n)))
		status=0
		strace -f -qq -o /dev/null -e trace=rename,renameat,fsync,unlinkat,unlink,link \
			-e inject=rename,renameat,fsync,unlinkat,unlink,link:signal=KILL:when=$n \
			userns revoke $name > /dev/null 2>&1 || status=$?
		# Whatever there is, these ids are nobody else's.
		grep -q "^$name:$range:" $book
		[ "$status" = 137 ] || break
		userns revoke $name > /dev/null 2>&1 || true
		grep -q "^$name:$range:.*retired=" $book
		run ! grep -q "^$name:" /etc/subuid /etc/subgid
		[ ! -e /etc/subuid.lock ]
	done
	[ "$n" -gt 6 ]
	[ "$status" = 0 ]
}

@test "reserve: a place that is named, or one that is chosen; nobody gets it" {
	asked reserve incus 1200029696:131072
	[ "$status" = 0 ]
	[ "$output" = incus:1200029696:131072 ]
	grep -qx incus:1200029696:131072:reserved $book
	# Again, and in the policy's notation: nothing changes.
	files=$(files_sum)
	asked reserve incus 1200029696-1200160767
	[ "$status" = 0 ]
	[[ $stderr = *'reserved already'* ]]
	[ "$(files_sum)" = "$files" ]
	asked reserve --size=128K engine
	[ "$status" = 0 ]
	grep -qx "$output:reserved" $book
	run ! grep -qE '^(incus|engine):' /etc/subuid /etc/subgid
	new_user beside
	printf '[host]\npool = 1200029696-1200226303\n' > /etc/security/userns.conf
	login_as beside
	rm /etc/security/userns.conf
	[ "$(range_of "$uid")" = 1200160768:65536 ]
	[ -z "$(overlaps $book)" ]
}

@test "reserve: where a program that is installed takes its ids, but no user's, real one's or system's" {
	new_user ranged
	userns grant ranged
	useradd -u 1500000005 -M real
	while IFS=, read -r range text; do
		files=$(files_sum)
		asked reserve taken "$range"
		[ "$status" = 1 ]
		[[ $stderr = *"$text"* ]]
		[ "$(files_sum)" = "$files" ]
	done <<-EOF
		$(range_of "$uid"),meets ranged's
		1500000000-1500000010,meets
		1000-70000,are the host's
		5-4,is no range of ids
		1:0,is no range of ids
		4294967290:6,is no range of ids
		x,is no range of ids
	EOF
	mkdir -p /var/lib/incus
	userns reserve incus2 999000000:200000
	rmdir /var/lib/incus
	for name in 1234 a:b '' -x 'a b'; do
		asked reserve -- "$name" 1800000000:10
		[ "$status" = 1 ]
		[[ $stderr = *'cannot stand in the book'* ]]
	done
	asked reserve nowhere
	[ "$status" = 1 ]
	[[ $stderr = *'which ids'* ]]
	asked reserve --size=10 nowhere 1800000000:10
	[ "$status" = 1 ]
}

@test "unreserve: retires one of them, or all, and what was never reserved is an error" {
	userns reserve several 1810000000:10
	userns reserve several 1820000000:10
	userns reserve several 1830000000:10
	asked unreserve several 1820000000-1820000009
	[ "$status" = 0 ]
	[ "$output" = several:1820000000:10 ]
	[ "$(grep -c '^several:.*:reserved$' $book)" = 2 ]
	grep -qx "several:1820000000:10:reserved,retired=$(date -u +%F)" $book
	asked unreserve several
	[ "$status" = 0 ]
	[ "${#lines[@]}" = 2 ]
	[ "$(grep -c '^several:.*retired=' $book)" = 3 ]
	for what in several nobody; do
		asked unreserve $what
		[ "$status" = 1 ]
		[[ $stderr = *'is reserved for'* ]]
	done
	# Retired ids are not to be had by reserving them.
	asked reserve other 1820000000:10
	[ "$status" = 1 ]
	[[ $stderr = *"meets several's"* ]]
}

@test "a malformed line: nothing new is given or reserved, but what there is can be taken away" {
	new_user before
	userns grant before
	userns reserve before-too 1840000000:10
	new_user after
	cp $book /tmp/book.kept
	echo 'garbage' >> $book
	for verb in "grant after" "reserve after 1850000000:10"; do
		# shellcheck disable=SC2086
		asked $verb
		[ "$status" = 1 ]
		[[ $stderr = *'malformed line'* ]]
	done
	userns revoke before
	userns unreserve before-too
	grep -qx garbage $book
	[ "$(grep -cE '^before(-too)?:.*retired=' $book)" = 2 ]
	sed -i '/^garbage$/d' $book
}

@test "who is not root is refused, and wrong usage is told" {
	new_user plain
	for verb in "grant plain" "revoke plain" "reserve x 1860000000:10" "unreserve x"; do
		# shellcheck disable=SC2086
		run as_user plain userns $verb
		[ "$status" = 1 ]
		[[ $output = *'must be run by root'* ]]
	done
	for wrong in grant "grant a b" revoke "reserve a b c" "grant --session=1 plain" "grant --size=0 plain" "unreserve --size=1 a" "grant --no-such plain"; do
		# shellcheck disable=SC2086
		run userns $wrong
		[ "$status" = 2 ]
	done
	[ -z "$(range_of "$uid")" ]
}

@test "revoke of a user who is gone, by name, lets go of the namespace" {
	new_user gone
	login=$uid
	"$helper" --pid=$$ open gone > /dev/null 2>&1
	"$helper" --pid=$$ open gone > /dev/null 2>&1
	rm "/run/userns/$login/sessions/"*
	[ -e "/run/userns/$login/user" ]
	userdel gone
	run userns revoke gone
	[ "$status" = 0 ]
	no_namespace_left "$login"
}

@test "grant --size: where it cannot be more, that is said" {
	new_user slotted
	printf '[default]\nallocate = by-uid\n' > /etc/security/userns.conf
	userns grant slotted 2> /dev/null
	run userns grant --size 128K slotted
	rm /etc/security/userns.conf
	[ "$status" = 0 ]
	[[ $output = *'slotted has fewer than 131072 ids'* ]]
}

@test "a number is no name to reserve for" {
	run userns reserve 0 300000000-300065535
	[ "$status" = 1 ]
	[[ $output = *"'0' cannot stand in the book as a name"* ]]
}
