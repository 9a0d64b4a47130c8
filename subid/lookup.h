/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What libsubid knows of a user's ranges: read by it, never written. It keeps static
 * state and prints, so only the helper may call this, not a login process.
 */
#ifndef SUBID_LOOKUP_H
#define SUBID_LOOKUP_H

#include <sys/types.h>

#include "subid/range.h"
#include "util/reason.h"

/*
 * Adds to uids and gids (zeroed sets) each range that libsubid gives for the name, and for the
 * uid in digits, once. The answers can be a stranger's: libsubid 4.12 to 4.19 compare a number
 * that owns a line of /etc/subgid with the gid of the group named as the user. So the caller
 * compares each with the owner that the line itself names.
 * -EIO: libsubid failed, which never means "none"; -ERANGE: an answer that is no range of 32 bits;
 * -ENOMEM. All with a reason; the sets may have answers by then. NULL: not asked for.
 */
int lookup_ranges(const char *name, uid_t uid, struct id_set *uids, struct id_set *gids,
		  struct reason *why);

/*
 * Checks that libsubid reads /etc/subuid and /etc/subgid on this host. It does unless nsswitch.conf
 * names another source for "subid" (and only one can be named).
 * 0, or -EOPNOTSUPP with a reason that names the source; else -errno with a reason.
 */
int lookup_check_source(const char *nsswitch_path, struct reason *why);

#endif
