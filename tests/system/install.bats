# SPDX-License-Identifier: BSD-3-Clause
# "make install".

load common

install_into() {
	make -s -C "$top" BUILD=build/system PREFIX=/usr DESTDIR="$1" install
}

@test "an edited policy stays as it is, and the rest is replaced" {
	root=$(mktemp -d)
	install_into "$root"
	cmp "$top/conf/userns.conf" "$root/etc/security/userns.conf"
	printf '[default]\ndelegate = no\n' > "$root/etc/security/userns.conf"
	echo old > "$root$helper"
	install_into "$root"
	[ "$(cat "$root/etc/security/userns.conf")" = "$(printf '[default]\ndelegate = no')" ]
	cmp "$top/build/system/userns-helper" "$root$helper"
	diff -r "$top/conf/examples" "$root/usr/share/doc/pam_userns/examples"
}

@test "the unit for users has the paths of the installation" {
	root=$(mktemp -d)
	install_into "$root"
	unit=$root/usr/lib/systemd/user/userns-podman.service
	grep -qx 'ExecStart=/usr/bin/userns hold --podman' "$unit"
	grep -qx 'ConditionPathExists=/run/userns/%U/user' "$unit"
	[ -z "$(grep @ "$unit")" ]
}

@test "the version is the same in every place" {
	version=$(sed -n 's/^VERSION = //p' "$top/Makefile")
	head -n 1 "$top/debian/changelog" | grep -qF "($version)"
	grep -qx "Version: *$version" "$top/packaging/pam_userns.spec"
	grep -qx "## $version" "$top/CHANGELOG.md"
	[[ "$(userns --version)" =~ $version ]]
}

@test "what --help names is in the page" {
	n=0
	for option in $("$helper" --help | grep -oE -- '--[a-z-]+' | sort -u); do
		n=$((n + 1))
		grep -qE "^\.It .*(Fl|,) ${option#-}( |\$)" "$top/man/userns-helper.8" || { echo "userns-helper(8) lacks $option" >&2; false; }
	done
	[ "$n" -ge 10 ]
	for verb in $(userns --help | sed -n 's/^\(Usage:\|      \) userns \([a-z]*\).*/\2/p' | sort -u); do
		n=$((n + 1))
		grep -qx "\.Ss userns $verb" "$top/man/userns.1" || { echo "userns(1) lacks $verb" >&2; false; }
	done
	[ "$n" -ge 22 ]
}

# The lines of a usage, or of a page's synopsis, in one spelling: "userns gc [--config=FILE] [USER|UID]".
usages() {
	tr -d ' ' | tr '[:lower:]' '[:upper:]' | sort
}

@test "both programs and userns(1) say the same of how each verb is called" {
	userns --help | sed -n 's/^\(Usage:\|      \) \(userns .*\)/\2/p' | usages > /tmp/said
	mandoc -T ascii -O width=200 "$top/man/userns.1" | sed 's/.\x08//g' | sed -n '/^SYNOPSIS/,/^DESCRIPTION/s/^ *\(userns .*\)/\1/p' |
		grep -vE -- ' (--help|-h \| --help|-V \| --version)$' | usages > /tmp/in_page
	[ "$(wc -l < /tmp/said)" -ge 18 ]
	diff /tmp/said /tmp/in_page
	"$helper" --help | sed -n 's/^\(Usage:\|      \) \(userns .*\)/\2/p' | usages > /tmp/handed_over
	[ "$(wc -l < /tmp/handed_over)" -ge 8 ]
	[ -z "$(comm -23 /tmp/handed_over /tmp/said)" ]
}

@test "behind a verb, --help says how that is called, and no more than it takes" {
	for verb in $(userns --help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
		userns "$verb" --help | head -n 1 | grep -q "^Usage: userns $verb" || { echo "$verb"; false; }
	done
	while read -r verb options; do
		diff <(userns "$verb" --help | grep -o -- '--[a-z-]*' | sort -u) <(tr ' ' '\n' <<< "$options") || { echo "$verb"; false; }
	done <<- 'END'
		explain --config --help --service --timeout
		gc --config --help --timeout
		grant --config --help --size --timeout
		reclaim --force --help --restart --timeout
		reserve --config --help --size --timeout
		revoke --help --timeout
		unreserve --help --timeout
	END
	[[ "$("$helper" --help close)" == 'Usage: userns-helper [options] close UID'* ]]
	run "$helper" --help nonsense
	[ "$status" = 2 ]
}

@test "a page names the places of the build, and what it says is there is there" {
	root=$(mktemp -d)
	install_into "$root"
	n=0
	for page in "$root"/usr/share/man/man?/*; do
		n=$((n + 1))
		[ -z "$(grep -F /usr/local "$page")" ]
		for path in $(grep -oE '/usr/(libexec|lib/systemd|lib/tmpfiles|share/doc)[^ ]*' "$page"); do
			[ -e "$root$path" ] || { echo "$page: $path" >&2; false; }
		done
	done
	[ "$n" = 5 ]
	grep -qF /usr/libexec/userns-helper "$root/usr/share/man/man8/userns-helper.8"
}

@test "\"make uninstall\" leaves the policy, what others have put beside, and nothing else" {
	root=$(mktemp -d)
	install_into "$root"
	[ "$(find "$root" ! -type d | wc -l)" -gt 20 ]
	mkdir -p "$root/usr/share/doc/others"
	touch "$root/usr/libexec/userns/others" "$root/usr/lib/systemd/user/others.service"
	make -s -C "$top" BUILD=build/system PREFIX=/usr DESTDIR="$root" uninstall
	[ "$(find "$root" ! -type d -printf '%P\n' | sort)" = 'etc/security/userns.conf
usr/lib/systemd/user/others.service
usr/libexec/userns/others' ]
	rm "$root/usr/libexec/userns/others"
	# What is not there any more is no error.
	make -s -C "$top" BUILD=build/system PREFIX=/usr DESTDIR="$root" uninstall
	[ -z "$(find "$root" -name '*userns*' ! -name userns.conf)" ]
	[ ! -e "$root/usr/lib/systemd/system/user@.service.d" ]
}
