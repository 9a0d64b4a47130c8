# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
#
# bash completion for userns(1). Verbs, options and columns are what its --help says, so that a newer
# userns needs no newer completion. By itself, or loaded by bash-completion(7).

# The verbs: the indented words of the list in the help.
_userns_verbs() {
	userns --help 2>/dev/null | sed -n 's/^  \([a-z][a-z-]*\)  .*/\1/p'
}

# The help of a verb: where it has one of its own, that; else what the general one says of it.
_userns_help() {
	local help
	help=$(userns "$1" --help 2>/dev/null)
	if [[ $help == "Usage: userns $1"* ]]; then
		printf '%s\n--help\n' "$help"
	else
		userns --help 2>/dev/null | grep -E "^(Usage:|      ) userns $1( |\$)"
	fi
}

_userns_options() {
	_userns_help "$1" | grep -oE -- '--[a-z][a-z-]*' | sort -u
}

# The columns of a table: the names in capitals below "Columns:".
_userns_columns() {
	_userns_help "$1" | sed -n '/^Columns:/,$s/^ *\([A-Z][A-Z]*\) .*/\1/p'
}

# The last of a list with commas, where each can be once.
_userns_complete_columns() {
	local cur=$1 verb=$2 done='' column
	[[ $cur != *,* ]] || done=${cur%,*},
	[[ -n $done || $cur != +* ]] || done=+
	for column in $(_userns_columns "$verb"); do
		[[ ,${done#+} == *",$column,"* ]] || COMPREPLY+=("$done$column")
	done
	mapfile -t COMPREPLY < <(compgen -W "${COMPREPLY[*]}" -- "$cur")
	compopt -o nospace
}

# Owners of ranges whose flags match; all may list them.
_userns_owners() {
	userns list --raw --noheadings --output USER,FLAGS 2>/dev/null | awk -v flags="$1" '$2 ~ flags {print $1}'
}

_userns_banks() {
	userns bank list --raw --noheadings --output NAME 2>/dev/null
}

# After an option with a word of its own, or "--option=": what that can be. False: it takes none.
_userns_complete_value() {
	local verb=$1 option=$2 cur=$3
	case $option in
	-o | --output)
		_userns_complete_columns "$cur" "$verb"
		;;
	--bank)
		mapfile -t COMPREPLY < <(compgen -W "$(_userns_banks)" -- "$cur")
		;;
	--setgroups)
		mapfile -t COMPREPLY < <(compgen -W 'allow deny' -- "$cur")
		;;
	--propagation)
		mapfile -t COMPREPLY < <(compgen -W 'private shared slave unchanged' -- "$cur")
		;;
	--kill-child)
		mapfile -t COMPREPLY < <(compgen -A signal -- "$cur")
		;;
	--user)
		mapfile -t COMPREPLY < <(compgen -u -- "$cur")
		;;
	-R | --root | -w | --wd | --mount-proc)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		;;
	--config | --svg)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		;;
	--uidmap | --gidmap | --private | --size) ;;
	*) return 1 ;;
	esac
}

# Those whose value is a word of its own also without "=".
_userns_takes_word() {
	case $1 in
	-o | --output | --bank | --setgroups | --propagation | --user | -R | --root | -w | --wd | --config | --svg | --uidmap | --gidmap) ;;
	--size) ;;
	*) return 1 ;;
	esac
}

# Where the command begins that exec and unshare run: an index, or past the end.
_userns_command_index() {
	local i
	for ((i = 2; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--) echo $((i + 1)) && return ;;
		=) ((i++)) ;;
		-*)
			if [[ ${COMP_WORDS[i + 1]} != = ]] && _userns_takes_word "${COMP_WORDS[i]}"; then
				((i++))
				# A map has colons, by which bash splits words.
				while [[ ${COMP_WORDS[i + 1]} == : ]]; do ((i += 2)); done
			fi
			;;
		*) break ;;
		esac
	done
	echo "$i"
}

# A command, and then whatever it completes by itself.
_userns_complete_command() {
	local index=$1 cur=$2
	if ((index < COMP_CWORD)) && declare -F _comp_command_offset > /dev/null; then
		_comp_command_offset "$index"
	elif ((index < COMP_CWORD)) && declare -F _command_offset > /dev/null; then
		_command_offset "$index"
	elif ((index < COMP_CWORD)); then
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
	fi
}

_userns_complete_words() {
	local verb=$1 cur=$2 words=''
	case $verb in
	status | explain | grant) words=$(compgen -u) ;;
	revoke) words=$(_userns_owners '^($|[^r])') ;;
	unreserve) words=$(_userns_owners 'reserved') ;;
	reclaim) words=$(_userns_owners 'retired') ;;
	bank)
		if ((COMP_CWORD == 2)); then
			words='create delete list'
		elif [[ ${COMP_WORDS[2]} == delete ]]; then
			words=$(_userns_banks)
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

_userns() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]} index
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "$(_userns_verbs) --help --version" -- "$cur")
		return
	fi
	if [[ $verb == exec || $verb == unshare ]]; then
		index=$(_userns_command_index)
		if ((index < COMP_CWORD)) || [[ $prev == -- ]]; then
			_userns_complete_command "$index" "$cur"
			return
		fi
	fi
	# bash takes the "=" of --option=value for a word.
	if [[ $cur == = ]]; then
		_userns_complete_value "$verb" "$prev" '' && return
	elif [[ $prev == = ]]; then
		_userns_complete_value "$verb" "${COMP_WORDS[COMP_CWORD - 2]}" "$cur" && return
	elif _userns_takes_word "$prev"; then
		_userns_complete_value "$verb" "$prev" "$cur"
		return
	fi
	if [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_userns_options "$verb")" -- "$cur")
	elif [[ $verb == exec || $verb == unshare ]]; then
		_userns_complete_command "$COMP_CWORD" "$cur"
	else
		_userns_complete_words "$verb" "$cur"
	fi
}

complete -F _userns userns
