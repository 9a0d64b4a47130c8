/* SPDX-License-Identifier: BSD-3-Clause */
/* To the host's own newuidmap and newgidmap: see handover.h. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "newidmap/handover.h"
#include "util/cleanup.h"
#include "util/parse.h"
#include "util/userns.h"

static bool is_own(const char *path)
{
	struct stat there, own;

	return stat(path, &there) == 0 && stat("/proc/self/exe", &own) == 0 &&
	       same_file(&there, &own);
}

int hand_over(const char *name, char **argv)
{
	const char *path = getenv("PATH");
	struct slice rest = {path, path ? strlen(path) : 0}, directory;

	while (next_field(&rest, ':', &directory)) {
		char program[PATH_MAX];

		/* An empty field would be the working directory. */
		if (directory.length == 0 || directory.length + strlen(name) + 2 > sizeof(program))
			continue;
		snprintf(program, sizeof(program), "%.*s/%s", (int)directory.length, directory.text,
			 name);
		if (!is_own(program))
			execv(program, argv);
	}
	fprintf(stderr,
		"%s: there is no other %s in PATH; this one works only inside a delegated "
		"user namespace, userns(1)\n",
		name, name);
	return EXIT_FAILURE;
}
