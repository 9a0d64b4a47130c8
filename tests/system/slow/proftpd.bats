# SPDX-License-Identifier: BSD-3-Clause
# Another ssh server that opens PAM sessions: proftpd's, for sftp. It gives up root's rights meanwhile,
# so that its close does nothing, as systemd's.

load ../common

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	[ -z "${daemon:-}" ] || kill "$daemon" || true
}

start_proftpd() {
	mkdir -p /tmp/proftpd
	ssh-keygen -q -t rsa -m PEM -N '' -f /tmp/proftpd/host
	cat > /tmp/proftpd/conf <<-EOF
		LoadModule mod_sftp.c
		LoadModule mod_sftp_pam.c
		ServerType standalone
		Port $1
		DefaultAddress 127.0.0.1
		UseIPv6 off
		User nobody
		Group nogroup
		PidFile /tmp/proftpd/pid
		ScoreboardFile /tmp/proftpd/score
		SFTPEngine on
		SFTPLog /tmp/proftpd/log
		SFTPHostKey /tmp/proftpd/host
		SFTPAuthMethods keyboard-interactive
	EOF
	proftpd -n -c /tmp/proftpd/conf > /tmp/proftpd/out 2>&1 3>&- & daemon=$!
	eventually test -s /tmp/proftpd/pid
}

sftp_as() {
	printf '#!/bin/sh\necho A pass word 7\n' > /tmp/askpass
	chmod 755 /tmp/askpass
	SSH_ASKPASS=/tmp/askpass SSH_ASKPASS_REQUIRE=force timeout 20 sftp -q -F none -P 2241 \
		-o PubkeyAuthentication=no -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "$1@127.0.0.1"
}

@test "proftpd: a session by sftp has its namespace; what it does not close the next login and gc clear" {
	new_user filer
	echo 'filer:A pass word 7' | chpasswd
	start_proftpd 2241
	echo "ls /run/userns/$uid" | sftp_as filer > /tmp/filer.ls
	grep -q "/run/userns/$uid/user" /tmp/filer.ls
	one_range_everywhere filer
	# In the log there is nothing of a close that failed.
	[ -z "$(grep -F 'pam_userns(' /run/messages | grep -v allocated)" ]
	login_as filer
	reported 'open 0'
	no_namespace_left "$uid"
	echo "ls /run/userns/$uid" | sftp_as filer > /tmp/filer.ls
	# The server's process for it ends a moment later than the client.
	eventually sh -c "$helper gc > /dev/null; [ ! -e /run/userns/$uid ]"
}
