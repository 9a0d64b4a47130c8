/* SPDX-License-Identifier: BSD-3-Clause */
/* To the host's own newuidmap and newgidmap: see handover.h. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "newidmap/handover.h"
#include "util/searchpath.h"
#include "util/userns.h"

static bool is_own(const char *path)
{
	struct stat there, own;

	return stat(path, &there) == 0 && stat("/proc/self/exe", &own) == 0 &&
	       same_file(&there, &own);
}

/* What is behind the last place that we have in PATH: two copies of us hand over forwards only. */
static struct slice behind_own(struct slice path, const char *name)
{
	struct slice rest = path, behind = path;
	char program[PATH_MAX];

	while (next_program(&rest, name, program))
		if (is_own(program))
			behind = rest;
	return behind;
}

int hand_over(const char *name, char **argv)
{
	const char *path = getenv("PATH");
	struct slice rest = slice_of(path ? path : "");
	char program[PATH_MAX];

	rest = behind_own(rest, name);
	while (next_program(&rest, name, program))
		execv(program, argv);
	fprintf(stderr,
		"%s: there is no other %s in PATH; this one works only inside a delegated user "
		"namespace, userns(1)\n",
		name, name);
	return EXIT_FAILURE;
}
