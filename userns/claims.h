/* SPDX-License-Identifier: BSD-3-Clause */
/* Which ids are in whose name: is a line of one file covered by those of another? */
#ifndef USERNS_CLAIMS_H
#define USERNS_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "subid/idfile.h"

/*
 * Ids of an owner, who is a name or a uid. In a sorted list of them, reach is the last id of all
 * that the owner has up to here, so that one look tells what is covered.
 */
struct claim {
	struct slice name; /* of no length: the uid counts */
	uint32_t uid;
	uint32_t start;
	uint32_t reach;
};

struct claims {
	struct claim *claims;
	size_t count;
};

/*
 * Claims of every line of a file, in the name that it has and, where the book says uid=, under that
 * as well; of the uids, or of the gids. O(n log n). -ENOMEM. claims_free() afterwards.
 */
int claims_make(const struct id_file *file, bool gids, struct claims *ret);

/* Has the owner, as a line names it, all these ids in a row? O(log n). */
bool claims_cover(const struct claims *claims, struct slice owner, struct id_range range);

/* The same by uid. */
bool claims_cover_uid(const struct claims *claims, uint32_t uid, struct id_range range);

/* Is anything the owner's? */
bool claims_know(const struct claims *claims, struct slice owner);

void claims_free(struct claims *claims);

#endif
