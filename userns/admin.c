/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The verbs that userns-helper does: those of admins, who run it as root, and "userns explain",
 * which is to be the very code of a login.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "userns/complain.h"
#include "userns/verbs.h"
#include "util/cleanup.h"

int verb_of_helper(int argc, char **argv)
{
	CLEANUP_FREE char **line = calloc((size_t)argc + 2, sizeof(*line));

	if (!line)
		return complain(EXIT_SYSTEM, "%s", strerror(ENOMEM));
	/* It speaks under our name. */
	line[0] = "userns";
	memcpy(line + 1, argv, (size_t)argc * sizeof(*argv));
	execv(USERNS_HELPER, line);
	return complain(EXIT_SYSTEM, "cannot run %s: %s", USERNS_HELPER, strerror(errno));
}
