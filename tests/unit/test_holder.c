/* SPDX-License-Identifier: BSD-3-Clause */
/* A holder whose owner does not let it work: namespace/holder.h. Takes no privilege: it gets no
 * further. */
#include "tests/unit/unit.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "namespace/holder.h"

static int be_stopped(struct reason *why)
{
	raise(SIGSTOP);
	return refuse(why, -ECANCELED, "it was continued");
}

static int be_killed(struct reason *why)
{
	raise(SIGKILL);
	return refuse(why, -ECANCELED, "it was not killed");
}

static void test_stopped(void **state)
{
	const struct holder_task task = {.join = -1, .prepare = be_stopped};
	struct holder holder = HOLDER_INIT;
	struct reason why;
	pid_t pid;

	(void)state;
	/* Else a hang is all that shows. */
	alarm(60);
	assert_int_equal(holder_start(&task, &holder, &why), -ETIMEDOUT);
	TELLS("stopped", &why, "was stopped");
	pid = holder.pid;
	holder_end(&holder);
	alarm(0);
	/* It was left: who has stopped it may be who alone can kill it. */
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_killed(void **state)
{
	const struct holder_task task = {.join = -1, .prepare = be_killed};
	struct holder holder = HOLDER_INIT;
	struct reason why;

	(void)state;
	assert_int_equal(holder_start(&task, &holder, &why), -ECHILD);
	TELLS("killed", &why, "was lost");
	holder_end(&holder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_killed),
	};

	/* Should the group of a stopped process be orphaned, all of it would get SIGHUP. */
	setpgid(0, 0);
	return cmocka_run_group_tests_name("holder", tests, NULL, NULL);
}
