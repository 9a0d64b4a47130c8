/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Shadow's own locks, taken in shadow's order, so that useradd, usermod and we never lose
 * each other's lines: the fcntl lock on /etc/.pwd.lock (lckpwdf(3)), then /etc/subuid.lock and
 * /etc/subgid.lock, hard links to a file that holds the locker's pid. The first
 * guards the book as well.
 */
#ifndef SUBID_LOCK_H
#define SUBID_LOCK_H

#include <stdbool.h>

#include "util/reason.h"

struct subid_lock {
	int pwd_lock; /* a descriptor, -1: not held */
	bool subuid;
	bool subgid;
};

#define SUBID_LOCK_INIT ((struct subid_lock){.pwd_lock = -1})

/*
 * Waits for all three, without end: the caller has a deadline that ends the process, after
 * which others may take the locks, as both kinds are void when their process is gone.
 * Any error with a reason; what was taken is in *lock, for subid_unlock().
 */
int subid_lock(struct subid_lock *lock, struct reason *why);

/*
 * For a process that ends where it stands: removes the lock files that name it. Left, they would be
 * valid again, to shadow, as soon as another process gets its pid. May be called in a signal
 * handler; the descriptor goes with the process.
 */
void subid_lock_abandon(void);

/* Gives back what is held. Safe on a lock that was never taken. */
void subid_unlock(struct subid_lock *lock);

#endif
