# SPDX-License-Identifier: BSD-3-Clause
# Every way to log in, on a machine that has the packages.

bats_require_minimum_version 1.5.0
load machine

setup_file() {
	machine_make installed
	machine_boot
}

teardown_file() {
	machine_stop
}

# Prints the map that a user's namespace has, as the kernel shows it, with single blanks.
map='userns exec -- sh -c "tr -s \" \" < /proc/self/uid_map | cut -c 2-"'

# That output is this map, and maps the range on record.
is_map_of() {
	local range
	range=$(range_of "$1")
	[ "$output" = "0 $(root id -u "$1") 1
1 ${range/:/ }" ] || { echo "got: $output; on record: $range" >&2; return 1; }
}

@test "ssh with a password: a first login has a range and a namespace that maps it" {
	new_user pat
	run -0 on_by_password pat "$map"
	is_map_of pat
}

@test "ssh with a key" {
	new_user kay
	run -0 on kay "$map"
	is_map_of kay
}

@test "the console" {
	new_user connie
	console_mark
	console_type ''
	within $patience console_shows 'login:'
	console_type connie
	within $patience console_shows 'Password:'
	console_type connie
	within $patience console_shows 'connie@machine'
	console_type "$map > console-map; logout"
	within $patience root test -s /home/connie/console-map
	run -0 root cat /home/connie/console-map
	is_map_of connie
	within $patience root test ! -e "/run/userns/$uid"
}

@test "su" {
	new_user sue
	run -0 root "su - sue -c '$map'"
	is_map_of sue
}

@test "sudo, to the user and from the user" {
	new_user sid
	run -0 root "sudo -u sid -i $map"
	is_map_of sid
	root "echo 'sid ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/sid"
	[ "$(on sid sudo id -u)" = 0 ]
}

@test "cron" {
	new_user ron
	root "echo '* * * * * $map > cron-map 2>&1' | crontab -u ron -"
	within $((patience + 60)) root test -s /home/ron/cron-map
	root crontab -u ron -r
	run -0 root cat /home/ron/cron-map
	is_map_of ron
}

@test "services of the user's own systemd, in a login" {
	new_user serge
	run -0 on serge "systemd-run --user --quiet --wait --pipe $map"
	is_map_of serge
}

@test "lingering: services without a login" {
	new_user linus
	root 'install -d -o linus ~linus/.config{,/systemd{,/user{,/default.target.wants}}}'
	root 'cat > ~linus/.config/systemd/user/map.service' <<-'EOT'
		[Service]
		Type=oneshot
		ExecStart=/bin/sh -c 'userns exec -- cat /proc/self/uid_map > %h/linger-map'
	EOT
	root 'ln -s ../map.service ~linus/.config/systemd/user/default.target.wants/'
	root loginctl enable-linger linus
	within $patience root test -s /home/linus/linger-map
	run -0 root "tr -s ' ' < /home/linus/linger-map | cut -c 2-"
	is_map_of linus
}

@test "podman runs a container in the namespace, and the host sees ids of the range alone" {
	new_user polly
	root 'test ! -e /usr/bin/newuidmap'
	on polly 'userns exec -- podman import -q /srv/image.tar test > /dev/null'
	[ "$(on polly userns exec -- podman run --rm --network=none test /bin/busybox id -u)" = 0 ]
	on polly 'mkdir -m 777 shared; userns exec -- podman run --rm --network=none -v /home/polly/shared:/shared -u 33 test /bin/busybox touch /shared/file'
	range=$(range_of polly)
	[ "$(root stat -c %u ~polly/shared/file)" = $((${range%:*} + 32)) ]
}

@test "podman by itself, with userns-podman.service, and with no newuidmap" {
	root 'test ! -e /usr/bin/newuidmap'
	new_user penny
	on penny 'systemctl --user --quiet enable --now userns-podman.service'
	on penny 'podman import -q /srv/image.tar test > /dev/null'
	[ "$(on penny podman run --rm test /bin/busybox id -u)" = 0 ]
	range=$(range_of penny)
	[ "$(on penny podman run --rm test /bin/busybox cat /proc/self/uid_map | tr -s ' ')" = " 0 $uid 1
 1 ${range/:/ }" ]
}

@test "after a reboot the range is the same" {
	new_user reba
	on reba true
	range=$(range_of reba)
	machine_reboot
	run -0 on reba "$map"
	is_map_of reba
	[ "$(range_of reba)" = "$range" ]
}

@test "the journal has nothing at err or above" {
	journal_is_clean
}
