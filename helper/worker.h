/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HELPER_WORKER_H
#define HELPER_WORKER_H

#include "helper/result.h"

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

/*
 * Runs work in one more child, which ends with us, and has a deadline of its own in milliseconds;
 * waits for it and gives its result, RESULT_FAILED or RESULT_TIMEOUT with a text where it came to
 * none.
 */
void worker_run(void (*work)(const void *argument, struct result *ret), const void *argument,
		unsigned int deadline, struct result *ret);

#endif
