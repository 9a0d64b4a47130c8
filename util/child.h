/* SPDX-License-Identifier: BSD-3-Clause */
/* Children that we have forked, and that nobody else waits for. */
#ifndef UTIL_CHILD_H
#define UTIL_CHILD_H

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * In a child: has it killed by a signal when its parent ends; a change of ids undoes it. parent: as
 * getpid() gave there. -ESRCH: it has ended before; other -errno of prctl(2). The first process of
 * a process namespace does not see its parent: it takes pipe_has_ended() to know that it lives.
 */
static inline int child_end_with(pid_t parent, int signal)
{
	if (prctl(PR_SET_PDEATHSIG, signal) < 0)
		return -errno;
	return getppid() == parent || getppid() == 0 ? 0 : -ESRCH;
}

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
