/* SPDX-License-Identifier: BSD-3-Clause */
/* Becomes a command: see run.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userns/complain.h"
#include "userns/run.h"

static int become(char *const *command)
{
	execvp(command[0], command);
	return complain(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_EXEC, "cannot run %s: %s",
			command[0], strerror(errno));
}

int run_command(char *const *command, const char *where)
{
	char *shell = getenv("SHELL");

	if (command[0])
		return become(command);
	if (!shell || !shell[0])
		shell = "/bin/sh";
	complain(0, "a shell in %s; exit leaves it", where);
	return become((char *const[]){shell, NULL});
}
