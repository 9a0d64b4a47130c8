# SPDX-License-Identifier: BSD-3-Clause
# Services in a mount namespace of their own: the pin is the host's, wherever it can be.

load common

# As systemd has it on a host, and gives it to a service.
setup() {
	needs_sandbox
	mount --make-rshared /run
	mark_log
}

teardown() {
	[ "${USERNS_SANDBOX:-}" != inside ] || mount --make-rprivate /run
}


@test "the host sees the pin of a service with private mounts, and so does the service" {
	new_user private
	report=$(mktemp)
	unshare --mount --propagation slave sh -c "mount -t tmpfs private /mnt && mount --bind /etc /etc && mount -o remount,bind,ro /etc &&
		exec $pamhost $report userns-test private /bin/sh -c 'stat -Lc %i /run/userns/$uid/user > /tmp/private.there
			touch /tmp/private.in; until [ -e /tmp/private.out ]; do sleep 0.1; done'" 3>&- &
	eventually test -e /tmp/private.in
	mountpoint -q "/run/userns/$uid/user"
	[ "$(stat -Lc %i "/run/userns/$uid/user")" = "$(cat /tmp/private.there)" ]
	# A session beside it has the same.
	"$pamhost" /tmp/private.report userns-test private /usr/bin/stat -Lc %i "/run/userns/$uid/user" > /tmp/private.here
	cmp /tmp/private.here /tmp/private.there
	touch /tmp/private.out
	wait $!
	# Its /etc was read-only, the host's is not.
	reported 'open 0'
	one_range_everywhere private
	[ -z "$(userns_log | grep -v allocated)" ]
	no_namespace_left "$uid"
}

@test "a service that the host's mounts do not reach: the log says so" {
	new_user unreached
	report=$(mktemp)
	unshare --mount --propagation private "$pamhost" "$report" userns-test unreached /bin/sh -c \
		"nsenter -t 1 -m mountpoint -q /run/userns/$uid/user && echo there > /tmp/unreached"
	reported 'open 0'
	[ "$(cat /tmp/unreached)" = there ]
	userns_log | grep -q 'this service does not see it: it has a mount namespace of its own'
	no_namespace_left "$uid"
}

@test "one that may not leave its mounts: the log says so" {
	new_user confined
	report=$(mktemp)
	unshare --mount --propagation slave capsh --drop=cap_sys_chroot -- -c \
		"exec $pamhost $report userns-test confined /usr/bin/mountpoint -q /run/userns/$uid/user"
	reported 'open 0'
	userns_log | grep -q 'only sessions of this service see it'
	no_namespace_left "$uid"
}

@test "other files than the host's, as of a container that shares its processes: it stays there" {
	new_user contained
	login_as contained
	report=$(mktemp)
	unshare --mount --propagation slave sh -c "mount -t tmpfs -o mode=755 own /run && exec $pamhost $report userns-test contained /bin/sh -c \
		'mountpoint -q /run/userns/$uid/user && echo here > /tmp/contained; nsenter -t 1 -m test -e /run/userns/$uid && echo there >> /tmp/contained'"
	reported 'open 0'
	[ "$(cat /tmp/contained)" = here ]
	[ -z "$(userns_log | grep -v allocated)" ]
	no_namespace_left "$uid"
}
