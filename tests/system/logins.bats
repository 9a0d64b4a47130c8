# SPDX-License-Identifier: BSD-3-Clause
# Logging in by every door: the range, the pin and the maps are right, and stay so.

load common

@test "pamtester: a first login settles a range, and the pin goes with the session" {
	new_user tester
	run pamtester userns-test tester open_session close_session
	[ "$status" = 0 ]
	one_range_everywhere tester
	no_namespace_left "$uid"
}

@test "pam: the pin is there during a session, its maps are those of the book" {
	new_user inside
	login_as inside /bin/sh -c "cat /run/userns/$uid/state > /tmp/inside.state
		nsenter --user=/run/userns/$uid/user cat /proc/self/uid_map > /tmp/inside.map"
	reported 'open 0'
	reported "path /run/userns/$uid/user"
	reported 'close 0'
	one_range_everywhere inside
	[ "$(cat /tmp/inside.map)" = "$(expected_map "$uid" "$(range_of "$uid")")" ]
	grep -qx 'user=inside' /tmp/inside.state
	no_namespace_left "$uid"
}

@test "pam: starts are multiples of 65536 and ranges lie in the default pool" {
	new_user aligned
	login_as aligned
	range=$(range_of "$uid")
	[ "${range#*:}" = 65536 ]
	[ $((${range%:*} % 65536)) = 0 ]
	[ "${range%:*}" -ge 524288 ]
}

@test "pam: the same range after logout, and after a boot's empty /run" {
	new_user again
	login_as again
	before=$(range_of "$uid")
	login_as again
	[ "$(range_of "$uid")" = "$before" ]
	# As a machine does that loses power while the user is logged in.
	login_as again /bin/sh -c "umount /run/userns/$uid/user; rm -r /run/userns"
	reported 'close 0'
	login_as again /bin/sh -c "nsenter --user=/run/userns/$uid/user cat /proc/self/uid_map > /tmp/again.map"
	[ "$(cat /tmp/again.map)" = "$(expected_map "$uid" "$before")" ]
	one_range_everywhere again
}

@test "pam: a second session gets the same namespace, and the first logout leaves it" {
	new_user twice
	login_as twice /bin/sh -c "stat -Lc %i /run/userns/$uid/user > /tmp/twice.first
		$pamhost /tmp/twice.report userns-test twice /usr/bin/stat -Lc %i /run/userns/$uid/user > /tmp/twice.second
		stat -Lc %i /run/userns/$uid/user > /tmp/twice.after"
	[ -s /tmp/twice.first ]
	cmp /tmp/twice.first /tmp/twice.second
	cmp /tmp/twice.first /tmp/twice.after
	no_namespace_left "$uid"
}

@test "pam: a namespace with a process in it outlives the session, and is found again" {
	new_user stays
	login_as stays /bin/sh -c "stat -Lc %i /run/userns/$uid/user > /tmp/stays.first
		setsid nsenter --user=/run/userns/$uid/user sleep 60 & echo \$! > /tmp/stays.pid; sleep 0.3"
	[ -e "/run/userns/$uid/user" ]
	userns_log | grep -q "process [0-9]* (.*) is still in the namespace"
	login_as stays /bin/sh -c "stat -Lc %i /run/userns/$uid/user > /tmp/stays.second"
	cmp /tmp/stays.first /tmp/stays.second
	kill "$(cat /tmp/stays.pid)"
	login_as stays
	no_namespace_left "$uid"
}

@test "pam: a login that never closed is forgotten by the next" {
	new_user crashed
	login_as crashed /bin/sh -c 'kill -9 $PPID' || true
	[ -e "/run/userns/$uid/user" ]
	login_as crashed
	no_namespace_left "$uid"
}

@test "pam: uid 0 and system users are left alone" {
	# Libpam makes PAM_PERM_DENIED, 6, of a stack in which every module says PAM_IGNORE.
	for name in root games nobody; do
		login_as "$name"
		reported 'open 6'
		reported 'path none'
	done
	[ ! -e /run/userns/0 ]
	[ -z "$(userns_log)" ]
}

@test "pam: a user nobody knows is PAM_USER_UNKNOWN" {
	login_as nosuchuser
	reported 'open 10'
	[ "$(userns_log | wc -l)" = 1 ]
}

