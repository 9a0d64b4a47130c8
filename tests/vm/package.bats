# SPDX-License-Identifier: BSD-3-Clause
# The life of the packages on a clean machine. After each step logins work.

bats_require_minimum_version 1.5.0
load machine

setup_file() {
	machine_make
	make_previous
	machine_boot
}

teardown_file() {
	machine_stop
}

# The packages again under a lower version, unless there is a real earlier build in $PREVIOUS.
make_previous() {
	local package dir=$BATS_FILE_TMPDIR/package
	mkdir "$machine/root/root/previous"
	if [ -n "${PREVIOUS:-}" ]; then
		cp "$PREVIOUS"/*.deb "$machine/root/root/previous"
		return
	fi
	for package in "$vm/$RELEASE/packages/"*.deb; do
		dpkg-deb -R "$package" "$dir"
		sed -i -E 's/^(Version: .*)/\1~/; s/(libpam-userns \(= [^)]*)/\1~/' "$dir/DEBIAN/control"
		dpkg-deb -b "$dir" "$machine/root/root/previous" > /dev/null
		rm -r "$dir"
	done
}

# Asks nothing: there is nobody to answer.
install_packages() {
	root "apt-get install -y --allow-downgrades /root/$1/*.deb < /dev/null"
}

purge_packages() {
	root 'apt-get purge -y libpam-userns userns < /dev/null'
}

pam_lines() {
	root 'grep -lw pam_userns.so /etc/pam.d/* || true'
}

has_namespace() {
	[ "$(on "$1" userns exec -- id -u)" = 0 ]
}

has_none() {
	on "$1" true
	root test ! -e "/run/userns/$(root id -u "$1")"
}

# A session that stays until log_out.
log_in() {
	on "$1" "touch in; until [ -e out ]; do sleep 0.2; done; userns exec -- id -u > end; true" 3>&- &
	session=$!
	within $patience root test -e "/home/$1/in"
}

log_out() {
	root touch "/home/$1/out"
	wait $session
}

@test "installed, it is in the PAM stack, and users have namespaces" {
	install_packages packages
	[ "$(pam_lines)" = '/etc/pam.d/common-session
/etc/pam.d/common-session-noninteractive' ]
	root dpkg --verify libpam-userns userns
	new_user ines
	has_namespace ines
}

@test "its pages name the places of the package, and what is there is there" {
	root 'dpkg -L libpam-userns userns | grep "/man/.*\.gz$" > /root/pages
		[ "$(wc -l < /root/pages)" = 5 ] && [ -z "$(xargs zgrep -F /usr/local < /root/pages)" ]'
	root 'xargs zcat < /root/pages > /root/text
		paths=$(grep -oE "(/usr)?/(libexec|lib/systemd/system|lib/tmpfiles\.d|share/doc)/[^ ]*" /root/text)
		[ "$(wc -l <<< "$paths")" -ge 8 ] && ls -d $paths'
	root 'zgrep -q delegate /usr/share/doc/libpam-userns/README.md* && ls /usr/share/doc/libpam-userns/SECURITY.md*'
}

@test "a removal that fails leaves it in the PAM stack" {
	install_packages packages
	new_user abel
	root 'echo exit 1 >> /var/lib/dpkg/info/libpam-userns.prerm'
	run root 'apt-get remove -y libpam-userns userns < /dev/null'
	[ "$status" != 0 ]
	root "sed -i '\$d' /var/lib/dpkg/info/libpam-userns.prerm"
	install_packages packages
	[ "$(pam_lines | wc -l)" = 2 ]
	has_namespace abel
}

@test "pam-auth-update turns it off, an upgrade leaves it off, and it is turned on again" {
	install_packages previous
	new_user otto
	has_namespace otto
	range=$(range_of otto)
	root pam-auth-update --disable userns
	[ -z "$(pam_lines)" ]
	install_packages packages
	[ -z "$(pam_lines)" ]
	new_user never
	has_none never
	root pam-auth-update --enable userns
	has_namespace otto
	[ "$(range_of otto)" = "$range" ]
}

@test "an upgrade while users are logged in" {
	install_packages previous
	root "sed -i 's/^#size = 65536$/size = 131072/' /etc/security/userns.conf"
	new_user upton
	log_in upton
	range=$(range_of upton)
	[ "${range#*:}" = 131072 ]
	pin=$(root stat -Lc %i "/run/userns/$uid/user")
	install_packages packages
	root "grep -qx 'size = 131072' /etc/security/userns.conf"
	has_namespace upton
	[ "$(root stat -Lc %i "/run/userns/$uid/user")" = "$pin" ]
	log_out upton
	[ "$(root cat /home/upton/end)" = 0 ]
	[ "$(range_of upton)" = "$range" ]
	has_namespace upton
}

@test "removed while a user is logged in, it is out of the PAM stack" {
	install_packages packages
	new_user remi
	log_in remi
	range=$(range_of remi)
	# One that no session uses goes.
	new_user idle
	root /usr/libexec/userns-helper open idle
	root test -e "/run/userns/$uid/user"
	root 'apt-get remove -y libpam-userns userns < /dev/null'
	[ -z "$(pam_lines)" ]
	root test ! -e "/run/userns/$uid"
	root test -e "/run/userns/$(root id -u remi)/user"
	log_out remi
	on remi true
	root test -e /etc/security/userns.conf
	install_packages packages
	has_namespace remi
	[ "$(range_of remi)" = "$range" ]
}

@test "purged, it leaves the ranges on record and nothing else" {
	purge_packages
	root 'find /etc /usr /var/lib -xdev ! -path "/var/lib/dpkg*" ! -path "/var/lib/apt*" ! -path "/var/lib/systemd*" | sort > /root/before'
	install_packages packages
	new_user perla
	has_namespace perla
	range=$(range_of perla)
	records=$(root cat /etc/usernamespaces /etc/subuid /etc/subgid)
	purge_packages
	[ -z "$(pam_lines)" ]
	on perla true
	[ "$(root cat /etc/usernamespaces /etc/subuid /etc/subgid)" = "$records" ]
	root 'find /etc /usr /var/lib -xdev ! -path "/var/lib/dpkg*" ! -path "/var/lib/apt*" ! -path "/var/lib/systemd*" | sort |
		comm -13 /root/before - | grep -vxE "/etc/(usernamespaces|sub[ug]id)-?" || true' > "$BATS_TEST_TMPDIR/left"
	[ ! -s "$BATS_TEST_TMPDIR/left" ] || { cat "$BATS_TEST_TMPDIR/left"; false; }
	install_packages packages
	has_namespace perla
	[ "$(range_of perla)" = "$range" ]
}

@test "purged, it leaves on record of whom it is known that their own ids lie in a range" {
	install_packages packages
	root 'mkdir -p -m 700 /var/lib/userns && cd /var/lib/userns && echo 70000 > newcomers && touch reclaim-524288'
	purge_packages
	[ "$(root ls /var/lib/userns)" = newcomers ]
	root rm -r /var/lib/userns
}

@test "the journal has nothing at err or above but the logout after the removal" {
	journal_is_clean 'cannot run /usr/libexec/userns-helper'
}
