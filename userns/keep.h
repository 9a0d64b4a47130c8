/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef USERNS_KEEP_H
#define USERNS_KEEP_H

/*
 * Runs a function, which is to become the command, below a keeper: a process that holds a
 * descriptor, with the locks of its description, until the command and everything that it has left
 * behind have ended. The command itself has no part in it: it may close all its descriptors, and
 * where it is in a namespace of its own, it has no power over the keeper. Ends as the command does.
 *
 * Without the keeper the command would go on with ids that others get, so the function must call
 * end_with_parent() once it has the ids of the command.
 *
 * if_killed: what to send the command when we are killed; 0: nothing, and it goes on.
 */
int keep_and_run(int fd, int if_killed, int (*run)(void *argument), void *argument);

/* Has us killed by a signal when our parent ends; a change of ids undoes it. */
void end_with_parent(int signal);

#endif
