/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a program can be: see searchpath.h. Pure. */
#include <stdio.h>

#include "util/searchpath.h"

bool next_program(struct slice *path, const char *name, char ret[static PATH_MAX])
{
	struct slice directory;

	while (next_field(path, ':', &directory)) {
		if (directory.length == 0 || directory.length + strlen(name) + 2 > PATH_MAX)
			continue;
		snprintf(ret, PATH_MAX, "%.*s/%s", (int)directory.length, directory.text, name);
		return true;
	}
	return false;
}
