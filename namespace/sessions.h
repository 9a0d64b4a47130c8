/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which logins use a namespace: a file per session in "sessions/", named PID.STARTTIME.NUMBER after
 * the process that opened it, which can open more than one. No counters: a process that
 * is gone counts for nothing, and one that got its pid is told from it (process.h).
 * The caller holds the lock, and has CAP_SYS_PTRACE (procstat.h).
 */
#ifndef NAMESPACE_SESSIONS_H
#define NAMESPACE_SESSIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "namespace/rundir.h"
#include "util/reason.h"

/* In the place of a number, which are lower: every session of the process; or none was recorded. */
#define SESSION_ANY  UINT32_MAX
#define SESSION_NONE (UINT32_MAX - 1)

struct session_id {
	pid_t pid;
	uint32_t number; /* from 0, or SESSION_ */
};

/* Records one more session of a live process. */
int session_add(const struct rundir *dir, pid_t pid, uint32_t *ret_number, struct reason *why);

/*
 * Removes the sessions whose process is gone, and the one that is leaving (NULL: none). What else
 * lies there, cut short, another user's, or none of ours, counts for nothing and is removed, with
 * a note. Counts the rest.
 */
int sessions_prune(const struct rundir *dir, const struct session_id *leaving,
		   unsigned int *ret_live, struct reason *why);

/* Removes one session, without a look at any process: for an open that failed. */
void session_remove(const struct rundir *dir, const struct session_id *session);

/*
 * Is a file in the open directory of uid's sessions that of a live session? Which one, if so.
 * Without lock, for userns(1).
 */
bool session_is_live(int sessions, const char *name, uid_t uid, struct session_id *ret);

#endif
