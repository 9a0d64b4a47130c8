# SPDX-License-Identifier: BSD-3-Clause
# Hosts that open sessions in many threads, and unload the module behind each.

load common

make_users() {
	names=
	for i in {1..10}; do
		new_user "$1$i"
		names="$names $1$i"
	done
}

# All of ROUNDS for each of ten, with nothing left of the module or of a session.
all_sound() {
	grep -qx "opened $(($2 * 10))" "$1" && grep -qx 'failed 0' "$1" && grep -qx 'fds same' "$1" &&
		grep -qx 'children none' "$1" && grep -qx 'module gone' "$1" || { cat "$1" >&2; return 1; }
	[ -z "$(ls -A /run/userns)" ] || { ls /run/userns/* >&2; return 1; }
}

@test "ten users at once in a host with threads; the module is unloaded each time" {
	make_users many
	# shellcheck disable=SC2086
	"$top/build/system/tests/system/pamthreads" 10 userns-test $names > /tmp/threads.out
	all_sound /tmp/threads.out 10
	for name in $names; do
		one_range_everywhere "$name"
	done
	[ -z "$(userns_log | grep -v allocated)" ]
}

@test "one user in ten threads" {
	new_user same
	"$top/build/system/tests/system/pamthreads" 10 userns-test same same same same same same same same same same > /tmp/threads.out
	all_sound /tmp/threads.out 10
	one_range_everywhere same
}

@test "ThreadSanitizer finds nothing in module and host" {
	make_users racy
	make -s -C "$top" BUILD=/tmp/tsan PREFIX=/usr CFLAGS='-O1 -g -fsanitize=thread' \
		LDFLAGS=-fsanitize=thread thread-tests
	nm -D /tmp/tsan/pam_userns.so | grep -q __tsan_write
	printf 'session required /tmp/tsan/pam_userns.so\n' > /etc/pam.d/userns-tsan
	# It cannot place its shadow where the kernel spreads mappings widely; and it knows nothing of the
	# loader's locks.
	echo 'called_from_lib:ld-linux' > /tmp/tsan.loader
	# shellcheck disable=SC2086
	TSAN_OPTIONS='exitcode=66 suppressions=/tmp/tsan.loader' setarch -R /tmp/tsan/tests/system/pamthreads 5 userns-tsan $names > /tmp/tsan.out 2> /tmp/tsan.err || {
		head -n 60 /tmp/tsan.err >&2
		false
	}
	[ -z "$(grep -i 'sanitizer' /tmp/tsan.err)" ]
	all_sound /tmp/tsan.out 5
	# What has no race but in this line is found.
	printf '%s\n' '#include <pthread.h>' 'int n;' 'static void *add(void *x) {n++; return x;}' \
		'int main(void) {pthread_t t; pthread_create(&t, 0, add, 0); n++; pthread_join(t, 0); return 0;}' > /tmp/race.c
	gcc -fsanitize=thread -o /tmp/race /tmp/race.c
	run env TSAN_OPTIONS=exitcode=66 setarch -R /tmp/race
	[ "$status" = 66 ]
}
