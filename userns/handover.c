/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Verbs that other programs do. userns-helper: those of admins, who run it as root, and "userns
 * explain", which is to be the very code of a login. userns-show: those that print tables, by
 * libraries that exec and unshare would load for nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "userns/complain.h"
#include "userns/verbs.h"
#include "util/cleanup.h"

static int hand_over(const char *program, int argc, char **argv)
{
	CLEANUP_FREE char **line = calloc((size_t)argc + 2, sizeof(*line));

	if (!line)
		return complain(EXIT_SYSTEM, "%s", strerror(ENOMEM));
	/* It speaks under our name. */
	line[0] = "userns";
	memcpy(line + 1, argv, (size_t)argc * sizeof(*argv));
	execv(program, line);
	return complain(EXIT_SYSTEM, "cannot run %s: %s", program, strerror(errno));
}

int verb_of_helper(int argc, char **argv)
{
	return hand_over(USERNS_HELPER, argc, argv);
}

int verb_of_show(int argc, char **argv)
{
	return hand_over(USERNS_SHOW, argc, argv);
}
