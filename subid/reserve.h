/* SPDX-License-Identifier: BSD-3-Clause */
/* Ids set aside in the book for other programs. */
#ifndef SUBID_RESERVE_H
#define SUBID_RESERVE_H

#include "subid/settle.h"

/*
 * Reserves request->fixed for request->name or, where its count is 0, chooses request->size ids of
 * the pool as for a new user. A place that was named may lie where the policy, or a program,
 * keeps users away from: that is what it is for. Takes shadow's locks. *ret_new: false when the
 * very line was there.
 * -EEXIST: it meets a line, or a real user or group; -ENOSPC; -EINVAL: a name that cannot stand in
 * the book, or a malformed line that could hide a range; or -errno; with a reason.
 */
int reserve_range(const struct settle_request *request, struct id_range *ret, bool *ret_new,
		  struct reason *why);

/* The same by files that were read under shadow's locks, which the caller holds. */
int reserve_locked(struct settle_sources *sources, const struct settle_request *request,
		   struct id_range *ret, bool *ret_new, struct reason *why);

/*
 * Retires what is reserved for the name: that range, or all of it where the count is 0.
 * *ret_retired: those ranges. -ENOENT: there is none; or -errno; with a reason.
 */
int unreserve_ranges(const char *name, struct id_range range, struct id_set *ret_retired,
		     struct reason *why);

#endif
