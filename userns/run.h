/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef USERNS_RUN_H
#define USERNS_RUN_H

/* As shells have it: env(1), nohup(1), xargs(1). */
#define EXIT_CANNOT_EXEC 126
#define EXIT_NOT_FOUND	 127

/*
 * Becomes the command, found by PATH; an empty one is the user's shell, and where it runs, for
 * people, is written to stderr. Comes back only after a complaint, with the exit status that shells
 * have: 127 not found, 126 it cannot be run.
 */
int run_command(char *const *command, const char *where);

#endif
