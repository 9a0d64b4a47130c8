# SPDX-License-Identifier: BSD-3-Clause
# "userns list": the table, JSON, the map and the picture.

bats_require_minimum_version 1.5.0

load common

setup() {
	needs_sandbox
	rm -f /etc/usernamespaces
	: > /etc/subuid
	: > /etc/subgid
}

# Ranges as a host has them: of each kind, with copies.
some_ranges() {
	cat > /etc/usernamespaces <<-'EOF'
		# the book
		alice:524288:65536:uid=1001
		bob:589824:65536:uid=1002,gid=9000000,deny-setgroups
		old:655360:65536:uid=1003,retired=2025-01-31
		incus:1000000000:10000000:reserved
	EOF
	printf '%s\n' alice:524288:65536 1002:589824:65536 legacy:100000:65536 mallory:524288:10 > /etc/subuid
	printf '%s\n' alice:524288:65536 bob:9000000:65536 legacy:100000:65536 > /etc/subgid
	chmod 644 /etc/usernamespaces
}

# 60,000 users, with copies of all lines, and as many lines that are no copies.
many_ranges() {
	awk 'BEGIN {for (i = 0; i < 60000; i++) printf "u%05d:%d:30000:uid=%d\n", i, 524288 + i * 30000, 10000 + i}' \
		> /etc/usernamespaces
	sed 's/:uid.*//' /etc/usernamespaces > /etc/subuid
	cp /etc/subuid /etc/subgid
	chmod 644 /etc/usernamespaces
}

# A sum over the JSON of the verb: python says what, with r for the ranges.
of_json() {
	userns list --json --output USER,UID,START,COUNT,LAST,GIDS,FLAGS,SOURCE,NAMESPACE |
		python3 -c "import json,sys; r = json.load(sys.stdin)['ranges']; print($1)"
}

# Is no line on stdin wider, in columns of a terminal?
no_wider_than() {
	PYTHONUTF8=1 python3 -c 'import sys, unicodedata
wide = [l for l in sys.stdin if sum(1 + (unicodedata.east_asian_width(c) == "W") for c in l[:-1]) > int(sys.argv[1])]
sys.exit(f"too wide: {wide}" if wide else 0)' "$1"
}

# Has stdin no such byte? A function, as "! grep" fails no test.
lacks() {
	! LC_ALL=C grep -q "$(printf '%b' "$1")"
}

@test "list: nothing is recorded: no table, an empty array, and a map of free ids" {
	run userns list
	[ "$status" = 0 ]
	[ -z "$output" ]
	[ "$(of_json r)" = '[]' ]
	run userns list --map
	[ "$status" = 0 ]
	[[ $output == *'No range is recorded'* ]]
}

