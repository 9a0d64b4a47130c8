# SPDX-License-Identifier: BSD-3-Clause
# How long a namespace stays: lifetime = session, boot; and what the policy says when it changes
# under a living one.

load common

teardown() {
	[ "${USERNS_SANDBOX:-}" != inside ] || rm -f /etc/security/userns.conf
}

policy() {
	printf '%s\n' '[default]' "$@" > /etc/security/userns.conf
}

inode_of() {
	stat -Lc %i "/run/userns/$1/user"
}

@test "lifetime = boot: the namespace stays after logout, and the next login finds the same" {
	new_user booted
	policy 'lifetime = boot'
	login_as booted /bin/sh -c "stat -Lc %i /run/userns/$uid/user > /tmp/booted.first"
	[ "$(inode_of "$uid")" = "$(cat /tmp/booted.first)" ]
	userns_log | grep -qF "uid $uid: the namespace stays, as its lifetime is boot"
	[ -z "$(ls "/run/userns/$uid/sessions")" ]
	login_as booted /bin/sh -c "stat -Lc %i /run/userns/$uid/user > /tmp/booted.second"
	cmp /tmp/booted.first /tmp/booted.second
	# The user can enter it with nobody logged in.
	as_user booted userns exec true
	# gc leaves it: that is what the policy wants.
	run "$helper" gc
	[ "$status" = 0 ]
	[ -z "$output" ]
	[ "$(inode_of "$uid")" = "$(cat /tmp/booted.first)" ]
}

@test "lifetime of one user goes over that of all" {
	new_user short
	new_user long
	policy 'lifetime = boot' '[user short]' 'lifetime = session'
	login_as long
	reported 'open 0'
	mountpoint -q "/run/userns/$uid/user"
	uid=$(id -u short)
	login_as short
	reported 'open 0'
	no_namespace_left "$uid"
}

@test "a logout goes by the policy of the login, and gc by that of now" {
	new_user changing
	policy 'lifetime = boot'
	hold changing
	policy 'lifetime = session'
	release changing
	[ -e "/run/userns/$uid/user" ]
	# A logout does not need the policy, nor the directory.
	run "$helper" gc "$uid"
	[ "$status" = 0 ]
	[ "$output" = "uid $uid: cleared" ]
	no_namespace_left "$uid"
	hold changing
	policy 'lifetime = boot'
	release changing
	no_namespace_left "$uid"
}

@test "with a broken policy a logout and gc go by what the login recorded" {
	new_user broken
	policy 'lifetime = boot'
	login_as broken
	policy 'lifetime = for ever'
	run "$helper" gc
	[ "$status" = 0 ]
	[ -e "/run/userns/$uid/user" ]
	policy 'lifetime = session'
	hold broken
	policy 'lifetime = for ever'
	release broken
	no_namespace_left "$uid"
}

@test "lifetime = boot keeps nothing for who is to have no namespace any more, or is gone" {
	new_user denied
	policy 'lifetime = boot'
	login_as denied
	[ -e "/run/userns/$uid/user" ]
	policy 'delegate = no'
	"$helper" gc
	no_namespace_left "$uid"
	policy 'lifetime = boot'
	new_user gone
	login_as gone
	userdel -r gone 2>/dev/null
	# Whose process is still there keeps it.
	setpriv --reuid="$uid" --regid="$uid" --clear-groups nsenter --user="/run/userns/$uid/user" --preserve-credentials sleep 60 3>&- & inside=$!
	eventually in_own_namespace "$inside"
	"$helper" gc
	[ -e "/run/userns/$uid/user" ]
	kill "$inside"
	wait "$inside" || true
	"$helper" gc
	no_namespace_left "$uid"
	# The next user may get the uid.
	"$helper" revoke "$uid"
}

@test "delegate = no under a namespace: the login says who keeps it, and lets go of it where nobody does" {
	new_user ended
	hold ended
	policy 'delegate = no'
	mark_log
	"$pamhost" /tmp/ended.report userns-test ended /bin/true
	[ "$(userns_log | wc -l)" = 1 ]
	userns_log | grep -qF "no namespace for ended: /etc/security/userns.conf:2 says delegate = no in section [default]; the namespace stays as long as its sessions: 1"
	mountpoint -q "/run/userns/$uid/user"
	module_arguments quiet
	mark_log
	"$pamhost" /tmp/ended.report userns-test ended /bin/true
	[ -z "$(userns_log)" ]
	module_arguments ''
	release ended
	no_namespace_left "$uid"
	# No logout takes that away that is to stay.
	policy 'lifetime = boot'
	login_as ended
	mountpoint -q "/run/userns/$uid/user"
	policy 'lifetime = boot' 'delegate = no'
	mark_log
	login_as ended
	reported 'open 6'
	reported 'path none'
	[ -z "$(userns_log)" ]
	no_namespace_left "$uid"
	# Where just this service has none, nothing is said, and it stays.
	policy 'lifetime = boot'
	login_as ended
	policy 'lifetime = boot' 'services = sshd'
	mark_log
	login_as ended
	reported 'open 6'
	[ -z "$(userns_log)" ]
	mountpoint -q "/run/userns/$uid/user"
	# Nor is anybody held up, or told, where another login of the same user is at it.
	policy 'delegate = no'
	lock_rundir "$uid"
	login_as ended
	unlock_rundir "$uid"
	wait
	reported 'open 6'
	[ -z "$(userns_log)" ]
	mountpoint -q "/run/userns/$uid/user"
	"$helper" gc
	no_namespace_left "$uid"
}

