# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# For tests of "userns explain", beside common.bash: what it says, and that a login does just that.

# Where anything that a login writes would show.
traces() {
	files_sum 2> /dev/null || true
	find /run/userns /etc -newer /tmp/explain.begin ! -type d 2> /dev/null || true
}

# Explains, and sees that nothing was written.
explained() {
	local before
	touch -d '1 second ago' /tmp/explain.begin
	before=$(traces)
	run --separate-stderr userns explain "$@"
	[ "$(traces)" = "$before" ] || { echo "something was written" >&2; return 1; }
}

line_of() {
	sed -n "s/^$1 *//p" <<< "$output"
}

# The lines of explain from one label to the next, as the state file has a map.
map_of() {
	sed -n "/^$1/,/^$2/p" <<< "$output" | sed "\$d; s/^$1//; s/^ *//" | paste -sd,
}

# What was explained is what the next login of the same user does, and says.
same_as_login() {
	local name=$1 range uid
	uid=$(id -u "$name")
	explained --service=userns-test "$name"
	range=$(line_of ranges: | cut -d, -f1)
	mark_log
	login_as "$name" /bin/sh -c "cat /run/userns/$uid/state > /tmp/explain.state"
	case $(line_of 'a login:') in
	PAM_SUCCESS*)
		reported 'open 0' && reported "path /run/userns/$uid/user" && range_of "$uid" | grep -qx "$range" &&
			grep -qx "uid_map=$(map_of 'uid map:' 'gid map:')," /tmp/explain.state &&
			grep -qx "gid_map=$(map_of 'gid map:' 'setgroups:')," /tmp/explain.state &&
			grep -qx "setgroups=$(line_of setgroups:)" /tmp/explain.state
		;;
	# Libpam makes PAM_PERM_DENIED, 6, of a stack in which every module says PAM_IGNORE.
	PAM_IGNORE*) reported 'open 6' && reported 'path none' && [ -z "$(userns_log)" ] ;;
	PAM_SESSION_ERR*)
		reported 'open 14' && reported 'path none' &&
			[ "$(userns_log | sed "s/.*: no namespace for $name: //")" = "${stderr#userns: }" ]
		;;
	*) false ;;
	esac || { printf '%s\n' "$output" "$stderr" >&2; cat "$report" /tmp/explain.state >&2; userns_log >&2; return 1; }
}
