/* SPDX-License-Identifier: BSD-3-Clause */
/* A pause process: it stays in the caller's delegated namespace, so that podman can join it. */
#ifndef USERNS_PAUSE_H
#define USERNS_PAUSE_H

#include <sys/stat.h>
#include <sys/types.h>

/* What "userns hold" runs itself as, in the namespace. */
#define PAUSE_OPTION "--paused"

struct pause {
	pid_t pid;
	struct stat namespace; /* the user namespace that it is in */
};

/*
 * Starts one in the namespace that is pinned for uid, with a mount namespace of its own, and waits
 * until it is there. It ends with us. 0, or an exit status after a complaint.
 */
int pause_start(uid_t uid, struct pause *ret);

/* Ends and reaps it. */
void pause_end(pid_t pid);

/* The pause process itself. Comes back only when it is none, with an exit status. */
int pause_stay(void);

#endif
