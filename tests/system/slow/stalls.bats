# SPDX-License-Identifier: BSD-3-Clause
# A disk that stalls: whoever would write to /etc hangs in the kernel, where no signal reaches.

load ../common

setup() {
	needs_sandbox
	[ -e /dev/loop-control ] || mknod /dev/loop-control c 10 237
	for n in {0..15}; do [ -e /dev/loop$n ] || mknod /dev/loop$n b 7 "$n"; done
	truncate -s 64M /mnt/disk
	mkfs.ext4 -q /mnt/disk
	mkdir -p /mnt/stalled
	mount -o loop /mnt/disk /mnt/stalled || skip "no loop device here"
	cp -a /etc/. /mnt/stalled/
	mount --bind /mnt/stalled /etc
	mark_log
}

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] && mountpoint -q /mnt/stalled || return 0
	fsfreeze --unfreeze /mnt/stalled 2>/dev/null || true
	umount /etc
	umount /mnt/stalled
}

states_of_helpers() {
	pgrep -x userns-helper | while read -r pid; do awk '{print $3}' "/proc/$pid/stat"; done
}

@test "a disk that stalls: the login goes on after timeout=, and nothing of the helper is the login's any more" {
	new_user stalled
	login_as stalled
	new_user fresh
	module_arguments timeout=1
	fsfreeze --freeze /mnt/stalled
	begin=$(milliseconds)
	login_as fresh
	took=$(($(milliseconds) - begin))
	states=$(states_of_helpers)
	# Who has all on record writes nothing there.
	"$pamhost" /tmp/stalled.report userns-test stalled /usr/bin/mountpoint -q "/run/userns/$(id -u stalled)/user"
	fsfreeze --unfreeze /mnt/stalled
	eventually no_helper_left
	reported 'open 14'
	reported 'opened children none'
	userns_log | grep -qE 'not done in time|gave no answer in 1 s and was killed'
	[ "$took" -ge 700 ]
	[ "$took" -lt 3000 ]
	# It did hang where signals do not reach; so it was not just slow.
	[ "$states" = D ]
	report=/tmp/stalled.report reported 'open 0'
	module_arguments ''
	login_as fresh
	reported 'open 0'
	one_range_everywhere fresh
	no_namespace_left "$uid"
	[ ! -e /etc/subuid.lock ]
}
