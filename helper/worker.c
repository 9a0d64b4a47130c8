/* SPDX-License-Identifier: BSD-3-Clause */
/* The process that works, and the one that waits for it: see worker.h. */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/worker.h"
#include "util/exit_status.h"

static pid_t waiting_parent;

int worker_start(void)
{
	pid_t pid;
	int status;

	waiting_parent = getpid();
	pid = fork();
	if (pid == 0)
		return -1;
	if (pid < 0)
		return EXIT_SYSTEM;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_SYSTEM;
	/* As if it had been us, for who reads our status. */
	if (WIFSIGNALED(status))
		raise(WTERMSIG(status));
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_SYSTEM;
}

void worker_bind(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may have ended before that. */
	if (getppid() != waiting_parent)
		_exit(EXIT_SYSTEM);
}
