# SPDX-License-Identifier: BSD-3-Clause
# "userns reclaim": retired ids are free again when no file and no process has them, and not before.

load common

book=/etc/usernamespaces

setup_file() {
	bats_require_minimum_version 1.5.0
}

# A range that was granted and revoked; sets start.
retired() {
	new_user "$1"
	userns grant "$1" 2> /dev/null
	start=$(range_of "$uid" | cut -d: -f1)
	userns revoke "$1" 2> /dev/null
}

# It is refused with this in the reason, and the book stays as it was.
kept() {
	local before
	before=$(cksum < $book)
	run timeout 120 userns reclaim "$start"
	[ "$status" = 1 ] && [[ $output = *"$1"* ]] && [ "$(cksum < $book)" = "$before" ] ||
		{ printf '%s\n' "$output" >&2; return 1; }
}

@test "a file by uid, by gid, in a closed directory, on another file system, below a mount" {
	retired left
	mkdir -p /home/closed /srv/other /srv/below
	touch /home/closed/file
	chown $((start + 5)) /home/closed/file
	chmod 700 /home/closed
	kept "/closed/file belongs to $((start + 5)):0"
	chown 0:$((start + 65535)) /home/closed/file
	kept "belongs to 0:$((start + 65535))"
	chown 0:$((start + 65536)) /home/closed/file
	mount -t tmpfs tmpfs /srv/other
	mkdir /srv/other/deep
	chown "$start" /srv/other/deep
	kept "/deep belongs to $start:0; in the file system on /srv/other"
	chown 0 /srv/other/deep
	chown "$start" /srv/other
	kept "/ belongs to $start:0; in the file system on /srv/other"
	chown 0 /srv/other
	mount --make-unbindable /srv/other
	kept "the mount on /srv/other is unbindable"
	umount /srv/other
	mount -t tmpfs outer /srv/below
	mkdir /srv/below/hidden
	touch /srv/below/hidden/file
	chown "$start" /srv/below/hidden/file
	mount -t tmpfs inner /srv/below/hidden
	kept "/hidden/file belongs to $start:0"
	umount /srv/below/hidden
	umount /srv/below
	# What stands beside the range is nobody's business; and then the ids are free.
	sed -i '1i # a comment' $book
	run timeout 120 userns reclaim "$start"
	[ "$status" = 0 ]
	[[ $output = *'free from now on'* ]]
	grep -qx '# a comment' $book
	run ! grep -q '^left:' $book
	new_user next
	userns grant next
	[ "$(range_of "$uid" | cut -d: -f1)" = "$start" ]
}

@test "a process, by its uid, by a group" {
	retired running
	setpriv --reuid $((start + 7)) --clear-groups sleep 60 3>&- &
	sleeper=$!
	eventually grep -q "^Uid:.*$((start + 7))" /proc/$sleeper/status
	kept "process $sleeper has such an id"
	kill $sleeper
	wait $sleeper || true
	setpriv --groups $((start + 9)) sleep 60 3>&- &
	sleeper=$!
	eventually grep -q "^Groups:.*$((start + 9))" /proc/$sleeper/status
	kept "process $sleeper has such an id"
	kill $sleeper
	wait $sleeper || true
}

@test "a namespace that maps them: pinned with nobody inside, or with a process; also with --force" {
	new_user mapper
	"$helper" --pid=$$ open mapper > /dev/null 2>&1
	start=$(range_of "$uid" | cut -d: -f1)
	[ -e "/run/userns/$uid/user" ]
	userns revoke mapper 2> /dev/null
	kept "the namespace of uid $uid maps ids of it"
	run userns reclaim --force "$start"
	[ "$status" = 1 ]
	[[ $output = *"the namespace of uid $uid maps ids of it"* ]]
	grep -q "^mapper:$start:.*retired=" $book
	as_user mapper userns exec -- sleep 600 &
	inside=$!
	eventually pgrep -x sleep
	run userns reclaim --force "$start"
	[ "$status" = 1 ]
	[[ $output = *'the namespace of process '*' maps ids of it'* ]]
	pkill -x sleep
	wait "$inside" || true
	"$helper" --pid=$$ close "$uid"
	run timeout 120 userns reclaim "$start"
	[ "$status" = 0 ]
}

# Runs a command in the background; sets keeper. It is root's, who had nothing to do with the range.
keep() {
	"$@" 3>&- &
	keeper=$!
}

let_go() {
	kill "$keeper"
	wait "$keeper" || true
}

