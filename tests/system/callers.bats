# SPDX-License-Identifier: BSD-3-Clause
# The programs by which people come in, each as Debian ships it: every one gives the namespace, and
# the last to leave takes it away. Those that need a daemon are in slow/.

load common

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	rm -f /etc/sudoers.d/userns-test /etc/doas.conf
	[ -z "${sshd_dir:-}" ] || stop_sshd || true
}

# In a session: the map that the namespace has.
read_map='userns exec -- cat /proc/self/uid_map'

map_is_right() {
	[ "$(cat "$1")" = "$(expected_map "$uid" "$(range_of "$uid")")" ] || { cat "$1" >&2; return 1; }
}

ssh_by_password() {
	local user=$1 password=$2
	shift 2
	printf '#!/bin/sh\necho %s\n' "$password" > /tmp/askpass
	chmod 755 /tmp/askpass
	SSH_ASKPASS=/tmp/askpass SSH_ASKPASS_REQUIRE=force ssh -q -F none \
		-p "$(awk '/^Port/ {print $2}' "$sshd_dir/config")" -o PubkeyAuthentication=no \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "$user@127.0.0.1" "$@"
}

ssh_shared() {
	ssh_as "$1" -o ControlPath=/tmp/shared.socket "${@:2}"
}

@test "sshd: by password" {
	new_user worded
	echo 'worded:A pass word 7' | chpasswd
	start_sshd 2211
	ssh_by_password worded 'A pass word 7' "$read_map" > /tmp/worded
	map_is_right /tmp/worded
	eventually no_namespace_left "$uid"
}

@test "sshd: several shells over one connection share a session, which ends with the connection" {
	new_user shared
	start_sshd 2212
	ssh_shared shared -fNM 3>&-
	for i in 1 2 3; do
		ssh_shared shared "stat -Lc %i \$USERNS_PATH; touch /tmp/shared.in$i; until [ -e /tmp/shared.out$i ]; do sleep 0.1; done" > "/tmp/shared.$i" 3>&- &
		shells[i]=$!
		eventually test -e "/tmp/shared.in$i"
	done
	[ "$(cat /tmp/shared.[123] | sort -u | wc -l)" = 1 ]
	[ "$(ls "/run/userns/$uid/sessions" | wc -l)" = 1 ]
	for i in 1 2; do
		touch "/tmp/shared.out$i"
		wait "${shells[i]}"
	done
	mountpoint -q "/run/userns/$uid/user"
	touch /tmp/shared.out3
	wait "${shells[3]}"
	[ "$(ssh_shared shared 'stat -Lc %i $USERNS_PATH')" = "$(cat /tmp/shared.1)" ]
	ssh_shared shared -O exit
	eventually no_namespace_left "$uid"
}

@test "sshd: sftp and scp, which run no shell" {
	new_user filer
	start_sshd 2213
	echo content > /tmp/filer.from
	chmod 644 /tmp/filer.from
	printf 'put /tmp/filer.from sent\nls /run/userns/%s\n' "$uid" > /tmp/filer.batch
	sftp -q -F none -b /tmp/filer.batch -i "$sshd_dir/key" -P 2213 -o BatchMode=yes -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null filer@127.0.0.1 > /tmp/filer.ls
	grep -q "/run/userns/$uid/user" /tmp/filer.ls
	[ "$(cat /home/filer/sent)" = content ]
	eventually no_namespace_left "$uid"
	scp -q -F none -i "$sshd_dir/key" -P 2213 -o BatchMode=yes -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null /tmp/filer.from filer@127.0.0.1:copied
	[ "$(cat /home/filer/copied)" = content ]
	eventually no_namespace_left "$uid"
}

@test "sshd: ForceCommand" {
	new_user forced
	start_sshd 2214
	stop_sshd
	printf 'Match User forced\n\tForceCommand %s\n' "$read_map" >> "$sshd_dir/config"
	eventually sh -c "! kill -0 $(cat "$sshd_dir/pid") 2>/dev/null"
	rm -f "$sshd_dir/pid"
	/usr/sbin/sshd -f "$sshd_dir/config" -E "$sshd_dir/log"
	eventually test -s "$sshd_dir/pid"
	ssh_as forced 'echo something else' > /tmp/forced
	map_is_right /tmp/forced
	eventually no_namespace_left "$uid"
}

