/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SUBID_CHOOSE_H
#define SUBID_CHOOSE_H

#include "subid/settle.h"

/*
 * Chooses a range of count ids that meets nothing in sources: uids and gids start alike. It is
 * request->fixed, if set, also outside the pool; else by request->by_uid the uid's slot of
 * the pool, the same on every host; and no other place then. Pure. -ENOSPC; -EEXIST: that place is
 * taken; -ENOMEM; with a reason.
 */
int choose_range(const struct settle_sources *sources, const struct settle_request *request,
		 uint32_t count, struct id_range *ret, struct reason *why);

#endif
