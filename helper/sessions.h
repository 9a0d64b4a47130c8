/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which logins use a namespace: a file per session in "sessions/", named PID.STARTTIME after the
 * process that opened it. No counters: a process that is gone counts for nothing, and
 * a pid that another process got has another start time. The caller holds the lock.
 */
#ifndef HELPER_SESSIONS_H
#define HELPER_SESSIONS_H

#include <stdbool.h>
#include <sys/types.h>

#include "helper/rundir.h"
#include "util/reason.h"

/* Records a session of a live process. */
int session_add(const struct rundir *dir, pid_t pid, struct reason *why);

/*
 * Removes the sessions whose process is gone, those of process leaving (0: none), and whatever
 * else lies there. Counts the rest.
 */
int sessions_prune(const struct rundir *dir, pid_t leaving, unsigned int *ret_live,
		   struct reason *why);

/* Is a file's name that of a live session? Its pid, if so. */
bool session_is_live(const char *name, pid_t *ret_pid);

#endif
