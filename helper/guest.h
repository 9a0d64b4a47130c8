/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest: a child process that goes into a user namespace, or makes one, and stays there
 * until its parent has done what it came for. For the helper, which makes and
 * inspects namespaces, and for "userns status", which reads the maps of its own.
 */
#ifndef HELPER_GUEST_H
#define HELPER_GUEST_H

#include <sys/types.h>

#include "util/reason.h"

struct guest {
	pid_t pid;
	int socket;	    /* the guest leaves when this is closed */
	int user_namespace; /* where it is: an open /proc/self/ns/user */
};

#define GUEST_INIT ((struct guest){.pid = -1, .socket = -1, .user_namespace = -1})

/* What a guest does to get where it should be; runs in the child. 0, or -errno with a reason. */
typedef int guest_enter(const void *argument, struct reason *why);

/*
 * Starts a guest and waits until it is there. The guest opens the descriptor of its namespace
 * itself: its parent would need CAP_SYS_PTRACE, as a process that changed ids is not dumpable.
 * Any error of enter() is given back with its reason. guest_end() also after a failure.
 */
int guest_start(guest_enter *enter, const void *argument, struct guest *ret, struct reason *why);

/* For guest_start(): joins the user namespace whose descriptor argument points at. */
guest_enter guest_join;

/* Lets the guest go and reaps it. */
void guest_end(struct guest *guest);

#endif
