/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef USERNS_KEEP_H
#define USERNS_KEEP_H

#include <sys/types.h>

struct kept_command {
	/*
	 * As fork(2): 0 in the child, which becomes the command by run(); a negative exit status
	 * after a complaint.
	 */
	pid_t (*fork)(void *argument);
	int (*run)(void *argument);
	void *argument;
	int if_killed; /* what to send it when we are killed; 0: nothing, and it goes on */
};

/*
 * Runs a command below a keeper: a process that holds a descriptor, with the locks of its
 * description, until the command and everything that it has left behind have ended. The command
 * itself has no part in it: it may close all its descriptors, and where it is in a user namespace
 * of its own, it has no power over the keeper. Ends as the command does.
 *
 * Without the keeper it would go on with ids that others get, so run() has to call child_end_with()
 * when it has the ids of the command. The keeper is the process in which fork() is called.
 */
int keep_and_run(int fd, const struct kept_command *command);

#endif
