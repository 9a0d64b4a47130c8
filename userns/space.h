/* SPDX-License-Identifier: BSD-3-Clause */
/* The 32-bit space of ids, cut into parts that are each somebody's or free. Pure. */
#ifndef USERNS_SPACE_H
#define USERNS_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "subid/range.h"
#include "util/parse.h"

enum space_kind {
	SPACE_OUTSIDE,	/* free, and not in the pool */
	SPACE_POOL,	/* free, to be handed out */
	SPACE_HOST,	/* below 65536: the host's own users and groups */
	SPACE_USER,	/* a user's, by the book */
	SPACE_RESERVED, /* for other software, by the book */
	SPACE_RETIRED,	/* its user is gone, by the book */
	SPACE_UNBOOKED, /* in /etc/subuid or /etc/subgid alone */
	SPACE_KINDS,
};

/* Is it somebody's, by a line of a file? */
static inline bool space_is_used(enum space_kind kind)
{
	return kind >= SPACE_USER;
}

/* What a kind is called in a legend. */
const char *space_kind_name(enum space_kind kind);

/* What systemd sets aside for containers, by systemd.io/UIDS-GIDS. */
#define SPACE_SYSTEMD ((struct id_range){0x80000, 0x70000000 - 0x80000})

struct space_part {
	struct id_range range;
	enum space_kind kind;
	bool pinned;	    /* its user has a namespace now */
	bool groups;	    /* just gids: the uids are elsewhere */
	struct slice owner; /* points into what the caller holds; empty where nobody's */
};

struct space {
	struct space_part *parts;
	size_t count;
	size_t room;
	size_t met; /* ranges of which others have ids too */
};

/* Adds a range that is somebody's. Uids and gids alike. -ENOMEM. */
int space_add(struct space *space, const struct space_part *part);

/*
 * Makes a partition of what was added and what is free: sorted, gapless, from 0 to ID_LAST. Of
 * parts that overlap, those of the book win, then those that begin earlier. pool may be NULL: not
 * known. O(n log n). -ENOMEM.
 */
int space_settle(struct space *space, const struct id_range *pool);

void space_free(struct space *space);

/* All below is of a settled space. */

/* The part that has the id: an index. O(log n). */
size_t space_find(const struct space *space, uint32_t id);

struct space_total {
	uint64_t ids;
	size_t ranges;
};

/* How much there is of each kind. */
void space_totals(const struct space *space, struct space_total ret[static SPACE_KINDS]);

/* How many more ranges of size ids the pool has room for, aligned as they are handed out. */
uint64_t space_left(const struct space *space, uint32_t size);

#endif