@test "pam: a range that useradd gave is adopted, and flagged so in the book" {
	useradd -m -K SUB_UID_MIN=300000000 -K SUB_GID_MIN=400000000 \
		-K SUB_UID_COUNT=65536 -K SUB_GID_COUNT=65536 adopted
	uid=$(id -u adopted)
	uids=$(awk -F: '$1 == "adopted" {print $2}' /etc/subuid)
	gids=$(awk -F: '$1 == "adopted" {print $2}' /etc/subgid)
	[ "$uids" != "$gids" ]
	login_as adopted /bin/sh -c "nsenter --user=/run/userns/$uid/user cat /proc/self/gid_map > /tmp/adopted.map"
	grep -qx "adopted:$uids:65536:uid=$uid,gid=$gids,adopted" /etc/usernamespaces
	[ "$(cat /tmp/adopted.map)" = "$(expected_map "$(id -g adopted)" "$gids:65536")" ]
	[ "$(grep -c ^adopted: /etc/subuid)" = 1 ]
}

@test "pam: libsubid's mix-up of gids and uids gives nobody a stranger's range" {
	# To libsubid 4.12 to 4.19 a number that owns a line of subgid means the gid of "mixed".
	groupadd -g 45001 mixed
	useradd -m -u 45002 -g 45001 -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 mixed
	echo '45001:1000000000:65536' >> /etc/subgid
	login_as mixed
	reported 'open 0'
	range=$(range_of 45002)
	[ -n "$range" ]
	[ "${range%:*}" != 1000000000 ]
	grep -qx "mixed:$range" /etc/subgid
	grep -qx '45001:1000000000:65536' /etc/subgid
}

@test "pam: changed maps replace an idle namespace, and wait for one in use" {
	new_user changed
	login_as changed /bin/sh -c "stat -Lc %i /run/userns/$uid/user > /tmp/changed.first
		sed -i 's/:uid=$uid\$/:uid=$uid,deny-setgroups/' /etc/usernamespaces
		$pamhost /tmp/changed.report userns-test changed /usr/bin/stat -Lc %i /run/userns/$uid/user > /tmp/changed.second"
	cmp /tmp/changed.first /tmp/changed.second
	userns_log | grep -q 'no longer those wanted'
	login_as changed /bin/sh -c "nsenter --user=/run/userns/$uid/user cat /proc/self/setgroups > /tmp/changed.setgroups"
	[ "$(cat /tmp/changed.setgroups)" = deny ]
}

@test "sshd: range, pin and maps, and USERNS_PATH in the session" {
	new_user bykey
	start_sshd 2201
	ssh_as bykey 'echo "$USERNS_PATH"; userns exec -- cat /proc/self/uid_map' > /tmp/bykey
	[ "$(head -n 1 /tmp/bykey)" = "/run/userns/$uid/user" ]
	one_range_everywhere bykey
	[ "$(tail -n +2 /tmp/bykey)" = "$(expected_map "$uid" "$(range_of "$uid")")" ]
	eventually no_namespace_left "$uid"
	stop_sshd
}

@test "sshd: two logins at once share a namespace, and the last to leave takes it away" {
	new_user pair
	start_sshd 2202
	ssh_as pair 'stat -Lc %i "$USERNS_PATH"; touch /tmp/pair.in; until [ -e /tmp/pair.out ]; do sleep 0.1; done' > /tmp/pair.first &
	eventually test -e /tmp/pair.in
	ssh_as pair 'stat -Lc %i "$USERNS_PATH"' > /tmp/pair.second
	touch /tmp/pair.out
	wait $!
	cmp /tmp/pair.first /tmp/pair.second
	eventually no_namespace_left "$uid"
	stop_sshd
}

@test "su -l: range, pin and maps" {
	new_user bysu
	su -l bysu -c 'userns exec -- cat /proc/self/uid_map' > /tmp/bysu
	one_range_everywhere bysu
	[ "$(cat /tmp/bysu)" = "$(expected_map "$uid" "$(range_of "$uid")")" ]
	eventually no_namespace_left "$uid"
}

@test "su: started by a user, whose real uid the helper must not keep" {
	new_user caller
	new_user target
	sed -i '1i auth sufficient pam_permit.so' /etc/pam.d/su
	as_user caller su -l target -c 'userns exec -- cat /proc/self/uid_map' > /tmp/target
	sed -i 1d /etc/pam.d/su
	[ "$(cat /tmp/target)" = "$(expected_map "$uid" "$(range_of "$uid")")" ]
	eventually no_namespace_left "$uid"
}

@test "login: range, pin and maps on a terminal" {
	new_user byterm
	# Typed input would be lost: login throws away what comes before the shell reads.
	echo 'userns exec -- cat /proc/self/uid_map > /tmp/byterm; tty > /tmp/byterm.tty; exit' > /home/byterm/.bash_profile
	timeout 20 script -qec 'exec login -f byterm' /dev/null < /dev/null
	[[ $(cat /tmp/byterm.tty) == /dev/pts/* ]]
	[ "$(cat /tmp/byterm)" = "$(expected_map "$uid" "$(range_of "$uid")")" ]
	one_range_everywhere byterm
	eventually no_namespace_left "$uid"
}
