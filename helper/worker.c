/* SPDX-License-Identifier: BSD-3-Clause */
/* The process that works, and the one that waits for it: see worker.h. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/caps.h"
#include "helper/deadline.h"
#include "helper/worker.h"
#include "util/child.h"
#include "util/cleanup.h"
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

static void __attribute__((noreturn))
work_and_end(void (*work)(const void *argument, struct result *ret), const void *argument,
	     unsigned int deadline, int pipe_end)
{
	struct result result = {.magic = RESULT_MAGIC, .version = RESULT_VERSION};

	deadline_start(deadline, pipe_end);
	work(argument, &result);
	_exit(write(pipe_end, &result, sizeof(result)) == (ssize_t)sizeof(result) ? EXIT_DONE
										  : EXIT_SYSTEM);
}

/* A record is written at once, so it comes whole, or the child has ended without. */
static bool receive(int pipe_end, struct result *ret)
{
	struct result result;
	ssize_t length;

	do
		length = read(pipe_end, &result, sizeof(result));
	while (length < 0 && errno == EINTR);
	if (length != (ssize_t)sizeof(result))
		return false;
	*ret = result;
	return true;
}

void worker_run(void (*work)(const void *argument, struct result *ret), const void *argument,
		unsigned int deadline, struct result *ret)
{
	CLEANUP_FD int reader = -1;
	CLEANUP_FD int writer = -1;
	pid_t parent = getpid(), pid = -1;
	int ends[2];

	*ret = (struct result){.code = RESULT_FAILED, .text = "its process could not be started"};
	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	reader = ends[0];
	writer = ends[1];
	pid = fork();
	if (pid < 0)
		return;
	if (pid == 0) {
		bind_to(parent);
		work_and_end(work, argument, deadline, writer);
	}
	close(TAKE_FD(writer));
	if (!receive(reader, ret))
		snprintf(ret->text, sizeof(ret->text), "its process ended without an answer");
	child_reap(pid);
}
