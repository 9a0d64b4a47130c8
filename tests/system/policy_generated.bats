# SPDX-License-Identifier: BSD-3-Clause
# Fifty policies made by chance, the same at every run: explain and a real login agree on each.

load common
load explain

policy=/etc/security/userns.conf

setup_file() {
	bats_require_minimum_version 1.5.0
}

setup() {
	needs_sandbox
	rm -rf "$policy" "$policy.d"
	mark_log
}

teardown() {
	[ "${USERNS_SANDBOX:-}" != inside ] || rm -rf "$policy" "$policy.d"
}

one_of() {
	eval "echo \"\${$((RANDOM % $# + 1))}\""
}

chance() {
	[ $((RANDOM % 100)) -lt "$1" ]
}

# A line for a section of a user, or of many.
some_line() {
	case $(one_of delegate size services root setgroups allocate description "${@:2}") in
	delegate) echo "delegate = $(one_of auto yes yes no)" ;;
	size) echo "size = $(one_of 1 1000 64K 65536 128K 2M)" ;;
	services) echo "services = $(one_of userns-test 'sshd userns-test' 'sshd login')" ;;
	root) echo "root = $(one_of user range)" ;;
	setgroups) echo "setgroups = $(one_of allow deny)" ;;
	allocate) echo "allocate = $(one_of next by-uid)" ;;
	description) echo "description = \"number $RANDOM\" # by chance" ;;
	range) echo "range = $1" ;;
	map) echo "map = 0:$uid:1,$(one_of 1 5 4294967294):$(one_of "${1%-*}" "$uid" 70000):$(one_of 1 1 100)" ;;
	gids) echo "gids = 7:$(id -g "$name"):1" ;;
	wrong) one_of 'size = 0' 'sizes = 1' 'root = me' 'delegate' 'map = 1' '= 5' 'size = 1M # x' ;;
	esac
}

# Lines with a key each, as none may stand twice.
some_lines() {
	for _ in 1 2 3; do
		some_line "$@"
	done | sort -t' ' -k1,1 -u
	echo
}

# A file with some of all sections, each once, in an order by chance.
some_file() {
	local section place=$1 wrong=()
	for section in $(printf '%s\n' host default gen1 gen2 number uids uid other user | shuf --random-source=<(yes $RANDOM)); do
		chance 60 && continue
		wrong=()
		! chance 20 || wrong=(wrong)
		case $section in
		host) printf '[host]\npool = %s\n' "$(one_of 524288-1879048191 1400000000-1500000000)" ;;
		default) echo '[default]' && some_lines "$place" ;;
		gen1) echo '[group gen1]' && some_lines "$place" ;;
		gen2) echo '[group "gen 2"]' && some_lines "$place" ;;
		number) echo "[group $gid3]" && some_lines "$place" ;;
		uids) echo '[uid 1000-60000]' && some_lines "$place" ;;
		uid) echo "[uid $uid-$uid]" && some_lines "$place" ;;
		other) echo "[user \"some body\"]" && some_lines "$place" "${wrong[@]}" ;;
		user) echo "[user $name]" && some_lines "$place" range map gids "${wrong[@]}" ;;
		esac
	done
}

@test "fifty policies by chance: explain and the login say the same" {
	RANDOM=20260131
	groupadd gen1
	groupadd gen2
	sed -i 's/^gen2:/gen 2:/' /etc/group
	groupadd gen3
	gid3=$(getent group gen3 | cut -d: -f3)
	declare -A outcomes
	for n in {1..50}; do
		name=gen-$n
		new_user $name
		for group in gen1 'gen 2' gen3; do
			chance 50 && sed -i "s/^\($group:.*[^:]\)$/\1,$name/; s/^\($group:.*:\)$/\1$name/" /etc/group
		done
		rm -rf "$policy" "$policy.d"
		mkdir "$policy.d"
		place=$((1200000000 + n * 65536))-$((1200000000 + n * 65536 + $(one_of 999 65535)))
		some_file $place > "$policy"
		chance 50 && some_file $place > "$policy.d/10.conf"
		chance 50 && some_file $place > "$policy.d/20.conf"
		if ! same_as_login $name; then
			tail -n +1 "$policy" "$policy.d"/* >&2
			id $name >&2
			false
		fi
		outcome=$(line_of 'a login:')
		outcomes[${outcome%%,*}]=$((${outcomes[${outcome%%,*}]:-0} + 1))
	done
	# All that can come of it does.
	declare -p outcomes
	[ "${outcomes[PAM_SUCCESS]}" -ge 10 ]
	[ "${outcomes[PAM_IGNORE]}" -ge 5 ]
	[ "${outcomes[PAM_SESSION_ERR]}" -ge 5 ]
}
