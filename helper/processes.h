/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HELPER_PROCESSES_H
#define HELPER_PROCESSES_H

#include <sys/types.h>

#include "util/reason.h"

/*
 * A process in the user namespace, or in one below it: its pid, 0 when there is none. Takes
 * CAP_SYS_PTRACE, and sees the processes of its own pid namespace. -errno with a reason when
 * it cannot be known of any process, which then may be inside.
 */
int namespace_find_process(int fd, pid_t *ret_pid, struct reason *why);

#endif
