/* SPDX-License-Identifier: BSD-3-Clause */
/* Who has one of shadow's lock files, and whether that process still runs. */
#ifndef SUBID_LOCKER_H
#define SUBID_LOCKER_H

#include <sys/types.h>
#include <time.h>

struct locker {
	pid_t pid;	      /* 0: the file names none */
	struct timespec made; /* the file, by the wall clock */
};

/* -ENOENT: there is no lock file; or -errno. May be called in a signal handler. */
int locker_read(const char *lock_path, struct locker *ret);

enum locker_state {
	LOCKER_NONE, /* there is no lock file */
	LOCKER_GONE, /* there is, and its process is not: it is void */
	LOCKER_LIVES,
};

/*
 * Looks at a lock file; or -errno: it cannot be read. LOCKER_LIVES also for one that names no
 * process, as shadow has it.
 *
 * LOCKER_GONE, where shadow would see a living process, for a zombie, which does nothing any more,
 * and for a process that came after the lock file: it just has the number of the one that made
 * it, and numbers can be had for the asking, by who forks until it comes. Where this cannot be
 * seen, as under a hidepid= mount, the process lives.
 */
int locker_look(const char *lock_path);

#endif
