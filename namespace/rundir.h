/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A user's run directory, /run/userns/UID: the pin "user", "state", "lock", and "sessions/".
 * All of it is root's and readable for everybody; who may enter the namespace is
 * decided by the kernel, at setns(2).
 */
#ifndef NAMESPACE_RUNDIR_H
#define NAMESPACE_RUNDIR_H

#include <stdbool.h>
#include <sys/types.h>

#include "util/reason.h"

#define PIN_NAME      "user"
#define STATE_NAME    "state"
#define LOCK_NAME     "lock"
#define SESSIONS_NAME "sessions"

#define RUNDIR_PATH_SIZE 256

struct rundir {
	uid_t uid; /* whose it is */
	int fd;
	int lock; /* open and locked */
};

#define RUNDIR_INIT ((struct rundir){.fd = -1, .lock = -1})

/* Writes the path of a user's directory, at most RUNDIR_PATH_SIZE bytes. */
void rundir_path(uid_t uid, char ret[static RUNDIR_PATH_SIZE]);

/* Writes the path of a user's pin, at most RUNDIR_PATH_SIZE bytes. */
void rundir_pin_path(uid_t uid, char ret[static RUNDIR_PATH_SIZE]);

/*
 * Called for a name below /run/userns, and the uid whose directory has that name; uid is NULL where
 * it is none that we give, as 007. 0 to go on, else the walk ends.
 */
typedef int rundir_visitor(const char *name, const uid_t *uid, void *argument);

/*
 * Calls visit for each, in no order, but for names with a dot in front. Gives what ended the walk;
 * 0 at the end, and where there is no /run/userns; -errno where it cannot be read, with a reason.
 */
int rundirs_each(rundir_visitor *visit, void *argument, struct reason *why);

/*
 * Opens the user's directory and waits for its lock. With create, makes what is missing;
 * without, -ENOENT when there is none. Refuses what is not root's directory. All
 * errors but -ENOENT with a reason.
 */
int rundir_open(uid_t uid, bool create, struct rundir *ret, struct reason *why);

/* The same without create, if nobody has the lock. -EWOULDBLOCK, without a reason: somebody has. */
int rundir_open_if_free(uid_t uid, struct rundir *ret, struct reason *why);

/*
 * Opens it to look, without lock: for userns(1). No check of its owner, as inside a user namespace
 * root's files seem to be nobody's. -ENOENT: there is none; -errno.
 */
int rundir_open_to_read(uid_t uid, int *ret_fd);

/*
 * Opens what stands in the pin's place in a run directory, which need be no namespace; to open it
 * waits for nothing, and makes no terminal ours. -ENOENT: nothing does; -errno.
 */
int rundir_open_pin(int dir, int *ret_fd);

/*
 * Opens the user namespace that is pinned in it. -ENOENT: there is no pin; -EINVAL: it is no user
 * namespace, as after a logout that has just unmounted it; -errno.
 */
int rundir_open_namespace(int dir, int *ret_fd);

/*
 * Removes the directory if it has neither session nor pin. Its lock goes with it. -ENOTEMPTY: files
 * that are none of ours keep it.
 */
int rundir_remove_if_unused(const struct rundir *dir);

void rundir_close(struct rundir *dir);

#endif
