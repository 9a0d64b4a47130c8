/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of whose lock file still holds: subid/locker.h. */
#include <sys/wait.h>

#include "subid/locker.h"
#include "tests/unit/scratch.h"

/* A lock file with this text, made so many seconds from now. */
static const char *lock_of(struct scratch *s, const char *text, time_t from_now)
{
	const char *path = scratch_path(s, "lock");
	struct timespec times[2];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(clock_gettime(CLOCK_REALTIME, &times[0]), 0);
	times[0].tv_sec += from_now;
	times[1] = times[0];
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
	return path;
}

static int look_at_pid(struct scratch *s, pid_t pid, time_t from_now)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return locker_look(lock_of(s, text, from_now));
}

static void test_none(void **state)
{
	assert_int_equal(locker_look(scratch_path(*state, "lock")), LOCKER_NONE);
}

static void test_unnamed(void **state)
{
	static const char *const texts[] = {"", "0", "garbage", "-1", "99999999999", "12 "};

	for (size_t i = 0; i < COUNT_OF(texts); i++)
		if (locker_look(lock_of(*state, texts[i], -86400)) != LOCKER_LIVES)
			fail_msg("'%s'", texts[i]);
}

static void test_lives(void **state)
{
	assert_int_equal(look_at_pid(*state, getpid(), 0), LOCKER_LIVES);
	/* The clock has been put back since. */
	assert_int_equal(look_at_pid(*state, getpid(), 3600), LOCKER_LIVES);
	/* Nor is it gone where the clock was put on by a second. */
	assert_int_equal(look_at_pid(*state, getpid(), -1), LOCKER_LIVES);
}

static void test_came_later(void **state)
{
	assert_int_equal(look_at_pid(*state, getpid(), -86400), LOCKER_GONE);
}

/* What does not run any more, reaped or not. */
static void test_ended(void **state)
{
	pid_t pid = fork();
	siginfo_t info;

	if (pid == 0)
		_exit(0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	assert_int_equal(look_at_pid(*state, pid, 0), LOCKER_GONE);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(look_at_pid(*state, pid, 0), LOCKER_GONE);
}

static void test_unreadable(void **state)
{
	const char *path = scratch_path(*state, "lock");

	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(locker_look(path), -ELOOP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_none),  SCRATCH_TEST(test_unnamed),
		SCRATCH_TEST(test_lives), SCRATCH_TEST(test_came_later),
		SCRATCH_TEST(test_ended), SCRATCH_TEST(test_unreadable),
	};

	return cmocka_run_group_tests_name("locker", tests, NULL, NULL);
}
