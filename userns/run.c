/* SPDX-License-Identifier: BSD-3-Clause */
/* Becomes a command: see run.h. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "userns/complain.h"
#include "userns/run.h"

/* As shells have it: env(1), nohup(1), xargs(1). */
#define EXIT_CANNOT_EXEC 126
#define EXIT_NOT_FOUND	 127

int run_command(char *const *command)
{
	execvp(command[0], command);
	return complain(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_EXEC, "cannot run %s: %s",
			command[0], strerror(errno));
}
