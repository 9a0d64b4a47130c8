/* SPDX-License-Identifier: BSD-3-Clause */
/* The process that works, and the one that waits for it: see worker.h. */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/caps.h"
#include "helper/worker.h"
#include "util/exit_status.h"

/* In the child: ends with its parent. */
static void bind_to(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may have ended before that. */
	if (getppid() != parent)
		_exit(EXIT_SYSTEM);
}

/* In the parent. */
static int wait_for(pid_t pid)
{
	struct reason ignored;
	int status;

	/* It needs nothing any more, and a wait is no place to fail. */
	caps_for_nothing(&ignored);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_SYSTEM;
	/* As if it had been us, for who reads our status. */
	if (WIFSIGNALED(status))
		raise(WTERMSIG(status));
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_SYSTEM;
}

int worker_start(void)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		return EXIT_SYSTEM;
	if (pid > 0)
		return wait_for(pid);
	bind_to(parent);
	return -1;
}
