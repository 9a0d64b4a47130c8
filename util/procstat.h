/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UTIL_PROCSTAT_H
#define UTIL_PROCSTAT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct procstat {
	bool ended; /* a zombie without any thread that still runs */
	pid_t parent;
	uint64_t start; /* when it started, in clock ticks since boot */
};

/*
 * What /proc/PID/stat says, proc(5). -ENOENT or -ESRCH: there is no such process. Under a
 * hidepid= mount that takes CAP_SYS_PTRACE; without it every process seems to be gone.
 */
int procstat_read(pid_t pid, struct procstat *ret);

#endif
