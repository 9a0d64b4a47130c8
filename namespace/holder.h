/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A holder: a child process that goes into a user namespace, or makes one, and stays there
 * until its parent has done what it came for. For the helper, which makes and
 * inspects namespaces, and for "userns status", which reads the maps of its own.
 */
#ifndef NAMESPACE_HOLDER_H
#define NAMESPACE_HOLDER_H

#include <sys/types.h>

#include "util/reason.h"

struct holder {
	pid_t pid;
	int socket;	    /* the holder ends when this is closed */
	int user_namespace; /* where it is: an open /proc/self/ns/user */
};

#define HOLDER_INIT ((struct holder){.pid = -1, .socket = -1, .user_namespace = -1})

/* Whose namespace it is. */
struct owner {
	uid_t uid;
	gid_t gid;
};

/* What a holder is to do. */
struct holder_task {
	const struct owner *owner; /* to become first; NULL: we are the owner */
	int join;		   /* the user namespace to join; -1: make one */
	/* Called as the owner, before a namespace is made; may be NULL. With capabilities kept. */
	int (*prepare)(struct reason *why);
};

/*
 * Starts a holder and waits until it is there. It keeps none of our descriptors from the start, as
 * its owner can stop it with a signal; it is not dumpable, as the owner could trace it; so
 * it opens the descriptor of its namespace itself.
 * Any error of its own is given back with its reason; -ETIMEDOUT: it was stopped for 5 seconds;
 * -ECHILD: it was killed. holder_end() also after a failure.
 */
int holder_start(const struct holder_task *task, struct holder *ret, struct reason *why);

/* Lets the holder go and reaps it; one that is stopped is left after 5 seconds more. */
void holder_end(struct holder *holder);

#endif