@test "a setuid program that is open, or runs, and has no name any more" {
	retired opener
	cp /bin/sleep /home/program
	chown $((start + 5)) /home/program
	chmod 4755 /home/program
	keep sleep 600 8< /home/program
	rm /home/program
	kept "process $keeper holds /proc/$keeper/task/$keeper/fd/8, which belongs to $((start + 5)):0"
	let_go
	cp /bin/sleep /home/program
	chown "0:$start" /home/program
	chmod 6755 /home/program
	# Where no_new_privs is set, it is as yet nobody else's process.
	keep setpriv --no-new-privs /home/program 600
	eventually grep -qx program "/proc/$keeper/comm"
	rm /home/program
	kept "process $keeper holds /proc/$keeper/task/$keeper/exe, which belongs to 0:$start"
	let_go
	mkdir /home/emptied
	chown "$start" /home/emptied
	keep env -C /home/emptied sleep 600
	eventually grep -qx sleep "/proc/$keeper/comm"
	rmdir /home/emptied
	kept "process $keeper holds /proc/$keeper/task/$keeper/cwd, which belongs to $start:0"
	let_go
}

@test "a process of who had the range, whatever it has; not with --force" {
	retired former
	keep setpriv --reuid "$uid" --clear-groups sleep 600
	eventually grep -q "^Uid:.*$uid" "/proc/$keeper/status"
	kept "process $keeper is of uid $uid, whose range it was"
	userdel former 2>/dev/null || sed -i '/^former:/d' /etc/passwd
	kept "process $keeper is of uid $uid, whose range it was"
	run userns reclaim --force "$start"
	[ "$status" = 0 ]
	let_go
}

# A user with a namespace, which is there until nobody holds it; sets start and uid.
logged_in() {
	new_user "$1"
	"$helper" --pid=$$ open "$1" > /dev/null 2>&1
	start=$(range_of "$uid" | cut -d: -f1)
}

logged_out() {
	"$helper" --pid=$$ close "$uid"
	no_namespace_left "$uid"
	userns revoke "$1" 2> /dev/null
}

# Also with --force.
kept_always() {
	kept "$1" &&
		run userns reclaim --force "$start" &&
		[ "$status" = 1 ] && [[ $output = *"$1"* ]]
}

@test "a namespace that a process holds open: by itself, or by another that belongs to one below it" {
	logged_in holder
	keep sleep 600 8< "/run/userns/$uid/user"
	by_itself=$keeper
	as_user holder userns exec -- unshare --user --net sleep 601 3>&- &
	eventually pgrep -f -x 'sleep 601'
	inside=$(pgrep -f -x 'sleep 601')
	keep sleep 600 8< "/proc/$inside/ns/net"
	kill "$inside"
	eventually_gone "$inside"
	logged_out holder
	kept_always "process $by_itself holds /proc/$by_itself/task/$by_itself/fd/8, a namespace that maps ids of it"
	kill "$by_itself"
	wait "$by_itself" || true
	kept_always "process $keeper holds /proc/$keeper/task/$keeper/fd/8, a namespace that maps ids of it"
	let_go
	run userns reclaim --force "$start"
	[ "$status" = 0 ]
}

eventually_gone() {
	eventually not_there "/proc/$1"
}

not_there() {
	[ ! -e "$1" ]
}

# The pin itself goes everywhere, as the file that it is mounted on is removed.
@test "a namespace that is mounted elsewhere, where only a process sees it, also below another mount" {
	logged_in mounter
	touch /srv/pin
	keep unshare --mount --propagation private sh -c "mount --bind /run/userns/$uid/user /srv/pin && exec sleep 600"
	eventually grep -qx sleep "/proc/$keeper/comm"
	logged_out mounter
	kept_always "process $keeper has a namespace that maps ids of it mounted on /srv/pin"
	nsenter --mount="/proc/$keeper/ns/mnt" mount -t tmpfs over /srv
	kept_always "mounted on /srv/pin, hidden by what is there"
	nsenter --mount="/proc/$keeper/ns/mnt" umount /srv
	nsenter --mount="/proc/$keeper/ns/mnt" umount /srv/pin
	run userns reclaim --force "$start"
	[ "$status" = 0 ]
	let_go
}

@test "a POSIX message queue" {
	grep -qw mqueue /proc/filesystems || skip "this kernel has no message queues"
	retired sender
	mount -t mqueue queues /srv
	touch /srv/q
	chown $((start + 3)) /srv/q
	umount /srv
	kept "/q belongs to $((start + 3)):0; a POSIX message queue"
	mount -t mqueue queues /srv
	rm /srv/q
	umount /srv
}

