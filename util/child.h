/* SPDX-License-Identifier: BSD-3-Clause */
/* Children that we have forked, and that nobody else waits for. */
#ifndef UTIL_CHILD_H
#define UTIL_CHILD_H

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/wait.h>

/* Waits until the child has ended, however it did. */
static inline void child_reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Ends it before. */
static inline void child_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	child_reap(pid);
}

#endif
