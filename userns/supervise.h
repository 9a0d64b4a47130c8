/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Waiting for a command in the place of it: who signals us means it, and who waits for us is to
 * see how it ended.
 */
#ifndef USERNS_SUPERVISE_H
#define USERNS_SUPERVISE_H

#include <signal.h>

struct supervision {
	int signals; /* a signalfd */
	sigset_t mask;
	struct sigaction on_child;
};

/*
 * Before the command is started: takes the signals that are to be handed on, and lets SIGCHLD be,
 * whatever it was to us, so that it can be waited for. -errno.
 */
int supervise_begin(struct supervision *ret);

/* In its process: gives back what supervise_begin() has changed. */
void supervise_as_before(const struct supervision *supervision);

/*
 * Hands signals on by forward(fd, signal) until fd can be read, or has come to its end. Those of
 * the terminal reach the command without us. -errno.
 */
int supervise_until(const struct supervision *supervision, int fd, int (*forward)(int, int));

/* Runs a function in a child, with the result as exit status, and waits for it; ends as it does. */
int supervise_child(int (*run)(void *argument), void *argument);

/* The exit status for what wait(2) gave; where a signal has ended the command, it ends us too. */
int end_as(int wait_status);

#endif
