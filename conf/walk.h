/* SPDX-License-Identifier: BSD-3-Clause */
/* Every line of a policy, in the order of its files. */
#ifndef CONF_WALK_H
#define CONF_WALK_H

#include <stddef.h>

#include "conf/files.h"
#include "conf/keys.h"
#include "conf/section.h"
#include "util/reason.h"

/* A line that sets a key; all of it lives as long as the function it is given to runs. */
struct policy_line {
	const char *file;
	size_t layer; /* which of the files: a later one goes over an earlier one */
	const struct section *section;
	const struct policy_key *key;
	const char *value; /* one that the key takes */
	unsigned int line;
};

struct policy_visitor {
	/* 1: the section's lines are wanted; 0: they are to be right, no more; -errno with a
	 * reason. */
	int (*section)(void *argument, const char *file, const struct section *section,
		       struct reason *why);
	/* -errno with a reason. */
	int (*line)(void *argument, const struct policy_line *line, struct reason *why);
	void *argument;
};

/*
 * Shows them to the visitor. Wanted lines are read by libeconf; in the sections of others, lines
 * that are plainly KEY = VALUE are checked without it, as that is what lets thousands of sections
 * cost a login little; and every other line by libeconf. Stops at the first error, of the policy or
 * the visitor's. -EINVAL with a reason that names file, line, key, value and what was expected;
 * -errno of libeconf's needs.
 */
int policy_walk(const struct policy_files *files, const struct policy_visitor *visitor,
		struct reason *why);

#endif
