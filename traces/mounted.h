/* SPDX-License-Identifier: BSD-3-Clause */
/* Namespaces that are mounted somewhere, in any mount namespace that a process is in. */
#ifndef TRACES_MOUNTED_H
#define TRACES_MOUNTED_H

#include <sys/types.h>

#include "traces/threads.h"

struct mounted {
	const struct thread *thread; /* who sees it */
	const char *target;	     /* as it does */
	const char *root;	     /* which one it is: "user:[4026531837]" */
	ino_t inode;		     /* the number in it */
	const char *path;	     /* what lies at the target now; NULL: it cannot be opened */
};

/*
 * 0 to go on, 1 to stop, -errno to stop, with a reason. -EAGAIN: what is mounted may have changed
 * meanwhile, and is to be read again; after some times that is an error like others.
 */
typedef int mounted_visitor(const struct mounted *mounted, void *argument, struct reason *why);

/*
 * Calls visit for each. What is mounted is read once for each mount namespace and root directory in
 * it. Takes CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH. What visit gave to stop, else 0, or -errno.
 */
int mounted_walk(mounted_visitor *visit, void *argument, struct reason *why);

#endif
