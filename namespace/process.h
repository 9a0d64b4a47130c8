/* SPDX-License-Identifier: BSD-3-Clause */
/* A process by its pid: another one gets the number when the first is gone. */
#ifndef NAMESPACE_PROCESS_H
#define NAMESPACE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

struct process {
	pid_t pid;
	uint64_t start;	 /* in clock ticks since boot */
	uint64_t number; /* no other process has it until the next boot; 0: not known */
};

/*
 * Tells a live process from all others: by the inode of its pidfd, which is its own where the
 * kernel has pidfs (Linux 6.9), and by its start. -ESRCH or -ENOENT: there is none, or it has
 * ended; -errno.
 */
int process_identify(pid_t pid, struct process *ret);

/*
 * Does the very process still run? By the number if there is one, which takes no privilege;
 * else by the start, under the conditions of procstat_read(). Where it is not known: yes.
 */
bool process_lives(const struct process *process);

/* Opens /proc/PID/NAME, close-on-exec, to read or to write. The descriptor, or -errno. */
int process_open(pid_t pid, const char *name, int flags);

/* The user namespace that it is in, as stat(2) tells it. -errno. */
int process_user_namespace(pid_t pid, struct stat *ret);

#define PROCESS_NAME_SIZE 16

/* As it calls itself, which is its user's word. "?" where it is gone. */
void process_name(pid_t pid, char ret[static PROCESS_NAME_SIZE]);

#endif
