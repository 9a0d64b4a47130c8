/* SPDX-License-Identifier: BSD-3-Clause */
/* What a user's ranges must not meet: invariants, checked at every login. Pure. */
#ifndef SUBID_CONFLICT_H
#define SUBID_CONFLICT_H

#include "subid/settle.h"

/*
 * -EEXIST, with a reason that names both parties, when one of the ranges meets somebody
 * else's, a real account, or the host's own ids; when the user's own id lies in a range; or when
 * half of one would be new, and meets what a new range must not.
 */
int check_conflicts(const struct settle_sources *sources, const struct settle_request *request,
		    const struct settlement *settled, struct reason *why);

/*
 * The last of these alone: -EEXIST, with a reason, when the user's own uid or gid lies in a range,
 * whoever's it is.
 */
int check_own_ids(const struct settle_sources *sources, const struct settle_request *request,
		  struct reason *why);

#endif
