/* SPDX-License-Identifier: BSD-3-Clause */
/* Retired lines of the book, and freeing their ids. */
#ifndef SUBID_RECLAIM_H
#define SUBID_RECLAIM_H

#include <stdbool.h>
#include <sys/types.h>

#include "subid/range.h"
#include "util/reason.h"

struct retired_line {
	struct id_range uids;
	struct id_range gids;
	bool has_uid;
	uid_t uid;  /* whose it was */
	char *text; /* the whole line */
};

/*
 * Finds the retired line of a name, a uid's digits, the first id of its range, or START:COUNT.
 * retired_line_free() afterwards. -ENOENT: there is none; -EINVAL: several, or one that is not
 * retired; -EEXIST: a line of /etc/subuid or /etc/subgid still gives ids of it to somebody; or
 * -errno; with a reason.
 */
int retired_line_find(const char *what, struct retired_line *ret, struct reason *why);

/*
 * Removes that very line from the book, under shadow's locks: its ids are free from now on. Errors
 * are those above: it may have changed meanwhile.
 */
int retired_line_drop(const struct retired_line *line, struct reason *why);

void retired_line_free(struct retired_line *line);

#endif