@test "list: the book, and lines of subuid and subgid that are no copies of it, by start" {
	some_ranges
	run --separate-stderr userns list --raw --noheadings --output START,USER,SOURCE
	[ "$status" = 0 ]
	[ -z "$stderr" ]
	[ "$output" = '100000 legacy subuid
100000 legacy subgid
524288 alice book
524288 mallory subuid
589824 bob book
655360 old book
1000000000 incus book' ]
}

@test "list: numbers are numbers in JSON, and what there is not is null" {
	some_ranges
	[ "$(of_json "[x for x in r if x['user'] == 'bob'][0]")" = "{'user': 'bob', 'uid': 1002, 'start': 589824, 'count': 65536, 'last': 655359, 'gids': 9000000, 'flags': 'gid=9000000,deny-setgroups', 'source': 'book', 'namespace': None}" ]
	[ "$(of_json "[x for x in r if x['user'] == 'mallory'][0]")" = "{'user': 'mallory', 'uid': None, 'start': 524288, 'count': 10, 'last': 524297, 'gids': None, 'flags': None, 'source': 'subuid', 'namespace': None}" ]
	[ "$(of_json "[x['flags'] for x in r if x['user'] == 'old'][0]")" = retired=2025-01-31 ]
}

@test "list: a user with a namespace, by a user who is not root; gone with the namespace" {
	new_user pinned
	"$helper" --pid=$$ open pinned >/dev/null
	[ "$(as_user games userns list --raw --noheadings --output USER,NAMESPACE)" = "pinned /run/userns/$uid/user" ]
	as_user games userns list --map | grep -q 'pinned \*$'
	userns list --svg - | grep -q 'class="pin"'
	"$helper" --pid=$$ close "$uid"
	[ "$(of_json "r[0]['namespace']")" = None ]
	# A plain file in the pin's place is none.
	mkdir -p "/run/userns/$uid"
	touch "/run/userns/$uid/user"
	[ "$(of_json "r[0]['namespace']")" = None ]
	rm -r "/run/userns/$uid"
}

@test "list: columns as asked, once each, by any case; others are wrong usage" {
	some_ranges
	[ "$(userns list --output last,User | head -n 1 | tr -s ' ')" = ' LAST USER' ]
	[[ $(userns list --output +uid | head -n 1) == *NAMESPACE*UID ]]
	for wrong in USER,USER +USER NOSUCH '' 'USER,'; do
		run userns list --output "$wrong"
		[ "$status" = 2 ]
	done
	for wrong in '--json --raw' '--map --json' '--map --svg -' '--svg x --noheadings' extra; do
		# shellcheck disable=SC2086
		run userns list $wrong
		[ "$status" = 2 ]
		[ "${#lines[@]}" = 1 ]
	done
	run userns list --help
	[ "$status" = 0 ]
	[[ $output == *NAMESPACE* ]]
}

@test "list: malformed lines are named, the rest is listed, and it ends with 1" {
	some_ranges
	echo 'carol:1:2' >> /etc/usernamespaces
	echo 'dave:x:65536' >> /etc/subgid
	for options in '' --json --raw --map '--svg -'; do
		# shellcheck disable=SC2086
		run --separate-stderr userns list $options
		[ "$status" = 1 ]
		[[ $stderr == *'/etc/usernamespaces:6:'*'/etc/subgid:4:'* ]]
		[[ $output == *alice* ]]
	done
}

@test "list: a file that cannot be believed ends it with 4" {
	some_ranges
	for file in /etc/usernamespaces /etc/subuid /etc/subgid; do
		chmod 666 "$file"
		run userns list
		[ "$status" = 4 ]
		[[ $output == *"$file"* ]]
		chmod 644 "$file"
	done
}

@test "list: names of any bytes: JSON that parses, a table and a map without control characters" {
	printf 'a\033[31m"\\:524288:65536:uid=1\nb\377\303:589824:65536:uid=2\n\303\251<&>:655360:65536:uid=3\n' \
		> /etc/usernamespaces
	[ "$(of_json "ascii([x['user'] for x in r])")" = "['a\\x1b[31m\"\\\\', 'b\\\\xff\\\\xc3', '\\xe9<&>']" ]
	for locale in C C.UTF-8; do
		for options in '' --raw --map; do
			# shellcheck disable=SC2086
			run env LC_ALL="$locale" userns list $options
			[ "$status" = 0 ]
			lacks '\033' <<< "$output"
			lacks '\377' <<< "$output"
		done
	done
	userns list --svg - > /tmp/names.svg
	python3 -c 'import xml.dom.minidom, sys; d = xml.dom.minidom.parse("/tmp/names.svg").documentElement
text = "".join(n.data for t in d.getElementsByTagName("text") for n in t.childNodes if n.nodeType == 3)
assert "\u00e9<&>" in text and "b\\xff\\xc3" in text, text'
}

@test "list: the map fits any width, with few, many and wild names" {
	printf '%s:524288:65536:uid=1\n' "$(printf 'n%.0s' {1..500})" > /etc/usernamespaces
	printf '\344\272\272\344\272\272\344\272\272:589824:65536:uid=2\nx\033:655360:65536:\n' >> /etc/usernamespaces
	for locale in C C.UTF-8; do
		for width in 20 21 33 40 59 71 72 80 100 132 400; do
			LC_ALL=$locale COLUMNS=$width userns list --map | no_wider_than "$width"
		done
	done
	some_ranges
	for width in 20 24 50 72 80 200; do
		COLUMNS=$width userns list --map | no_wider_than "$width"
	done
	many_ranges
	COLUMNS=80 userns list --map > /tmp/map 2>/dev/null || true
	no_wider_than 80 < /tmp/map
	[ "$(wc -l < /tmp/map)" -lt 80 ]
}

@test "list: the map names each user, and says whose the pool is" {
	some_ranges
	run env LC_ALL=C userns list --map
	[[ $output == *'Pool 524288-1879048191'* ]]
	for name in alice bob old incus legacy; do
		grep -q "^ *[0-9]*-[0-9]* .* $name" <<< "$output"
	done
	lacks '[^ -~]' <<< "$output"
	LC_ALL=C.UTF-8 userns list --map | grep -q '█'
	# Neither a file nor NO_COLOR nor TERM=dumb wants colours, a terminal does.
	script -qec 'env -u NO_COLOR TERM=xterm userns list --map' /dev/null | grep -q "$(printf '\033')"
	script -qec 'env NO_COLOR=1 TERM=xterm userns list --map' /dev/null | lacks '\033'
	script -qec 'env -u NO_COLOR TERM=dumb userns list --map' /dev/null | lacks '\033'
	userns list --map | lacks '\033'
}

@test "list: without a readable policy, the map has no pool and says why" {
	some_ranges
	echo nonsense > /etc/security/userns.conf
	run --separate-stderr userns list --map
	[ "$status" = 0 ]
	[[ $stderr == *'the pool is not drawn'*userns.conf* ]]
	[[ $output != *Pool* ]]
}

@test "list: a picture is XML, goes to a new file only, and replaces or follows nothing" {
	some_ranges
	cd "$(mktemp -d)"
	userns list --svg new.svg
	python3 -c 'import xml.dom.minidom; xml.dom.minidom.parse("new.svg")'
	cmp new.svg <(userns list --svg -)
	echo mine > there
	ln -s target link
	for file in there link /dev/null; do
		run userns list --svg "$file"
		[ "$status" = 1 ]
	done
	[ "$(cat there)" = mine ]
	[ ! -e target ]
	[ -c /dev/null ]
	run userns list --svg no/such/directory
	[ "$status" = 4 ]
	# A full disk leaves nothing half done.
	mkdir full
	mount -t tmpfs -o size=4k full full
	run userns list --svg full/x
	[ "$status" = 4 ]
	[ ! -e full/x ]
	umount full
	run sh -c 'userns list --svg - > /dev/full'
	[ "$status" = 4 ]
	run sh -c 'userns list > /dev/full'
	[ "$status" = 4 ]
	run sh -c 'userns list --json > /dev/full'
	[ "$status" = 4 ]
}

@test "list: 60,000 ranges in 64 MiB, all of them, each once" {
	many_ranges
	limited() { (ulimit -v 65536; exec "$@"); }
	count=60000
	limited userns list > /tmp/list
	[ "$(wc -l < /tmp/list)" = $((count + 1)) ]
	# One table: as wide from the first row to the last.
	[ "$(awk '{print index($0, "book")}' /tmp/list | tail -n +2 | sort -u | wc -l)" = 1 ]
	limited userns list --json > /tmp/list.json
	[ "$(python3 -c 'import json; r = json.load(open("/tmp/list.json"))["ranges"]; print(len(r), len({x["start"] for x in r}))')" = "$count $count" ]
	limited userns list --map > /dev/null
	limited userns list --svg - > /dev/null
	# No line is a copy.
	sed -i 's/^/x/' /etc/subuid
	limited userns list --raw > /tmp/list
	[ "$(wc -l < /tmp/list)" = $((2 * count + 1)) ]
}

@test "list: inside a user namespace it says where it works" {
	some_ranges
	run unshare --user userns list
	[ "$status" = 4 ]
	[[ $output == *outside* ]]
}
