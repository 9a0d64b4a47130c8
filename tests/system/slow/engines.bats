# SPDX-License-Identifier: BSD-3-Clause
# Every engine that Debian packages, nested in a delegated namespace on a host without newuidmap and
# newgidmap. What was done with each, and how it went, makes the table of the README: it is
# written to build/engines-RELEASE.md, and the last test compares the two.

load ../common

columns=(image build root user map auto volume)

setup_file() {
	[ "$(id -u)" = 0 ] && [ "${USERNS_SANDBOX:-}" = inside ] || return 0
	rm -f /usr/bin/newuidmap /usr/bin/newgidmap
	make_image /tmp/image.tar
}

setup() {
	log_in_for_test n
	let_podman_copy "$name"
	start=$(range_of "$uid" | cut -d: -f1)
	install -d -m 700 -o "$name" -g "$name" "/run/user/$uid"
	shared=/tmp/$name.shared
	mkdir -m 777 "$shared"
	work=/home/$name/work
	as_user "$name" mkdir "$work"
	make_cgroup "$name"
	cells=()
}

teardown() {
	[ "${USERNS_SANDBOX:-}" = inside ] || return 0
	pkill -KILL -u "$uid" || true
	remove_cgroup
	log_out_after_test
}

# In a group of processes that is the user's, as systemd gives them one.
user() {
	in_cgroup setpriv --reuid="$uid" --regid="$uid" --init-groups env HOME="/home/$name" USER="$name" \
		XDG_RUNTIME_DIR="/run/user/$uid" "$@" < /dev/null
}

inside() {
	user userns exec -- "$@"
}

# What a column says: a command succeeds. All are tried; row fails if one did. Not as a condition,
# in which no failure in the middle would count.
cell() {
	local column=$1 status=0
	shift
	(set -e; "$@") > "/tmp/$name.$column" 2>&1 3>&- &
	wait $! || status=$?
	if [ "$status" = 0 ]; then
		cells+=("$column=yes")
	else
		echo "# $column of $name failed:" >&2
		cat "/tmp/$name.$column" >&2
		cells+=("$column=no")
	fi
}

# A line of the table, for an engine and its package.
row() {
	local engine=$1 package=$2 line column version found
	version=$(dpkg-query -W -f '${Version}' "$package" | sed 's/^[0-9]*://; s/[-+~].*//')
	line="| $engine | $version |"
	for column in "${columns[@]}"; do
		found=$(printf '%s\n' "${cells[@]}" | sed -n "s/^$column=//p")
		line+=" ${found:-–} |"
	done
	echo "$line" >> "$BATS_FILE_TMPDIR/table"
	[[ $line != *' no |'* ]]
}

# Whose a file of the shared directory is on the host: root's inside, uid 1000's, or in the range.
is_root_in_user_namespace() {
	[ "$(stat -c %u "$shared/$1")" = "$uid" ]
}

is_1000() {
	[ "$(stat -c %u "$shared/$1")" = $((start + 999)) ]
}

is_first_of_range() {
	[ "$(stat -c %u "$shared/$1")" = "$start" ]
}

is_of_range() {
	local owner
	owner=$(stat -c %u "$shared/$1")
	[ "$owner" -ge "$start" ] && [ "$owner" -lt $((start + 65536)) ]
}

# podman and buildah build from the same file.
write_build_file() {
	printf 'FROM localhost/test\nRUN ["/bin/busybox", "touch", "/v/built"]\n' > "$work/Containerfile"
	chown "$name:" "$work/Containerfile"
}

podman_build() {
	write_build_file
	"$@" podman build -q --network=none -t built "$work"
	"$@" podman run --rm --network=none --cgroups=disabled built /bin/busybox test -e /v/built
}

podman_run() {
	local where=$1
	shift
	"$where" podman run --rm --network=none --cgroups=disabled -v "$shared:/v" "$@"
}

podman_user() {
	podman_run "$1" --user 1000 test /bin/busybox touch /v/user
	is_1000 user
}

