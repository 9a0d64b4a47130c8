/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every range on this host: the lines of the book, and those of /etc/subuid and /etc/subgid
 * that are no copies of it.
 */
#ifndef USERNS_LISTING_H
#define USERNS_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include "subid/idfile.h"
#include "userns/pins.h"
#include "util/reason.h"

enum listing_source { FROM_BOOK, FROM_SUBUID, FROM_SUBGID, LISTING_SOURCES };

struct listed {
	const struct id_entry *entry;
	enum listing_source source;
	bool pinned; /* its user has a namespace now */
};

struct listing {
	struct id_file files[LISTING_SOURCES];
	struct listed *rows; /* sorted by start, then by source and line */
	size_t count;
	size_t room;
};

/* Reads the three files. Any error with a reason; listing_free() afterwards, also then. */
int listing_read(struct listing *listing, struct reason *why);

/*
 * Fills rows from the files. A line of /etc/subuid or /etc/subgid is left out if a line of the book
 * covers it that is the same owner's: by name, or by uid. Somebody else's is shown, as it
 * would give ids of one user to another. A pin goes to the line by which its uid gets
 * its range, the first. O(n log n). -ENOMEM.
 */
int listing_join(struct listing *listing, struct pins *pins);

void listing_free(struct listing *listing);

#endif
