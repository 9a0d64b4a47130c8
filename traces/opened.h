/* SPDX-License-Identifier: BSD-3-Clause */
/* What processes hold by other means than its name. */
#ifndef TRACES_OPENED_H
#define TRACES_OPENED_H

#include <sys/stat.h>

#include "traces/threads.h"

/* Something that a thread has open, or runs, or has as its root or working directory. */
struct opened {
	const struct thread *thread;
	const char *path; /* leads to it: /proc/PID/task/TID/fd/3 */
	struct statx st;  /* as it is known, without a question to a file server */
};

/* 0 to go on, 1 to stop, -errno to stop, with a reason. */
typedef int opened_visitor(const struct opened *opened, void *argument, struct reason *why);

/*
 * Calls visit for each. It may have no name any more; who has it can use it and pass it on.
 * Left out is what is in a FUSE file system that keeps root out: it is setuid for nobody. Takes
 * CAP_SYS_PTRACE. What visit gave to stop, else 0, or -errno.
 */
int opened_walk(opened_visitor *visit, void *argument, struct reason *why);

#endif