@test "a range revoked is not kept by lifetime = boot" {
	new_user revoked
	policy 'lifetime = boot'
	login_as revoked
	"$helper" revoke revoked
	no_namespace_left "$uid"
}

@test "status shows what is, and what the next idle login will give" {
	new_user seen
	hold seen
	as_user seen userns status > /tmp/seen.same
	grep -qx 'lifetime:  session' /tmp/seen.same
	grep -qx 'next login: keeps it' /tmp/seen.same || { cat /tmp/seen.same >&2; false; }
	# Policy, and range.
	policy 'lifetime = boot'
	as_user seen userns status > /tmp/seen.longer
	[ "$(grep -A1 '^next login: keeps it' /tmp/seen.longer | tail -n 1)" = 'lifetime:  boot' ]
	range=$(range_of "$uid")
	echo "seen:1900000000:10:uid=$uid" >> /etc/usernamespaces
	as_user seen userns status > /tmp/seen.other
	# The old maps above, the new ones below.
	[ "$(grep -c "^uid      1 *${range%:*} *65536" /tmp/seen.other)" = 2 ]
	sed '1,/^next login/d' /tmp/seen.other | grep -Eqx 'uid +65537 1900000000 +10'
	[ "$(sed '/^next login/q' /tmp/seen.other | grep -c 1900000000)" = 0 ]
	grep -qx 'next login: makes another, if nobody uses this one:' /tmp/seen.other
	# What it says is so: not while this session lasts, but then.
	"$pamhost" /tmp/seen.report userns-test seen /bin/sh -c "nsenter --user=/run/userns/$uid/user cat /proc/self/uid_map" > /tmp/seen.busy
	[ "$(wc -l < /tmp/seen.busy)" = 2 ]
	userns_log | grep -q 'no longer those wanted; it is kept, as it is in use'
	release seen
	"$pamhost" /tmp/seen.report userns-test seen /bin/sh -c "nsenter --user=/run/userns/$uid/user cat /proc/self/uid_map" > /tmp/seen.idle
	[ "$(wc -l < /tmp/seen.idle)" = 3 ]
	grep -Eqx ' +65537 1900000000 +10' /tmp/seen.idle
	# Others see the same of it, and what is not known is said.
	as_user games userns status seen > /tmp/seen.others
	grep -qx 'next login: keeps it' /tmp/seen.others
	as_user seen userns exec -- userns status | grep -q '^next login: not known: must be run in the initial user namespace'
	policy 'delegate = no'
	as_user seen userns status | grep -q '^next login: no namespace: /etc/security/userns.conf:2 says delegate = no'
	policy 'delegate = perhaps'
	as_user seen userns status | grep -q '^next login: not known: /etc/security/userns.conf:2: delegate = perhaps'
}

@test "status without a namespace says whether a login makes one; its help, and wrong usage" {
	new_user none
	run as_user none userns status
	[ "$status" = 1 ]
	[ "$output" = "userns: uid $uid has no namespace; one is made at login" ]
	run userns status root
	[[ $output = *'and a login makes none: uid 0 is a system account'* ]]
	run as_user none unshare --user userns status "$uid"
	[ "$status" = 1 ]
	[[ $output = *'and it is not known whether a login makes one: must be run in the initial user namespace'* ]]
	policy 'delegate = no'
	run as_user none userns status
	[ "$status" = 1 ]
	[ "$output" = "userns: uid $uid has no namespace, and a login makes none: /etc/security/userns.conf:2 says delegate = no in section [default]" ]
	policy 'delegate = perhaps'
	run as_user none userns status
	[[ $output = *'and it is not known whether a login makes one: /etc/security/userns.conf:2: delegate = perhaps: expected'* ]]
	run as_user none userns status --help
	[ "$status" = 0 ]
	[[ $output = 'Usage: userns status '* ]]
	for wrong in --json '-x root' 'root root'; do
		# shellcheck disable=SC2086
		run userns status $wrong
		[ "$status" = 2 ]
	done
	run userns status -- nobody-has-this-name
	[ "$status" = 1 ]
}
