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

/* Takes the next directory off PATH, and names the program in it. False: there are no more. */
static bool next_program(struct slice *path, const char *name, char ret[static PATH_MAX])
{
	struct slice directory;

	while (next_field(path, ':', &directory)) {
		/* An empty field would be the working directory. */
		if (directory.length == 0 || directory.length + strlen(name) + 2 > PATH_MAX)
			continue;
		snprintf(ret, PATH_MAX, "%.*s/%s", (int)directory.length, directory.text, name);
		return true;
	}
	return false;
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
	struct slice rest = {path, path ? strlen(path) : 0};
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
