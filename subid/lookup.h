/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What libsubid knows of a user's ranges: read by it, never written. It keeps static
 * state and prints, so only the helper may call this, not a login process.
 */
#ifndef SUBID_LOOKUP_H
#define SUBID_LOOKUP_H

#include "subid/range.h"
#include "util/reason.h"

/*
 * Adds to uids and gids (zeroed sets) each range that libsubid gives for an owner (a name, or a uid
 * in digits), once. The answers can be a stranger's: libsubid 4.12 to 4.19 compare a number
 * that owns a line of /etc/subgid with the gid of the group named as the user. So the caller
 * compares each with the owner that the line itself names.
 * -EIO: libsubid failed, which never means "none"; -ERANGE: an answer that is no range of 32 bits;
 * -ENOMEM. All with a reason; the sets may have answers by then. NULL: not asked for.
 */
int lookup_ranges(const char *owner, struct id_set *uids, struct id_set *gids, struct reason *why);

/* The same with a source of nsswitch_subid_source()'s. -EIO also when it has no module. */
int lookup_ranges_from(const char *source, const char *owner, struct id_set *uids,
		       struct id_set *gids, struct reason *why);

#endif