podman_root() {
	[ "$(podman_run "$1" test /bin/busybox sh -c 'touch /v/root; id -u')" = 0 ]
	is_root_in_user_namespace root
}

podman_map() {
	[ "$(podman_run "$1" --uidmap 0:1:2000 test /bin/busybox sh -c 'touch /v/map; cat /proc/self/uid_map' | xargs)" = '0 1 2000' ]
	is_first_of_range map
}

podman_auto() {
	podman_run "$1" --userns=auto test /bin/busybox touch /v/auto
	is_of_range auto
}

# One container's uid 1000 writes what only uid 1000 of another can read.
podman_volume() {
	podman_run "$1" -v vol:/tmp test /bin/busybox sh -c 'chmod 777 /tmp'
	podman_run "$1" -v vol:/tmp --user 1000 test /bin/busybox sh -c 'umask 077; echo shared > /tmp/file'
	[ "$(podman_run "$1" -v vol:/tmp --user 1000 test /bin/busybox cat /tmp/file)" = shared ]
	run podman_run "$1" -v vol:/tmp --user 1001 test /bin/busybox cat /tmp/file
	[ "$status" != 0 ]
}

podman_cells() {
	cell image "$1" podman import -q /tmp/image.tar test
	cell build podman_build "$1"
	cell root podman_root "$1"
	cell user podman_user "$1"
	cell map podman_map "$1"
	cell auto podman_auto "$1"
	cell volume podman_volume "$1"
}

@test "podman, by userns exec" {
	podman_cells inside
	row 'podman, by `userns exec`' podman
}

@test "podman, plain, while userns hold --podman runs" {
	user userns hold --podman 3>&- &
	eventually test -e "/run/user/$uid/libpod/tmp/pause.pid"
	podman_cells user
	row 'podman, plain, with `userns hold --podman`' podman
}

buildah_image() {
	inside podman import -q /tmp/image.tar test
	inside buildah from --name one localhost/test
}

buildah_build() {
	local isolation
	write_build_file
	for isolation in chroot oci; do
		inside buildah bud -q --isolation=$isolation --network=host -t built "$work"
		inside buildah from --name "built-$isolation" localhost/built
		inside buildah run --isolation=chroot "built-$isolation" /bin/busybox test -e /v/built
	done
}

buildah_run() {
	inside buildah run --isolation=oci --network=none -v "$shared:/v" "$@"
}

buildah_root() {
	buildah_run one /bin/busybox touch /v/root
	is_root_in_user_namespace root
}

buildah_user() {
	buildah_run --user 1000 one /bin/busybox touch /v/user
	is_1000 user
}

buildah_map() {
	inside buildah from --userns-uid-map 0:1:2000 --userns-gid-map 0:1:2000 --name mapped localhost/test
	buildah_run mapped /bin/busybox touch /v/map
	is_first_of_range map
}

buildah_volume() {
	inside buildah from --name two localhost/test
	buildah_run --user 1000 one /bin/busybox sh -c 'umask 077; echo shared > /v/file'
	[ "$(buildah_run --user 1000 two /bin/busybox cat /v/file)" = shared ]
	run buildah_run --user 1001 two /bin/busybox cat /v/file
	[ "$status" != 0 ]
}

@test "buildah" {
	cell image buildah_image
	cell build buildah_build
	cell root buildah_root
	cell user buildah_user
	cell map buildah_map
	cell volume buildah_volume
	row buildah buildah
}

skopeo_image() {
	inside podman import -q /tmp/image.tar test
	inside podman save -q -o "$work/image.tar" test
	inside skopeo copy "docker-archive:$work/image.tar" "oci:$work/layout:test"
	inside skopeo copy "oci:$work/layout:test" containers-storage:localhost/copied
	inside podman image exists localhost/copied
}

@test "skopeo: from an archive to a layout to podman's storage" {
	cell image skopeo_image
	row skopeo skopeo
}

sandboxed() {
	inside bwrap --bind / / --bind "$shared" /mnt --proc /proc --dev /dev --unshare-pid --unshare-net "$@"
}

