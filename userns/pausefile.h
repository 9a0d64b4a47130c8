/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * podman's record of the process whose user and mount namespace it joins, its "pause process":
 * pause.pid, the pid without a newline. podman 4.3 to 5 puts it in place by a rename that replaces
 * nothing; who removes a stale one holds a lock of fcntl(2) on it, as we do.
 */
#ifndef USERNS_PAUSEFILE_H
#define USERNS_PAUSEFILE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "util/reason.h"

/* The variable of its environment, =1, by which podman knows a pause process. */
#define PAUSE_MARK "_PODMAN_PAUSE"

/* Another process that the file names. */
struct pause_other {
	pid_t pid;
	bool here; /* it is in the namespace that ours is in */
};

/*
 * Where podman looks for it: below $XDG_RUNTIME_DIR, or /run/user/UID where that is not set; the
 * directory must be uid's. -errno with a reason.
 */
int pausefile_path(uid_t uid, char ret[static PATH_MAX], struct reason *why);

/*
 * Names pid, which is in the user namespace that here describes; makes the directories below the
 * user's. A file that names no pause process (nothing that lives, or something that podman did not
 * make one) is replaced. 1, with *ret_other: one that lives is named, and stays. -errno with a
 * reason.
 */
int pausefile_publish(const char *path, pid_t pid, const struct stat *here,
		      struct pause_other *ret_other, struct reason *why);

/* 1: the file of uid names a pause process, *ret; 0: none; -errno. */
int pausefile_find(uid_t uid, const struct stat *here, struct pause_other *ret);

/* Removes the file if it still names pid. */
void pausefile_withdraw(const char *path, pid_t pid);

#endif
