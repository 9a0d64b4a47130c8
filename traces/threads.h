/* SPDX-License-Identifier: BSD-3-Clause */
/* Looking at every thread of every process, while they come and go. Takes CAP_SYS_PTRACE. */
#ifndef TRACES_THREADS_H
#define TRACES_THREADS_H

#include <stdint.h>

#include "util/reason.h"

#define THREAD_PATH_SIZE sizeof("/proc/4294967295/task/4294967295")

struct thread {
	uint32_t pid;
	uint32_t tid;
	char path[THREAD_PATH_SIZE]; /* of its directory in /proc */
};

/* 0 to go on, 1 to stop, -errno to stop, with a reason. */
typedef int thread_visitor(const struct thread *thread, void *argument, struct reason *why);

/* Calls visit for each that its pid namespace shows. What visit gave to stop, else 0, or -errno. */
int threads_walk(thread_visitor *visit, void *argument, struct reason *why);

/*
 * After a look at it has failed: 0 if it has ended, or what was looked at is there no more, else
 * the error as -errno, with the reason that the process cannot be looked at.
 */
int thread_unless_ended(const struct thread *thread, int error, struct reason *why);

#endif
