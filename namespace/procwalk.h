/* SPDX-License-Identifier: BSD-3-Clause */
/* Looking at every process, while they come and go. */
#ifndef NAMESPACE_PROCWALK_H
#define NAMESPACE_PROCWALK_H

#include <stdint.h>
#include <sys/stat.h>

#include "util/reason.h"

/*
 * Called for a process that is in another user namespace than we are, which here describes. proc is
 * /proc. 0 to go on, 1 to stop, -errno to stop with an error.
 */
typedef int proc_visitor(int proc, uint32_t pid, const struct stat *here, void *argument);

/*
 * Calls visit for each. Takes CAP_SYS_PTRACE. 1 when a visitor stopped the walk, 0 at the end,
 * -errno with a reason.
 */
int proc_walk(proc_visitor *visit, void *argument, struct reason *why);

/*
 * 0 for a process that has ended since it was listed, else the error as -errno. The kernel says
 * EACCES for one that goes away in the middle of a look-up, and EINVAL where its uid_map is opened
 * just then.
 */
int proc_unless_ended(int proc, uint32_t pid, int error);

#endif