as_1000=(setpriv --reuid=1000 --regid=1000 --clear-groups)

bwrap_root() {
	[ "$(sandboxed sh -c 'touch /mnt/root; id -u')" = 0 ]
	is_root_in_user_namespace root
}

bwrap_user() {
	sandboxed --cap-add ALL "${as_1000[@]}" touch /mnt/user
	is_1000 user
}

bwrap_map() {
	[ "$(sandboxed --unshare-user --uid 1234 --gid 1234 sh -c 'touch /mnt/map; id -u; cat /proc/self/uid_map' | xargs)" = \
		'1234 1234 0 1' ]
	is_root_in_user_namespace map
	[ "$(user bash -c "exec 9< /run/userns/$uid/user; bwrap --userns 9 --ro-bind / / cat /proc/self/uid_map")" = \
		"$(expected_map "$uid" "$start:65536")" ]
}

bwrap_volume() {
	sandboxed --cap-add ALL "${as_1000[@]}" sh -c 'umask 077; echo shared > /mnt/file'
	[ "$(sandboxed --cap-add ALL "${as_1000[@]}" cat /mnt/file)" = shared ]
	run sandboxed --cap-add ALL setpriv --reuid=1001 --regid=1001 --clear-groups cat /mnt/file
	[ "$status" != 0 ]
}

@test "bubblewrap" {
	cell root bwrap_root
	cell user bwrap_user
	cell map bwrap_map
	cell volume bwrap_volume
	row bubblewrap bubblewrap
}

make_bundle() {
	as_user "$name" mkdir -p "$work/bundle/rootfs"
	as_user "$name" tar -C "$work/bundle/rootfs" -xf /tmp/image.tar
}

# run_bundle RUNTIME UID MAPPED COMMAND: a container of an OCI runtime, with the shared directory.
run_bundle() {
	local runtime=$1
	(cd "$work/bundle" && inside sh -c "rm -f config.json; $runtime spec")
	python3 - "$work/bundle/config.json" "$shared" "$2" "$3" "${@:4}" <<-'EOF'
		import json, sys
		path, shared, uid, mapped, command = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5:]
		spec = json.load(open(path))
		spec["process"].update(terminal=False, args=["/bin/busybox"] + command, user={"uid": uid, "gid": uid})
		spec["mounts"].append({"destination": "/v", "type": "bind", "source": shared, "options": ["bind", "rw"]})
		if mapped == "mapped":
		    spec["linux"]["namespaces"].append({"type": "user"})
		    for side in "uidMappings", "gidMappings":
		        spec["linux"][side] = [{"containerID": 0, "hostID": 1, "size": 2000}]
		json.dump(spec, open(path, "w"))
	EOF
	(cd "$work/bundle" && inside "$runtime" --root "/run/user/$uid/$runtime" run "c$RANDOM")
}

runtime_root() {
	[ "$(run_bundle "$1" 0 plain sh -c 'touch /v/root; id -u')" = 0 ]
	is_root_in_user_namespace root
}

runtime_user() {
	run_bundle "$1" 1000 plain touch /v/user
	is_1000 user
}

# The bundle is to be the mapped root's.
runtime_map() {
	inside chown -R 1:1 "$work/bundle/rootfs"
	chmod 711 "/home/$name" "$work" "$work/bundle"
	[ "$(run_bundle "$1" 0 mapped sh -c 'touch /v/map; cat /proc/self/uid_map' | xargs)" = '0 1 2000' ]
	is_first_of_range map
}

runtime_volume() {
	run_bundle "$1" 1000 plain sh -c 'umask 077; echo shared > /v/file'
	[ "$(run_bundle "$1" 1000 plain cat /v/file)" = shared ]
	run run_bundle "$1" 1001 plain cat /v/file
	[ "$status" != 0 ]
}

runtime_cells() {
	make_bundle
	cell root runtime_root "$1"
	cell user runtime_user "$1"
	cell volume runtime_volume "$1"
	cell map runtime_map "$1"
}

