# SPDX-License-Identifier: BSD-3-Clause
# The module in hosts of every kind, and with helpers that fail in every way: the right PAM
# code, one line in the log, and the host as it was before.

load common

setup() {
	needs_sandbox
	real_helper
	mark_log
}

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	real_helper
	module_arguments ''
}

# Descriptors, the disposition of SIGCHLD and the mask are as before; no zombie is left.
host_as_before() {
	for when in opened closed; do
		reported "$when fds same"
		reported "$when sigchld same"
		reported "$when mask same"
		reported "$when children none"
	done
}

# One attempt in each kind of host with the helper there is: code, lines in the log, their text,
# and the text where the host ignores SIGCHLD, which loses the helper's status.
fails_with() {
	local user=$1 code=$2 text=$3 text_ignoring=${4:-$3} options
	for options in '' --ignore --handler --closed --blocked; do
		mark_log
		# shellcheck disable=SC2086
		"$pamhost" $options "$report" userns-test "$user"
		reported "open $code"
		reported 'path none'
		host_as_before
		[ "$(userns_log | wc -l)" = 1 ]
		[ "$options" != --ignore ] || text=$text_ignoring
		userns_log | grep -q "$text" || { userns_log >&2; return 1; }
		text=$3
	done
	# Where the admin wrote "optional", the login is not broken, neither at open nor at close.
	"$pamhost" "$report" userns-optional "$user"
	reported 'open 0'
	reported 'close 0'
}

# As helper/result.h has it: five numbers, a path of 256 bytes, a text of 512.
record_size=788

# A helper that answers with a record: VERSION CODE [MAGIC [what has no NUL at its end: p or t]].
record() {
	# shellcheck disable=SC2016
	fake_helper "exec perl -e 'print pack(q(LLLLL), ${3:+0}${3:-0x75736e73}, $1, $2, 1000, 0),
		${4:+q($4) eq q(p) ? q(p) x 256 : }pack(q(a256), q(/run/fake)),
		${4:+q($4) eq q(t) ? q(t) x 512 : }pack(q(a512), q())' >&3"
}

@test "a sound helper in hosts that ignore, reap or block: the session opens, the host is as before" {
	new_user sound
	report=$(mktemp)
	for options in '' --ignore --handler --closed --blocked '--closed --ignore --blocked'; do
		# shellcheck disable=SC2086
		"$pamhost" $options "$report" userns-test sound
		reported 'open 0'
		reported 'close 0'
		host_as_before
		no_namespace_left "$uid"
	done
}

@test "a host with a thread that reaps every child" {
	new_user threaded
	report=$(mktemp)
	for _ in {1..20}; do
		"$pamhost" --thread "$report" userns-test threaded
		reported 'open 0'
		reported 'close 0'
		host_as_before
	done
}

@test "a missing helper" {
	new_user missing
	rm "$helper"
	report=$(mktemp)
	fails_with missing 14 'cannot run /usr/libexec/userns-helper: No such file'
}

@test "a helper that cannot be run" {
	new_user broken
	: > "$helper"
	chmod 644 "$helper"
	report=$(mktemp)
	fails_with broken 14 'cannot run /usr/libexec/userns-helper: Permission denied'
}

@test "a helper that dies by a signal" {
	new_user killed
	# shellcheck disable=SC2016
	fake_helper 'kill -SEGV $$'
	report=$(mktemp)
	fails_with killed 14 'was ended by signal 11$' 'ended without an answer$'
}

@test "a helper that ends without an answer" {
	new_user silent
	fake_helper 'exit 0'
	report=$(mktemp)
	fails_with silent 14 'ended without an answer'
}

@test "a helper that writes half a record" {
	new_user half
	fake_helper 'head -c 100 /dev/zero >&3'
	report=$(mktemp)
	fails_with half 14 'not of the same version'
}

@test "a helper that writes a whole record of nonsense" {
	new_user nonsense
	fake_helper "head -c $record_size /dev/urandom >&3"
	report=$(mktemp)
	fails_with nonsense 14 'not of the same version'
}

