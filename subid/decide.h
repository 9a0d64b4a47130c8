/* SPDX-License-Identifier: BSD-3-Clause */
/* Which ranges are a user's: what is kept, adopted, or new. Pure. */
#ifndef SUBID_DECIDE_H
#define SUBID_DECIDE_H

#include "subid/settle.h"

struct id_range user_range_gids(const struct user_range *range);

/* Are copies wanted, with what libsubid reads here? */
bool settle_wants_copies(const struct settle_sources *sources,
			 const struct settle_request *request);

/* How many ids the user then has. */
uint64_t settlement_ids(const struct settlement *settled);

/* Is everything written already? */
bool settlement_is_recorded(const struct settlement *settled);

/*
 * Decides; pure. -EAGAIN: what sources->asked stands for has to be asked first. -EEXIST: a range,
 * or the user's own id, meets somebody else's; -EINVAL: a malformed line could hide a
 * range, so no new one can be given; -ENOSPC: the pool is full; -E2BIG: over USER_RANGES_MAX.
 * All but -EAGAIN with a reason. On success why may have a note.
 */
int settle_decide(const struct settle_sources *sources, const struct settle_request *request,
		  struct settlement *ret, struct reason *why);

#endif
