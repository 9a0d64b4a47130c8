# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Root directories of clean Debian releases, kept below build/vm. Needs root, and Debian's archive.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
vm=$top/build/vm
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

# Debian's mirror is the one that apt-get uses here, else debootstrap's own.
mirror() {
	apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
		awk '$1 == "Debian" && $2 == "Debian" {print $3; exit}'
}

# in_root ROOT COMMAND...: as root in it, with mounts and processes of its own. No service starts.
in_root() {
	unshare --mount --propagation private --pid --fork --kill-child -- bash -euc '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		printf "#!/bin/sh\nexit 101\n" > "$root/usr/sbin/policy-rc.d"
		chmod 755 "$root/usr/sbin/policy-rc.d"
		status=0
		chroot "$root" "$@" || status=$?
		rm "$root/usr/sbin/policy-rc.d"
		exit $status' in_root "$@"
}

install_in() {
	local root=$1
	shift
	in_root "$root" apt-get -q update
	in_root "$root" apt-get -q install -y --no-install-recommends "$@"
	in_root "$root" apt-get clean
}

# Packages of a kind of root.
#   minimal  what debootstrap calls minbase: it has neither compiler nor make
#   builder  builds packages, and judges them
#   machine  boots: Debian's kernel, systemd, sshd and podman, but no uidmap
packages_of() {
	case $1 in
	minimal) ;;
	builder) echo build-essential lintian ;;
	machine) echo linux-image-amd64 initramfs-tools kmod apparmor systemd systemd-sysv dbus dbus-user-session \
		libpam-systemd openssh-server openssh-client sudo cron iproute2 procps podman crun \
		busybox-static bubblewrap ;;
	esac
}

# For the test that wants it: on Debian 13 it brings uidmap, which no machine is to have else.
fetch_buildah() {
	mkdir -p "$1/root/buildah/partial"
	in_root "$1" apt-get -q install -y --no-install-recommends --download-only \
		-o Dir::Cache::archives=/root/buildah buildah
}

# need_root RELEASE KIND: makes build/vm/RELEASE/KIND, unless it is there with these packages.
need_root() {
	local release=$1 kind=$2 root=$vm/$1/$2 wanted
	wanted=$(packages_of "$kind")
	[ "$(cat "$root.done" 2>/dev/null)" != "$kind: $wanted" ] || return 0
	rm -rf "$root" "$root.done"
	mkdir -p "$vm/$release"
	if [ "$kind" = minimal ]; then
		# shellcheck disable=SC2046
		debootstrap --variant=minbase "$release" "$root" $(mirror) || return
	else
		need_root "$release" minimal || return
		cp -a "$vm/$release/minimal" "$root" || return
		# shellcheck disable=SC2086
		install_in "$root" $wanted || return
		[ "$kind" != machine ] || fetch_buildah "$root" || return
	fi
	echo "$kind: $wanted" > "$root.done"
}

# The machine of a release with what its packages depend on, and without the packages themselves.
need_machine() {
	local package depends
	need_root "$1" machine || return
	for package in "$vm/$1/packages/"*.deb; do
		depends+=$(dpkg-deb -f "$package" Depends),
	done
	depends=$(sed 's/libpam-userns ([^)]*),*//g' <<< "$depends")
	in_root "$vm/$1/machine" apt-get -q satisfy -y --no-install-recommends "$depends"
}