@test "a helper of another version, or with a record that is not whole inside, is refused" {
	new_user other
	version=$(awk '/define RESULT_VERSION/ {print $3 + 0}' "$top/helper/result.h")
	record "$version" 0
	login_as other
	reported 'open 0'
	reported 'path /run/fake'
	for wrong in "$((version + 1)) 0" "$((version - 1)) 0" "$version 5" "$version 4294967295" \
		"$version 0 x75736e74" "$version 0 x736e7375" "$version 0 x75736e73 p" "$version 0 x75736e73 t"; do
		# shellcheck disable=SC2086
		record $wrong
		mark_log
		login_as other
		reported 'open 14'
		reported 'path none'
		[ "$(userns_log | wc -l)" = 1 ]
		userns_log | grep -q 'not of the same version'
	done
}

@test "a helper that hangs is killed at the deadline, and the login goes on" {
	new_user hanging
	module_arguments timeout=1
	# shellcheck disable=SC2016
	fake_helper 'echo $$ > /tmp/hanging.pid; trap "" TERM; exec sleep 100'
	report=$(mktemp)
	begin=$(milliseconds)
	"$pamhost" "$report" userns-test hanging
	took=$(($(milliseconds) - begin))
	fails_with hanging 14 'gave no answer in 1 s and was killed'
	module_arguments ''
	[ "$took" -ge 1000 ]
	[ "$took" -lt 2500 ]
	[ ! -e "/proc/$(cat /tmp/hanging.pid)" ]
}

@test "a helper that answers and then hangs is killed as well, and its answer counts" {
	new_user lingering
	module_arguments timeout=2
	cp "$helper" /tmp/real-helper
	# The real one must be told who its parent is.
	# shellcheck disable=SC2016
	fake_helper 'echo $$ >> /tmp/lingering.pids
		for argument; do
			shift
			case $argument in --pid=*) argument=--pid=$$ ;; esac
			set -- "$@" "$argument"
		done
		/tmp/real-helper "$@"
		exec sleep 100'
	login_as lingering /bin/sh -c "mountpoint -q /run/userns/$uid/user && touch /tmp/lingering.pinned"
	module_arguments ''
	reported 'open 0'
	reported "path /run/userns/$uid/user"
	[ -e /tmp/lingering.pinned ]
	reported 'close 0'
	no_namespace_left "$uid"
	host_as_before
	[ "$(wc -l < /tmp/lingering.pids)" = 2 ]
	while read -r pid; do
		[ ! -e "/proc/$pid" ]
	done < /tmp/lingering.pids
}

@test "the helper gets no environment, no descriptor but the pipe, no signal blocked or ignored" {
	new_user clean
	# shellcheck disable=SC2016
	fake_helper 'tr "\0" "\n" < /proc/$$/environ > /tmp/clean.env
		grep -E "^Sig(Blk|Ign)" /proc/self/status > /tmp/clean.signals
		exec ls /proc/self/fd > /tmp/clean.fds'
	exec 8< /etc/passwd
	report=$(mktemp)
	FROM_THE_HOST=1 "$pamhost" --blocked --ignore "$report" userns-test clean
	exec 8<&-
	[ ! -s /tmp/clean.env ]
	# 0 to 2 are /dev/null, 3 is the pipe, 4 is how ls reads the directory.
	[ "$(tr '\n' ' ' < /tmp/clean.fds)" = '0 1 2 3 4 ' ]
	grep -Eqx 'SigBlk:\s0+' /tmp/clean.signals
	# But for 32 and 33, which are the C library's own.
	ignored=$(awk '/SigIgn/ {print $2}' /tmp/clean.signals)
	[ $((0x$ignored & ~0x180000000)) = 0 ]
}