@test "a file of huge pages" {
	grep -qw hugetlbfs /proc/filesystems || skip "this kernel has no hugetlbfs"
	retired pager
	mount -t hugetlbfs pages /srv
	touch /srv/f
	chown "$start" /srv/f
	kept "/f belongs to $start:0; in the file system on /srv"
	umount /srv
}

@test "what System V has" {
	retired sharer
	for kind in '-M 4096' -Q '-S 1'; do
		# shellcheck disable=SC2086
		object=$(setpriv --reuid $((start + 4)) --regid 5 --clear-groups ipcmk $kind | grep -o '[0-9]*$')
		letter=${kind:1:1}
		kept "$object (ipcrm -${letter,}) belongs to $((start + 4)):5; the range stays retired"
		ipcrm "-${letter,}" "$object"
	done
}

# Sends a signal to every process that it may, over and over.
pelt() {
	as_user "$1" perl -e 'kill $ARGV[0], -1 while 1' "$2" 3>&- &
}

# Reclaims in vain, until it is told that the owner of a namespace did that.
told_of() {
	for _ in {1..200}; do
		run timeout 60 userns reclaim "$start"
		[ "$status" = 1 ] || break
		[[ $output != *"the process for the user namespace was $1"*"end the processes of uid $uid, which may do that"* ]] || return 0
	done
	printf '%s\n' "$status" "$output" >&2
	return 1
}

@test "a user who stops or kills what looks into their namespace holds up nobody, and is named" {
	retired watched
	setpriv --reuid $((start + 7)) --clear-groups sleep 600 3>&- &
	sleeper=$!
	new_user pelter
	"$helper" --pid=$$ open pelter > /dev/null 2>&1
	pelt pelter STOP
	told_of stopped
	pkill -KILL -u pelter
	pelt pelter KILL
	told_of lost
	pkill -KILL -u pelter
	kept "process $sleeper has such an id"
	kill $sleeper
	wait
	"$helper" --pid=$$ close "$uid"
	no_namespace_left "$uid"
}

@test "a login that never ends holds up nobody's reclaim, and is told" {
	retired waiting
	setpriv --reuid $((start + 7)) --clear-groups sleep 600 3>&- &
	sleeper=$!
	lock_rundir 50200
	kept "a login or logout of uid 50200 has been under way for 5 seconds"
	# One that ends in time is waited for.
	userns reclaim "$start" 2> /tmp/waiting.text && false & reclaiming=$!
	sleep 0.5
	kill -0 $reclaiming
	unlock_rundir 50200
	wait $reclaiming || true
	grep -q "process $sleeper has such an id" /tmp/waiting.text
	kill $sleeper
	wait
	rm -r /run/userns/50200
}

@test "a name that would upset a terminal is told printably" {
	retired hostile
	touch $'/home/a\nb\033[31m'
	chown "$start" $'/home/a\nb\033[31m'
	kept "/a?b?[31m belongs to $start:0"
	rm $'/home/a\nb\033[31m'
	# So is the line itself.
	printf 'a\033[2J:400000000:65536:retired=2026-01-01\n' >> $book
	run userns reclaim --force 400000000
	[ "$status" = 0 ]
	[ "${lines[0]}" = 'a?[2J:400000000:65536:retired=2026-01-01' ]
}

# Ends a walk in the middle: every look takes a while.
broken_off() {
	timeout -s KILL 3 strace -f -qq -o /dev/null -e trace=newfstatat,fstatat64 \
		-e inject=newfstatat,fstatat64:delay_enter=200 userns reclaim "$start" > /dev/null 2>&1 || true
}