@test "crun" {
	runtime_cells crun
	row crun crun
}

@test "runc" {
	runtime_cells runc
	row runc runc
}

# A container of busybox by lxc-create's own template, which runs until it is stopped.
lxc_make() {
	local container=$1
	{
		printf 'lxc.net.0.type = empty\nlxc.mount.entry = %s tmp none bind 0 0\n' "$shared"
		printf '%s\n' "${@:2}"
	} > "$work/$container.conf"
	inside lxc-create -P "$work/lxc" -n "$container" -t busybox -f "$work/$container.conf"
	inside lxc-start -P "$work/lxc" -n "$container" -o "$work/$container.log" -l INFO
	inside lxc-wait -P "$work/lxc" -n "$container" -s RUNNING -t 10
}

lxc_in() {
	local container=$1
	shift
	inside lxc-attach -P "$work/lxc" -n "$container" "$@"
}

lxc_root() {
	lxc_in one -- /bin/busybox touch /tmp/root
	is_root_in_user_namespace root
}

lxc_user() {
	lxc_in one -u 1000 -g 1000 -- /bin/busybox touch /tmp/user
	is_1000 user
}

lxc_map() {
	lxc_make mapped 'lxc.idmap = u 0 1 60000' 'lxc.idmap = g 0 1 60000' 'lxc.console.path = none' 'lxc.tty.max = 0'
	[ "$(lxc_in mapped -- /bin/busybox sh -c 'touch /tmp/map; cat /proc/self/uid_map' | xargs)" = '0 1 60000' ]
	is_first_of_range map
}

lxc_volume() {
	lxc_make two
	lxc_in one -u 1000 -g 1000 -- /bin/busybox sh -c 'umask 077; echo shared > /tmp/file'
	[ "$(lxc_in two -u 1000 -g 1000 -- /bin/busybox cat /tmp/file)" = shared ]
	run lxc_in two -u 1001 -g 1001 -- /bin/busybox cat /tmp/file
	[ "$status" != 0 ]
}

@test "LXC: create, start and attach" {
	chmod 711 "/home/$name"
	chmod 777 "$work"
	cell image lxc_make one
	cell root lxc_root
	cell user lxc_user
	cell map lxc_map
	cell volume lxc_volume
	inside lxc-stop -k -P "$work/lxc" -n one
	row LXC lxc
}

unshare_root() {
	[ "$(inside unshare --map-root-user sh -c "touch $shared/root; id -u")" = 0 ]
	is_root_in_user_namespace root
}

unshare_user() {
	inside unshare --map-auto --map-root-user "${as_1000[@]}" touch "$shared/user"
	is_1000 user
}

# util-linux has OUTSIDE,INSIDE,COUNT until 2.39, and INSIDE:OUTSIDE:COUNT since; equal ids suit both.
unshare_map() {
	local range=1,0,2000
	! unshare --help | grep -q inneruid:outeruid || range=0:1:2000
	[ "$(inside unshare --map-users=$range --map-groups=$range --setuid 0 sh -c "touch $shared/map; cat /proc/self/uid_map" | xargs)" = '0 1 2000' ]
	is_first_of_range map
}

unshare_auto() {
	inside unshare --map-auto --setuid 0 touch "$shared/auto"
	is_of_range auto
}

@test "util-linux unshare" {
	cell root unshare_root
	cell user unshare_user
	cell map unshare_map
	cell auto unshare_auto
	row 'unshare (util-linux)' util-linux
}

rootless() {
	inside rootlesskit --net=host "$@"
}

rootlesskit_root() {
	[ "$(rootless --copy-up=/etc sh -c "touch $shared/root; id -u")" = 0 ]
	is_root_in_user_namespace root
}

rootlesskit_user() {
	rootless "${as_1000[@]}" touch "$shared/user"
	is_1000 user
}

rootlesskit_auto() {
	[ "$(rootless cat /proc/self/uid_map | xargs)" = '0 0 1 1 1 65536' ]
}