@test "arguments: conf= and timeout= are used, a wrong one is an error that says so" {
	new_user args
	printf '[default]\ndelegate = no\n' > /tmp/args.conf
	sed -i 's|pam_userns.so|& conf=/tmp/args.conf|' /etc/pam.d/userns-test
	login_as args
	reported 'open 6'
	for wrong in conf=relative timeout=0 timeout=x timeout=3601 timeout= nonsense debug=1; do
		sed -i "s|pam_userns.so.*|pam_userns.so $wrong|" /etc/pam.d/userns-test
		mark_log
		login_as args
		reported 'open 14'
		[ "$(userns_log | wc -l)" = 1 ]
		userns_log | grep -qF "'$wrong'"
	done
	# Those that the log then names are those of the page, both at its head and each by itself.
	userns_log | sed 's/.*known are //; s/=[^,]*//g; s/, /\n/g' | sort > /tmp/args.known
	sed -n '/^.Sh SYNOPSIS/,/^.Sh DESC/s/^.Op Cm \([a-z-]*\).*/\1/p' "$top/man/pam_userns.8" | sort | diff /tmp/args.known -
	sed -n '/^.Sh OPTIONS/,/^.Sh RETURN/s/^.It Cm \([a-z-]*\).*/\1/p' "$top/man/pam_userns.8" | sort | diff /tmp/args.known -
	sed -i 's|pam_userns.so.*|pam_userns.so debug|' /etc/pam.d/userns-test
	login_as args
	reported 'open 0'
	mark_log
	login_as args
	userns_log | grep -qF "namespace /run/userns/$uid/user for args"
	sed -i 's|pam_userns.so.*|pam_userns.so|' /etc/pam.d/userns-test
	mark_log
	login_as args
	[ -z "$(userns_log)" ]
}

@test "inside a user namespace the module leaves the login alone" {
	run unshare --user --map-root-user "$pamhost" /tmp/module.inner userns-test root
	report=/tmp/module.inner
	reported 'open 6'
	[ -z "$(userns_log)" ]
}

@test "systemd's close, as the user: nothing changes, no word in the log, PAM_SUCCESS" {
	new_user unprivileged
	report=$(mktemp)
	login_as unprivileged
	mark_log
	"$pamhost" --drop "$report" userns-test unprivileged
	reported 'open 0'
	reported 'close 0'
	[ -z "$(userns_log)" ]
	mountpoint -q "/run/userns/$uid/user"
	[ "$(find "/run/userns/$uid/sessions" -type f | wc -l)" = 1 ]
	login_as unprivileged
	no_namespace_left "$uid"
}

@test "an open without root's rights is ignored, without a word in the log" {
	new_user rightless
	files=$(files_sum)
	for ids in "--euid=$uid" "--reuid=$uid"; do
		install -o rightless /dev/null /tmp/rightless.report
		setpriv "$ids" --clear-groups "$pamhost" /tmp/rightless.report userns-test rightless
		report=/tmp/rightless.report
		# PAM_PERM_DENIED, libpam's own for a stack that has only PAM_IGNORE.
		reported 'open 6'
		reported 'path none'
		reported 'opened children none'
	done
	[ -z "$(userns_log)" ]
	[ "$(files_sum)" = "$files" ]
	no_namespace_left "$uid"
}

@test "two handles in one process: the namespace goes with the second close, not with the first" {
	new_user handles
	report=$(mktemp)
	"$pamhost" --twice "$report" userns-test handles /bin/sh -c "
		mountpoint -q /run/userns/$uid/user && ls /run/userns/$uid/sessions > /tmp/handles.between"
	reported 'open 0'
	reported 'second open 0'
	reported 'first close 0'
	reported 'close 0'
	[ "$(wc -l < /tmp/handles.between)" = 1 ]
	grep -q '\.1$' /tmp/handles.between
	no_namespace_left "$uid"
}

@test "opened in the parent and closed in a child: the session is gone" {
	new_user forked
	report=$(mktemp)
	"$pamhost" --fork "$report" userns-test forked
	reported 'open 0'
	reported 'close 0'
	[ -z "$(userns_log | grep -v allocated)" ]
	no_namespace_left "$uid"
}

@test "quiet: not a word when all is well, and errors as ever" {
	new_user loud
	login_as loud
	userns_log | grep -q 'namespace /run/userns/.* for loud: allocated the range'
	module_arguments quiet
	new_user silent2
	mark_log
	login_as silent2
	reported 'open 0'
	one_range_everywhere silent2
	[ -z "$(userns_log)" ]
	rm "$helper"
	login_as silent2
	reported 'open 14'
	[ "$(userns_log | wc -l)" = 1 ]
}