@test "a walk that was killed goes on where it was; --restart does not" {
	retired broken
	mount -t tmpfs tmpfs /mnt
	mkdir /mnt/{a,b,c}
	(cd /mnt/a && seq 3000 | xargs touch)
	(cd /mnt/c && seq 3000 | xargs touch)
	broken_off
	# What is walked, by its line and its mounts, as the walk itself has written it.
	IFS= read -r -d '' line < "/var/lib/userns/reclaim-$start"
	[[ $line = "$(grep '^broken:' $book)"* ]]
	printf '%s\0%s\0%s\0' "$line" /mnt ./b > "/var/lib/userns/reclaim-$start"
	# What lies behind was looked at by the first walk: so this shows that it is not looked at again.
	chown "$start" /mnt/a/5
	cp $book /tmp/book.kept
	run timeout 120 userns reclaim --restart "$start"
	[ "$status" = 1 ]
	[[ $output = *"/a/5 belongs to $start:0"* ]]
	# A walk that found something leaves nothing to go on from.
	[ ! -e "/var/lib/userns/reclaim-$start" ]
	kept "/a/5 belongs to"
	chown 0 /mnt/a/5
	chown "$start" /mnt/c/5
	printf '%s\0%s\0%s\0' "$line" /mnt ./b > "/var/lib/userns/reclaim-$start"
	kept "/c/5 belongs to"
	chown "$start" /mnt/a/5
	chown 0 /mnt/c/5
	printf '%s\0%s\0%s\0' "$line" /mnt ./b > "/var/lib/userns/reclaim-$start"
	run timeout 120 userns reclaim "$start"
	[ "$status" = 0 ]
	[[ $output = *'goes on where an earlier walk was broken off'* ]]
	# Damaged, too old, of another line, or another's: not believed.
	for state in 'garbage' "$line" "$line\\0/mnt\\0" "x$line\\0/mnt\\0./b\\0"; do
		cp /tmp/book.kept $book
		printf '%b' "$state" > "/var/lib/userns/reclaim-$start"
		kept "/a/5 belongs to"
	done
	printf '%s\0%s\0%s\0' "$line" /mnt ./b > "/var/lib/userns/reclaim-$start"
	touch -d '2 days ago' "/var/lib/userns/reclaim-$start"
	kept "/a/5 belongs to"
	printf '%s\0%s\0%s\0' "$line" /mnt ./b > "/var/lib/userns/reclaim-$start"
	chown 5 "/var/lib/userns/reclaim-$start"
	kept "/a/5 belongs to"
	# Another file system in the same place has not been walked.
	printf '%s\0%s\0%s\0' "$line" /mnt ./b > "/var/lib/userns/reclaim-$start"
	umount /mnt
	mount -t tmpfs tmpfs /mnt
	mkdir /mnt/a
	touch /mnt/a/5
	chown "$start" /mnt/a/5
	kept "/a/5 belongs to"
	umount /mnt
}

@test "killed in the middle, it has written where it was" {
	retired killed
	rm -rf /var/lib/userns
	broken_off
	[ -s "/var/lib/userns/reclaim-$start" ]
	[ "$(stat -c %a /var/lib/userns)" = 700 ]
	grep -q '^killed:.*retired=' $book
	run timeout 120 userns reclaim "$start"
	[ "$status" = 0 ]
	[[ $output = *'goes on where'* ]]
}

@test "a progress bar on a terminal, and none elsewhere" {
	retired shown
	run timeout 120 script -qec "userns reclaim $start" /dev/null
	[[ $output = *'% '*' files '* ]]
	[[ $output = *'free from now on'* ]]
	retired silent
	run timeout 120 userns reclaim "$start"
	[[ $output != *'% '* ]]
}

@test "what is not retired, not there, or still in a copy; --force says its risk" {
	new_user active
	userns grant active
	userns reserve held 1700003840:10
	for what in active 1700003840 nobody; do
		run userns reclaim $what
		[ "$status" = 1 ]
	done
	[[ $output = *"no retired range of 'nobody'"* ]]
	retired still
	echo "still:$start:65536" >> /etc/subuid
	run userns reclaim --force "$start"
	[ "$status" = 1 ]
	[[ $output = *"/etc/subuid:"*"still gives ids"* ]]
	sed -i '$d' /etc/subuid
	touch /home/file
	chown "$start" /home/file
	run userns reclaim --force still
	rm /home/file
	[ "$status" = 0 ]
	[[ $output = *'who gets these ids next gets every file'* ]]
	run ! grep -q '^still:' $book
	run as_user active userns reclaim active
	[ "$status" = 1 ]
	[[ $output = *'must be run by root'* ]]
}

@test "of two retired ranges that begin alike, one by START:COUNT; another form is none" {
	printf '%s\n' a:400000000:65536:retired=2026-01-01 b:400000000:131072:retired=2026-01-01 >> $book
	run userns reclaim --force 400000000
	[ "$status" = 1 ]
	[[ $output = *'name one by START:COUNT'* ]]
	for wrong in 400000000: :65536 400000000:65537 400000000:65536: 400000000:65536:x; do
		run userns reclaim --force "$wrong"
		[ "$status" = 1 ]
	done
	run userns reclaim --force 400000000:65536
	[ "$status" = 0 ]
	run ! grep -q ^a: $book
	grep -q ^b: $book
	sed -i '/^b:/d' $book
}
