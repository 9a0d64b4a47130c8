/* SPDX-License-Identifier: BSD-3-Clause */
/* What keeps the kernel from making a namespace, and what would change it. */
#ifndef USERNS_LIMITS_H
#define USERNS_LIMITS_H

/*
 * The limits of the host on namespaces, to be opened before another user namespace is entered,
 * where the same name shows others. A descriptor of a directory; -1: they cannot be opened.
 */
int limits_open(void);

/* Complains that a namespace of a kind (CLONE_NEW...) cannot be made; gives the exit status. */
int limits_complain(int kind, int error, int limits);

#endif
