/* SPDX-License-Identifier: BSD-3-Clause */
/* Session files: namespace/sessions, in a scratch directory and with this process's own pid. */
#include <inttypes.h>

#include "namespace/process.h"
#include "namespace/sessions.h"
#include "tests/unit/scratch.h"

static struct rundir rundir_of(const struct scratch *s)
{
	return (struct rundir){.uid = 1000, .fd = s->fd, .lock = -1};
}

static struct process own(void)
{
	struct process process;

	assert_int_equal(process_identify(getpid(), &process), 0);
	assert_int_equal(process.pid, getpid());
	return process;
}

static unsigned int prune_saying(const struct scratch *s, const struct session_id *leaving,
				 struct reason *why)
{
	struct rundir dir = rundir_of(s);
	unsigned int live = 99;

	*why = (struct reason){.text = ""};
	assert_int_equal(sessions_prune(&dir, leaving, &live, why), 0);
	return live;
}

static unsigned int prune(const struct scratch *s, const struct session_id *leaving)
{
	struct reason why;

	return prune_saying(s, leaving, &why);
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

static void write_text(const struct scratch *s, const char *name, const char *text)
{
	CLEANUP_FD int fd = -1;
	char path[128];

	mkdirat(s->fd, SESSIONS_NAME, 0755);
	snprintf(path, sizeof(path), "%s/%s", SESSIONS_NAME, name);
	fd = openat(s->fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* As session_add() would for this process, but for its number and start. */
static void write_session(const struct scratch *s, uint64_t start, uint64_t process_number)
{
	char name[64], text[128];

	snprintf(name, sizeof(name), "%d.%" PRIu64 ".7", getpid(), start);
	snprintf(text, sizeof(text), "version=1\nuid=1000\npidfd=%" PRIu64 "\n", process_number);
	write_text(s, name, text);
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

static void test_another_process(void **state)
{
	struct scratch *s = *state;
	struct process me = own();
	struct reason why;

	write_session(s, me.start, me.number);
	assert_int_equal(prune(s, NULL), 1);
	/* The pid was given to another process, by the number, and by the start alone. */
	write_session(s, me.start, me.number + 1);
	assert_int_equal(prune(s, NULL), me.number > 0 ? 0 : 1);
	write_session(s, me.start - 1, 0);
	assert_int_equal(prune_saying(s, NULL, &why), 0);
	assert_string_equal(why.text, "");
	/* Written under a kernel that had no numbers. */
	write_session(s, me.start, 0);
	assert_int_equal(prune(s, NULL), 1);
	write_text(s, "2147483647.1.0", "version=1\nuid=1000\npidfd=1\n");
	assert_int_equal(prune_saying(s, NULL, &why), 1);
	assert_string_equal(why.text, "");
}

/* A file in the name of this process, which lives; "0" in its name stands for its start. */
static const struct {
	const char *name, *text, *told;
} not_believed[] = {
	{"planted", "version=1\nuid=1000\npidfd=0\n", "it has no session's name"},
	{"1", "", "it has no session's name"},
	{"1.2", "", "it has no session's name"},
	{"-1.0.0", "", "it has no session's name"},
	{"99999999999999999999.1.0", "", "it has no session's name"},
	{"1.1.x", "", "it has no session's name"},
	{"0", "", "it is cut short"},
	{"0", "version=1\nuid=1000\npidf", "it is cut short"},
	{"0", "version=1\nuid=1000\npidfd=0", "it is cut short"},
	{"0", "version=1\nuid=1000\npidfd=x\n", "its process has no number"},
	{"0", "version=1\nuid=1000\npidfd=\n", "its process has no number"},
	{"0", "version=2\nuid=1000\npidfd=0\n", "it is of version 2"},
	{"0", "version=2\n", "it is of version 2"},
	{"0", "version=1\nuid=1001\npidfd=0\n", "it is not uid 1000's"},
	{"0", "version=1\nuid=x\npidfd=0\n", "it is not uid 1000's"},
	{"0", "version=1\npidfd=0\n", "it is not uid 1000's"},
};

static void test_not_believed(void **state)
{
	struct scratch *s = *state;
	struct process me = own();

	for (size_t i = 0; i < COUNT_OF(not_believed); i++) {
		const char *name = not_believed[i].name;
		struct reason why;
		char own_name[64];

		snprintf(own_name, sizeof(own_name), "%d.%" PRIu64 ".0", getpid(), me.start);
		write_text(s, strcmp(name, "0") == 0 ? own_name : name, not_believed[i].text);
		assert_int_equal(prune_saying(s, NULL, &why), 0);
		TELLS(not_believed[i].told, &why, not_believed[i].told);
		/* It is gone. */
		assert_int_equal(prune_saying(s, NULL, &why), 0);
		assert_string_equal(why.text, "");
	}
}

static void test_no_files(void **state)
{
	struct scratch *s = *state;
	struct process me = own();
	struct reason why;
	char path[128];

	prune(s, NULL);
	snprintf(path, sizeof(path), "%s/%d.%" PRIu64 ".0", SESSIONS_NAME, getpid(), me.start);
	assert_int_equal(mkdirat(s->fd, path, 0755), 0);
	assert_int_equal(prune_saying(s, NULL, &why), 0);
	TELLS("directory", &why, "ignored and removed: it is no file");
	assert_int_equal(symlinkat("/dev/zero", s->fd, path), 0);
	assert_int_equal(prune_saying(s, NULL, &why), 0);
	TELLS("link", &why, "ignored and removed: it is no file");
	assert_int_equal(mkfifoat(s->fd, path, 0644), 0);
	assert_int_equal(prune_saying(s, NULL, &why), 0);
	TELLS("fifo", &why, "ignored and removed: it is no file");
	assert_int_equal(unlinkat(s->fd, SESSIONS_NAME, AT_REMOVEDIR), 0);
	assert_int_equal(symlinkat("/tmp", s->fd, SESSIONS_NAME), 0);
	assert_int_equal(prune_saying(s, NULL, &why), 0);
	TELLS("link in the directory's place", &why, "was removed");
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
		SESSION_TEST(test_numbers),	 SESSION_TEST(test_another_process),
		SESSION_TEST(test_not_believed), SESSION_TEST(test_no_files),
		SESSION_TEST(test_no_process),
	};

	return cmocka_run_group_tests_name("sessions", tests, NULL, NULL);
}