@test "su, su -l and su -P" {
	new_user sued
	for run in 'su sued -c' 'su -l sued -c' 'su -P sued -c'; do
		# On a terminal of its own, -P ends lines with \r.
		$run "$read_map" | tr -d "\r" > /tmp/sued
		map_is_right /tmp/sued
		eventually no_namespace_left "$uid"
	done
}

@test "sudo, sudo -i and sudo -s, from one user to another" {
	new_user asker
	new_user asked
	echo 'asker ALL=(asked) NOPASSWD: ALL' > /etc/sudoers.d/userns-test
	chmod 440 /etc/sudoers.d/userns-test
	asked=$uid
	for run in 'sudo -n -u asked' 'sudo -n -i -u asked' 'sudo -n -s -u asked'; do
		# shellcheck disable=SC2086
		as_user asker $run $read_map > /tmp/asked
		map_is_right /tmp/asked
		eventually no_namespace_left "$asked"
	done
	# One who logged in keeps theirs beside it.
	hold asker
	as_user asker sudo -n -u asked ls -d "/run/userns/$(id -u asker)/user" "/run/userns/$asked/user" > /tmp/asked.both
	[ "$(wc -l < /tmp/asked.both)" = 2 ]
	release asker
	[ -z "$(ls -A /run/userns)" ]
}

@test "doas" {
	new_user doer
	new_user done1
	echo 'permit nopass doer as done1' > /etc/doas.conf
	chmod 400 /etc/doas.conf
	# shellcheck disable=SC2086
	as_user doer doas -u done1 $read_map > /tmp/done1
	map_is_right /tmp/done1
	eventually no_namespace_left "$uid"
}

@test "dropbear, which has no PAM sessions: a login works, and joins the namespace if there is one" {
	new_user bear
	mkdir -p /home/bear/.ssh /tmp/bear
	ssh-keygen -q -t ed25519 -N '' -f /tmp/bear/key
	cp /tmp/bear/key.pub /home/bear/.ssh/authorized_keys
	chown -R bear: /home/bear
	chmod 700 /home/bear/.ssh
	dropbearkey -t ed25519 -f /tmp/bear/host > /dev/null 2>&1
	/usr/sbin/dropbear -r /tmp/bear/host -F -E -p 127.0.0.1:2216 2> /tmp/bear/log 3>&- & bear=$!
	bear_ssh() {
		ssh -q -F none -i /tmp/bear/key -p 2216 -o BatchMode=yes -o StrictHostKeyChecking=no \
			-o UserKnownHostsFile=/dev/null bear@127.0.0.1 "$@"
	}
	eventually bear_ssh true
	run bear_ssh userns exec true
	[ "$status" = 1 ]
	[[ $output == *'made at login'* ]]
	hold bear
	bear_ssh "$read_map" > /tmp/bear/map
	map_is_right /tmp/bear/map
	# Not what "release" would wait for.
	kill $bear
	release bear
	no_namespace_left "$uid"
}

# How often a login looks a user up, and how many processes it starts, in the host or anywhere.
count_calls() {
	strace -f -qq -o /tmp/costs.trace -e trace=openat,clone,clone3,fork,vfork,execve "$pamhost" /tmp/costs.report "$1" "$2"
	lookups=$(grep -c '"/etc/passwd"' /tmp/costs.trace || true)
	# The first is the host's own.
	processes=$(grep -cE '(clone3?|v?fork|execve)\(' /tmp/costs.trace)
}

@test "uid 0 and system users cost one look-up and no process" {
	printf 'session required pam_permit.so\n' > /etc/pam.d/userns-without
	for name in root games nobody; do
		count_calls userns-without $name
		before=$lookups
		[ "$processes" = 1 ]
		count_calls userns-optional $name
		[ $((lookups - before)) = 1 ]
		[ "$processes" = 1 ]
	done
	# As the counts of one who gets a namespace tell.
	new_user person
	count_calls userns-optional person
	[ "$processes" -gt 2 ]
	rm /etc/pam.d/userns-without
}
