# SPDX-License-Identifier: BSD-3-Clause
# The EXAMPLES of the pages, run as they stand there, on a machine that has what they speak of.

bats_require_minimum_version 1.5.0
load machine

setup_file() {
	machine_make installed
	machine_boot
	make_people
}

teardown_file() {
	machine_stop
}

make_people() {
	local name
	# With the uids that the pages give them.
	new_user alice
	root useradd -m -u 1003 -K SUB_UID_COUNT=0 -K SUB_GID_COUNT=0 dave
	for name in carol builder erin; do
		new_user $name
	done
	on erin true
}

# What the examples name: an image, a build, a root file system, a program, places to write to.
make_files() {
	root 'dpkg -i /root/buildah/*.deb'
	root 'install -d -o alice /srv/wiki && install -d -m 777 /srv/web && chmod 755 ~alice
		install -D -m 755 /bin/true /srv/bin/strange
		printf "[default]\ndelegate = yes\n" | tee /root/new.conf /root/userns.conf.new > /etc/security/ci.conf
		mkdir -p /tmp/web/sbin /tmp/web/bin /tmp/web/proc && cp /bin/busybox /tmp/web/bin
		printf "#!/bin/busybox sh\nexit 0\n" > /tmp/web/sbin/init && chmod 755 /tmp/web/sbin/init
		tar -C /tmp/web -cf ~alice/web.tar sbin bin proc && chmod 644 ~alice/web.tar'
	on alice 'userns exec -- podman import -q /srv/image.tar docker.io/library/debian > /dev/null
		printf "FROM docker.io/library/debian\nCOPY web.tar /\n" > Containerfile
		mkdir build && userns exec -- chown 33 build'
}

# The examples of a page, as the package has it, in the form that examples.awk gives them.
examples_of() {
	local page
	page=$(root "zcat /usr/share/man/man${1##*.}/$1.gz" | awk -f "$BATS_TEST_DIRNAME/examples.awk")
	[ -n "$page" ] && printf '%s\n' "$page"
}

lines_of() {
	tr '\036' '\n' <<< "$1"
}

# Lines with "#" in front are root's, and what is printed stands below; else they are alice's.
run_examples() {
	local example count=0
	while read -r example <&4; do
		echo "--- $example"
		case $example in
		'# '*) run_transcript "$example" ;;
		# What is shown as printed, by nothing that stands there.
		userns-helper:*) continue ;;
		*) on alice "set -e; $(lines_of "$example")" < /dev/null ;;
		esac
		count=$((count + 1))
	done 4< <(examples_of "$1")
	[ "$count" -ge "$2" ]
}

# Numbers differ from machine to machine, and the page breaks long lines.
plain() {
	tr '\n' ' ' | sed -E 's/[0-9]+/N/g; s/ +$//'
}

run_transcript() {
	local line command='' wanted='' said
	while read -r line; do
		case $line in
		'# '*)
			[ -z "$command" ] || said_right "$command" "$wanted"
			command=${line#\# } wanted=''
			;;
		*) wanted+=$line$'\n' ;;
		esac
	done < <(lines_of "$1")
	said_right "$command" "$wanted"
}

# An example that shows no output is right when it succeeds.
said_right() {
	local said
	said=$(root "{ $1; } 2>&1")
	[ -z "$2" ] || [ "$(plain <<< "$said")" = "$(plain <<< "$2")" ] ||
		{ echo "'$1' said: $said" >&2; return 1; }
}

# The first, as on that page alice has not logged in yet.
@test "userns-helper(8)" {
	run_examples userns-helper.8 2
}

@test "userns(1)" {
	make_files
	run_examples userns.1 10
}

@test "pam_userns(8): each line gives a namespace" {
	local line count=0
	while read -r line <&4; do
		root 'cat > /etc/pam.d/runuser-l' <<-EOT
			auth sufficient pam_rootok.so
			session required pam_permit.so
			${line/optional/required}
		EOT
		[ "$(root "runuser -l carol -c 'userns exec -- id -u'")" = 0 ]
		count=$((count + 1))
	done 4< <(examples_of pam_userns.8)
	[ $count -ge 2 ]
}

@test "userns.conf(5): each policy is one, and does what it says to those it names" {
	local example name count=0
	while read -r example <&4; do
		case $example in
		'['*)
			lines_of "$example" | root 'cat > /root/new.conf'
			for name in alice carol dave builder; do
				run root "userns explain --config=/root/new.conf --service=sshd $name"
				[[ ! "$output" =~ /root/new.conf:[0-9]+:\ .*(unknown|expected) ]]
				[ "$status" -le 1 ]
			done
			;;
		*) run_transcript "$example" ;;
		esac
		count=$((count + 1))
	done 4< <(examples_of userns.conf.5)
	[ $count -ge 4 ]
}

@test "usernamespaces(5): the book is one" {
	lines_of "$(examples_of usernamespaces.5)" | root 'cp -p /etc/usernamespaces /root/book; cat > /etc/usernamespaces'
	run -0 --separate-stderr root userns list --noheadings --raw
	[ -z "$stderr" ]
	[[ "$output" =~ incus ]]
	root 'cp -p /root/book /etc/usernamespaces'
}

@test "README.md: the first policy" {
	local explain='userns explain --config=/root/new.conf --service=sshd'
	sed -n '/^## A first policy$/,/^## /s/^    //p' "$top/README.md" | root 'groupadd -f containers; cat > /root/new.conf'
	run root "$explain carol"
	[[ "$output" =~ delegate\ =\ no ]]
	run -0 root "$explain alice"
	[[ "$output" =~ 1048576|1M ]]
}
