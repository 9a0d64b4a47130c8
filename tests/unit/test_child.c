/* SPDX-License-Identifier: BSD-3-Clause */
/* Children that end with their parent, and pipes that tell of an end: util/child.h, util/pipe.h. */
#include "tests/unit/unit.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/child.h"
#include "util/pipe.h"

/* The status of a grandchild, which has become ours. */
static int wait_for_orphan(pid_t parent)
{
	int status;

	assert_int_equal(waitpid(parent, NULL, 0), parent);
	assert_true(waitpid(-1, &status, 0) > 0);
	return status;
}

static void wait_for_end(const struct pipe *pipe)
{
	char byte;

	assert_int_equal(read(pipe->read, &byte, 1), 0);
}

static void test_ends_with_parent(void **state)
{
	CLEANUP_PIPE struct pipe bound = PIPE_INIT;
	int status;
	pid_t parent;

	(void)state;
	assert_int_equal(pipe_open(&bound), 0);
	parent = fork();
	if (parent == 0) {
		pid_t own = getpid();

		if (fork() == 0) {
			if (child_end_with(own, SIGTERM) < 0)
				_exit(1);
			pipe_close_write(&bound);
			alarm(60);
			for (;;)
				pause();
		}
		pipe_close_write(&bound);
		wait_for_end(&bound);
		_exit(0);
	}
	pipe_close_write(&bound);
	status = wait_for_orphan(parent);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
}

static void test_parent_ended_before(void **state)
{
	int status;
	pid_t parent;

	(void)state;
	parent = fork();
	if (parent == 0) {
		pid_t own = getpid();

		if (fork() == 0) {
			while (getppid() == own)
				usleep(1000);
			_exit(child_end_with(own, SIGTERM) == -ESRCH ? 0 : 1);
		}
		_exit(0);
	}
	status = wait_for_orphan(parent);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* When a child can see that its parent has ended, the pipe has ended, too. */
static void test_pipe_ends_first(void **state)
{
	int status;
	pid_t parent;

	(void)state;
	for (int i = 0; i < 100; i++) {
		parent = fork();
		if (parent == 0) {
			struct pipe alive = PIPE_INIT;
			pid_t own = getpid();

			if (pipe_open(&alive) < 0)
				_exit(1);
			if (fork() == 0) {
				pipe_close_write(&alive);
				while (getppid() == own)
					;
				_exit(pipe_has_ended(&alive) ? 0 : 2);
			}
			_exit(0);
		}
		status = wait_for_orphan(parent);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
	}
}

static void test_pipe(void **state)
{
	CLEANUP_PIPE struct pipe pipe = PIPE_INIT;

	(void)state;
	assert_false(pipe_has_ended(&pipe));
	assert_int_equal(pipe_open(&pipe), 0);
	assert_false(pipe_has_ended(&pipe));
	assert_int_equal(write(pipe.write, "", 1), 1);
	assert_false(pipe_has_ended(&pipe));
	pipe_close_write(&pipe);
	assert_int_equal(pipe.write, -1);
	assert_true(pipe_has_ended(&pipe));
	pipe_close(&pipe);
	assert_int_equal(pipe.read, -1);
	assert_false(pipe_has_ended(&pipe));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends_with_parent),
		cmocka_unit_test(test_parent_ended_before),
		cmocka_unit_test(test_pipe_ends_first),
		cmocka_unit_test(test_pipe),
	};

	/* So that orphans come to us. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
