/* SPDX-License-Identifier: BSD-3-Clause */
/* Session files: namespace/sessions, in a scratch directory and with this process's own pid. */
#include <inttypes.h>

#include "namespace/procstat.h"
#include "namespace/sessions.h"
#include "tests/unit/scratch.h"

static struct rundir rundir_of(const struct scratch *s)
{
	return (struct rundir){.fd = s->fd, .lock = -1};
}

static uint64_t own_start(void)
{
	struct procstat stat;

	assert_int_equal(procstat_read(getpid(), &stat), 0);
	assert_false(stat.ended);
	return stat.start;
}

static unsigned int prune(const struct scratch *s, const struct session_id *leaving)
{
	struct rundir dir = rundir_of(s);
	unsigned int live = 99;
	struct reason why;

	assert_int_equal(sessions_prune(&dir, leaving, &live, &why), 0);
	return live;
}

/* The directory with the sessions is one level deeper than scratch.h cleans. */
static int teardown(void **state)
{
	struct scratch *s = *state;
	const struct session_id all = {getpid(), SESSION_ANY};

	prune(s, &all);
	return scratch_teardown(state);
}

#define SESSION_TEST(function) cmocka_unit_test_setup_teardown(function, scratch_setup, teardown)

static void write_session(const struct scratch *s, const char *name)
{
	char path[128];
	int fd;

	mkdirat(s->fd, SESSIONS_NAME, 0755);
	snprintf(path, sizeof(path), "%s/%s", SESSIONS_NAME, name);
	fd = openat(s->fd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	close(fd);
}

static void test_numbers(void **state)
{
	struct scratch *s = *state;
	struct rundir dir = rundir_of(s);
	struct session_id second;
	struct reason why;
	uint32_t number;

	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(session_add(&dir, getpid(), &number, &why), 0);
		assert_int_equal(number, i);
	}
	assert_int_equal(prune(s, NULL), 3);
	second = (struct session_id){getpid(), 1};
	assert_int_equal(prune(s, &second), 2);
	/* The number that is free again is the next. */
	assert_int_equal(session_add(&dir, getpid(), &number, &why), 0);
	assert_int_equal(number, 1);
	session_remove(&dir, &second);
	assert_int_equal(prune(s, NULL), 2);
}

static void test_what_is_not_live_goes(void **state)
{
	struct scratch *s = *state;
	char name[64];

	/* Another start time: the pid was given to another process. */
	snprintf(name, sizeof(name), "%d.%" PRIu64 ".0", getpid(), own_start() - 1);
	write_session(s, name);
	write_session(s, "2147483647.1.0");
	write_session(s, "1");
	write_session(s, "1.2");
	write_session(s, "planted");
	write_session(s, "-1.0.0");
	write_session(s, "99999999999999999999.1.0");
	snprintf(name, sizeof(name), "%d.%" PRIu64 ".x", getpid(), own_start());
	write_session(s, name);
	assert_int_equal(prune(s, NULL), 0);
	snprintf(name, sizeof(name), "%d.%" PRIu64 ".7", getpid(), own_start());
	write_session(s, name);
	assert_int_equal(prune(s, NULL), 1);
}

static void test_no_process(void **state)
{
	struct rundir dir = rundir_of(*state);
	struct reason why = {""};
	uint32_t number = 7;

	assert_true(session_add(&dir, INT32_MAX, &number, &why) < 0);
	assert_int_equal(number, 7);
	TELLS("no process", &why, "2147483647");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SESSION_TEST(test_numbers),
		SESSION_TEST(test_what_is_not_live_goes),
		SESSION_TEST(test_no_process),
	};

	return cmocka_run_group_tests_name("sessions", tests, NULL, NULL);
}
