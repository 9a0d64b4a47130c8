/* SPDX-License-Identifier: BSD-3-Clause */
/* The process that works, and the one that waits for it: see worker.h. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/caps.h"
#include "helper/deadline.h"
#include "helper/worker.h"
#include "util/child.h"
#include "util/exit_status.h"
#include "util/pipe.h"

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
	if (child_end_with(parent, SIGKILL) < 0)
		_exit(EXIT_SYSTEM);
	return -1;
}

/* In the child. */
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
	CLEANUP_PIPE struct pipe answer = PIPE_INIT;
	pid_t parent = getpid(), pid;

	*ret = (struct result){.code = RESULT_FAILED, .text = "its process could not be started"};
	if (pipe_open(&answer) < 0)
		return;
	pid = fork();
	if (pid < 0)
		return;
	if (pid == 0) {
		if (child_end_with(parent, SIGKILL) < 0)
			_exit(EXIT_SYSTEM);
		work_and_end(work, argument, deadline, answer.write);
	}
	pipe_close_write(&answer);
	if (!receive(answer.read, ret))
		snprintf(ret->text, sizeof(ret->text), "its process ended without an answer");
	child_reap(pid);
}
