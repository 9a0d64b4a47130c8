# SPDX-License-Identifier: BSD-3-Clause
# bash completion, as "make install" puts it where bash-completion(7) looks, and by itself.

load common

setup() {
	log_in_for_test t
}

teardown() {
	log_out_after_test
}

# What a user's bash would offer for a line, one a line, as bash-completion loads and calls it.
# The line is split as readline does by COMP_WORDBREAKS.
offers() {
	as_user "$name" bash --norc -c '
		. /usr/share/bash-completion/bash_completion
		COMP_LINE=$1
		COMP_POINT=${#1}
		mapfile -t COMP_WORDS < <(sed "s/\([=:]\)/\n\1\n/g; s/ /\n/g" <<< "$1" | sed "/^\$/d")
		[[ $1 != *[\ ] ]] || COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		compopt() { :; }
		if declare -F _comp_load > /dev/null; then _comp_load userns; else _completion_loader userns; fi
		[[ $(complete -p userns) == "complete -F _userns userns" ]] || exit 1
		_userns userns "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
		printf "%s\n" "${COMPREPLY[@]}"' x "$1" 2>/dev/null
}

offers_just() {
	local line=$1 found
	shift
	found=$(offers "$line" | sort)
	[ "$found" = "$(printf '%s\n' "$@" | sort)" ] || { echo "for '$line':" "$found" >&2; return 1; }
}

@test "completion: every verb of the help, by its beginning" {
	userns --help | grep -oE '^(Usage:|      ) userns [a-z]+' | awk '{print $NF}' | sort -u > /tmp/verbs
	offers 'userns ' | grep -v '^--' | sort > /tmp/offered
	diff /tmp/verbs /tmp/offered
	[ "$(wc -l < /tmp/verbs)" -ge 12 ]
	offers_just 'userns un' unreserve unshare
	offers_just 'userns --h' --help
	offers_just 'userns nonsense' ''
}

@test "completion: every option that the man page gives a verb" {
	for verb in exec unshare list; do
		mandoc -T ascii "$top/man/userns.1" | sed 's/.\x08//g' |
			awk -v begin="   userns $verb" '$0 == begin {on = 1; next} /^   [a-z]/ {on = 0} on' |
			grep -oE '(^ {5}|, )(-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u > /tmp/options
		[ -s /tmp/options ]
		offers "userns $verb --" | sort > /tmp/offered
		diff <(comm -23 /tmp/options /tmp/offered) /dev/null
	done
	offers_just 'userns grant --' --config --help --size --timeout
	offers_just 'userns reclaim --' --force --help --restart --timeout
	offers_just 'userns explain --' --config --help --service --timeout
	offers_just 'userns unshare --map' ''
	offers_just 'userns unshare --mo' --mount --mount-proc
}

@test "completion: users, and owners of what can be revoked, unreserved and reclaimed" {
	for verb in status explain grant; do
		offers_just "userns $verb $name" "$name"
		offers_just "userns $verb roo" root
	done
	new_user "gone$name"
	userns grant "gone$name"
	userns revoke "gone$name"
	userns reserve --size=65536 "held$name"
	offers 'userns revoke ' | grep -qx "$name"
	[ -z "$(offers 'userns revoke ' | grep -E 'gone|held')" ]
	offers_just 'userns unreserve ' "held$name"
	offers_just 'userns reclaim ' "gone$name"
}

@test "completion: banks" {
	offers_just 'userns bank ' create delete list
	offers_just 'userns bank delete ' ''
	as_user "$name" userns bank create web 100
	as_user "$name" userns bank create logs 100
	offers_just 'userns bank delete ' logs web
	offers_just 'userns bank delete web l' logs
	offers_just 'userns unshare --bank w' web
	offers_just 'userns unshare --bank=w' web
	offers_just 'userns unshare --bank web --bank ' logs web
	offers_just 'userns bank create ' ''
}

@test "completion: values of options" {
	offers_just 'userns unshare --setgroups ' allow deny
	offers_just 'userns unshare --setgroups=' allow deny
	offers_just 'userns unshare --propagation s' shared slave
	offers_just 'userns unshare --user gam' games
	offers_just 'userns unshare --kill-child=SIGTE' SIGTERM
	offers_just 'userns list --output US' USER
	offers_just 'userns list -o USER,CO' USER,COUNT
	offers_just 'userns list -o +UI' +UID
	offers 'userns list -o USER,' | grep -qx USER,COUNT
	[ -z "$(offers 'userns list -o USER,' | grep -x USER,USER)" ]
	offers_just 'userns bank list -o ' NAME START COUNT UIDS GIDS USED
	mkdir "/tmp/$name.dir"
	touch "/tmp/$name.file"
	offers_just "userns unshare --root /tmp/$name." "/tmp/$name.dir"
	offers "userns list --svg /tmp/$name." | grep -qx "/tmp/$name.file"
}

@test "completion: the command of exec and unshare, and then its own" {
	offers 'userns exec busyb' | grep -qx busybox
	offers 'userns exec -- busyb' | grep -qx busybox
	offers 'userns exec --drop-groups busyb' | grep -qx busybox
	offers 'userns unshare -m --uidmap 0:0:1 --wd /usr busyb' | grep -qx busybox
	offers 'userns unshare --private=5 busyb' | grep -qx busybox
	touch "/tmp/$name.argument"
	offers "userns exec cat /tmp/$name.arg" | grep -qx "/tmp/$name.argument"
	offers "userns unshare --user games -- cat /tmp/$name.arg" | grep -qx "/tmp/$name.argument"
	# What looks like an option of ours is the command's.
	! offers 'userns exec cat --drop' | grep -q groups
}

@test "completion: without bash-completion" {
	run as_user "$name" bash --norc -c ". $top/conf/completion/userns.bash
		COMP_WORDS=(userns unsh) COMP_CWORD=1
		_userns
		echo \${COMPREPLY[@]}
		COMP_WORDS=(userns exec cat /etc/passw) COMP_CWORD=3
		_userns 2>/dev/null
		echo \${COMPREPLY[@]}"
	[ "$status" = 0 ]
	[ "${lines[0]}" = unshare ]
	[[ ${lines[1]} == */etc/passwd* ]]
}
