/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HELPER_WORKER_H
#define HELPER_WORKER_H

/*
 * Runs the rest of the program in a child, and gives its exit status; in the child, returns -1.
 *
 * The process that a login waits for must end when it is killed, and a child in an uninterruptible
 * system call does not: it would end later, as a zombie of the login's, and zombies keep
 * shadow's lock files valid. So the login's child only waits; the one that works is ended by
 * the kernel with it, and reaped by init. To be called when the ids are final: a change of
 * ids would undo that bond.
 */
int worker_start(void);

#endif
