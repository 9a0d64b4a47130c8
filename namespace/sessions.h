/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which logins use a namespace: a file per session in "sessions/", named PID.STARTTIME.NUMBER after
 * the process that opened it, which can open more than one. No counters: a process that
 * is gone counts for nothing, and a pid that another process got has another start time.
 * The caller holds the lock, and has CAP_SYS_PTRACE (procstat.h).
 */
#ifndef NAMESPACE_SESSIONS_H
#define NAMESPACE_SESSIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "namespace/rundir.h"
#include "util/reason.h"

/* For sessions_prune(): every session of the process. */
#define SESSION_ANY UINT32_MAX

struct session_id {
	pid_t pid;
	uint32_t number; /* from 0 */
};

/* Records one more session of a live process. */
int session_add(const struct rundir *dir, pid_t pid, uint32_t *ret_number, struct reason *why);

/*
 * Removes the sessions whose process is gone, the one that is leaving (NULL: none), and whatever
 * else lies there. Counts the rest.
 */
int sessions_prune(const struct rundir *dir, const struct session_id *leaving,
		   unsigned int *ret_live, struct reason *why);

/* Removes one session, without a look at any process: for an open that failed. */
void session_remove(const struct rundir *dir, const struct session_id *session);

/* Is a file's name that of a live session? Which one, if so. */
bool session_is_live(const char *name, struct session_id *ret);

#endif
