/* SPDX-License-Identifier: BSD-3-Clause */
/* What the kernel says of processes that end while they are looked at: namespace/procwalk.h. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "namespace/procwalk.h"
#include "util/cleanup.h"

/* EINVAL: its uid_map was found, and it was gone when that was opened. */
static void test_unless_ended(void **state)
{
	static const int of_ended[] = {ENOENT, ESRCH, EACCES, EINVAL};
	CLEANUP_FD int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint32_t own = (uint32_t)getpid(), ended;
	pid_t pid = fork();

	(void)state;
	assert_true(proc >= 0);
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	ended = (uint32_t)pid;
	for (size_t i = 0; i < COUNT_OF(of_ended); i++)
		assert_int_equal(proc_unless_ended(proc, ended, of_ended[i]), 0);
	assert_int_equal(proc_unless_ended(proc, own, ESRCH), 0);
	/* Of one that is there they are what they seem. */
	assert_int_equal(proc_unless_ended(proc, own, EACCES), -EACCES);
	assert_int_equal(proc_unless_ended(proc, own, EINVAL), -EINVAL);
	assert_int_equal(proc_unless_ended(proc, ended, EMFILE), -EMFILE);
	assert_int_equal(proc_unless_ended(proc, ended, ENOMEM), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unless_ended),
	};

	return cmocka_run_group_tests_name("proc", tests, NULL, NULL);
}