@test "rootlesskit" {
	cell root rootlesskit_root
	cell user rootlesskit_user
	cell auto rootlesskit_auto
	row rootlesskit rootlesskit
}

# Those that status says nest do, and the others do not: the engine's line, then a command. A
# container that another command is to run in is made before.
nests() {
	local line
	line=$(user userns status | sed -n '/^engines/,$p' | tr -s ' ' | grep -E "^$1 (yes|no)")
	echo "$line"
	shift
	if [[ $line == *' yes '* ]]; then
		inside "$@"
	else
		! inside "$@"
	fi
}

make_all() {
	inside podman import -q /tmp/image.tar test
	inside buildah from --name one localhost/test
	make_bundle
	chmod 711 "/home/$name"
	chmod 777 "$work"
	echo 'lxc.net.0.type = empty' > "$work/lxc.conf"
	inside lxc-create -P "$work/lxc" -n one -t busybox -f "$work/lxc.conf"
}

@test "status is right where setgroups is denied" {
	"$helper" --pid=$$ close "$uid" 2>/dev/null
	sed -i "s/uid=$uid\$/&,deny-setgroups/" /etc/usernamespaces
	"$helper" --pid=$$ open "$name" 2>/dev/null >&2
	[ "$(inside cat /proc/self/setgroups)" = deny ]
	make_all
	podman_root inside
	nests podman podman run --rm --network=none --cgroups=disabled --user 1000 test /bin/busybox id
	nests 'buildah' buildah run --isolation=oci --network=none one /bin/busybox id | grep -F 'with --isolation=oci'
	run inside buildah run --isolation=chroot one /bin/busybox id
	[ "$status" != 0 ]
	nests skopeo skopeo copy containers-storage:localhost/test "dir:$work/copied"
	nests bubblewrap bwrap --ro-bind / / --unshare-pid true
	for runtime in crun runc; do
		run_bundle $runtime 0 plain id
		run_bundle $runtime 1000 plain id
		nests $runtime true
	done
	nests LXC lxc-start -P "$work/lxc" -n one
	nests unshare unshare --map-auto --map-root-user true
	nests rootlesskit rootlesskit --net=host true
}

@test "status is right where no user namespace can be made" {
	inside sh -c 'echo 0 > /proc/sys/user/max_user_namespaces'
	make_all
	nests podman podman run --rm --network=none --cgroups=disabled test /bin/busybox id
	run inside podman run --rm --network=none --cgroups=disabled --uidmap 0:1:1000 test /bin/busybox id
	[ "$status" != 0 ]
	nests buildah buildah run --isolation=oci --network=none one /bin/busybox id
	nests buildah buildah run --isolation=chroot one /bin/busybox id
	nests skopeo skopeo copy containers-storage:localhost/test "dir:$work/copied"
	nests bubblewrap bwrap --ro-bind / / --unshare-pid true
	run inside bwrap --ro-bind / / --unshare-user true
	[ "$status" != 0 ]
	for runtime in crun runc; do
		run_bundle $runtime 0 plain id
		nests $runtime true
		run run_bundle $runtime 0 mapped id
		[ "$status" != 0 ]
	done
	nests LXC lxc-start -P "$work/lxc" -n one
	nests unshare unshare --map-auto --map-root-user true
	nests rootlesskit rootlesskit --net=host true
}

# What the README says of this release, without the versions, which updates change.
readme_table() {
	sed -n "/^### Debian $1/,/^###* /p" "$top/README.md" | grep '^|'
}

without_versions() {
	awk -F'|' '{$3 = ""; print}'
}

@test "the README has this table" {
	release=$(sed 's/\..*//' /etc/debian_version)
	table=$top/build/engines-debian-$release.md
	{
		echo '| Engine | Version | Image | Build | Root | Uid 1000 | Own map | Automatic map | Shared volume |'
		echo '|---|---|---|---|---|---|---|---|---|'
		cat "$BATS_FILE_TMPDIR/table"
	} > "$table"
	diff -u <(readme_table "$release" | without_versions) <(without_versions < "$table")
}
