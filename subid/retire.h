/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Taking ranges away. They are retired: the book keeps them, so that nobody gets the files that
 * were left in them, and the copies go.
 */
#ifndef SUBID_RETIRE_H
#define SUBID_RETIRE_H

#include <stdbool.h>
#include <sys/types.h>

#include "subid/sources.h"

/* Whose ranges; who is gone may be known by name alone. */
struct retiree {
	const char *owner; /* as owner_in_files() writes them */
	bool has_uid;
	uid_t uid;
};

/*
 * Retires all lines of the book under the name or the uid, also what only shadow's files have of
 * theirs; drops their copies. Takes shadow's locks. *ret_retired: the uid ranges that were not
 * retired before; *ret_owners: the uids that the lines of the book have. The caller frees both. A
 * crash leaves something that the next call completes.
 * -ENOENT: there is nothing to take away; -EEXIST: what only shadow's files have meets somebody
 * else's; or -errno; with a reason.
 */
int retire_ranges(const struct retiree *who, struct id_set *ret_retired, struct id_set *ret_owners,
		  struct reason *why);

/* The same by files that were read under shadow's locks, which the caller holds. */
int retire_locked(const struct settle_sources *sources, const struct retiree *who,
		  struct id_set *ret_retired, struct reason *why);

#endif
