/* SPDX-License-Identifier: BSD-3-Clause */
/* What keeps the kernel from making a namespace, and what would change it. */
#ifndef USERNS_LIMITS_H
#define USERNS_LIMITS_H

/* By kind of namespace; -1: not known, and not told. */
#define LIMITS_KINDS 8

struct limits {
	long values[LIMITS_KINDS];
};

#define LIMITS_UNKNOWN ((struct limits){{-1, -1, -1, -1, -1, -1, -1, -1}})

/*
 * Reads the limits on kinds of namespaces (CLONE_NEW...) in the user namespace that we are in: the
 * same files show others from another one.
 */
void limits_read(int kinds, struct limits *ret);

/*
 * Complains that a namespace of a kind cannot be made; gives the exit status. host, own: the limits
 * on the host and in the delegated namespace.
 */
int limits_complain(int kind, int error, const struct limits *host, const struct limits *own);

#endif
