/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Newcomers: real users whose own ids lie in a range that was given out before they came. NSS
 * cannot be asked for every id of a range at every login; so those who have been refused for it are
 * kept on record, for who has the range.
 */
#ifndef SUBID_NEWCOMERS_H
#define SUBID_NEWCOMERS_H

#include <sys/types.h>

#include "subid/accounts.h"

/* Records one, in place of those that are gone. -errno with a reason. */
int newcomers_record(uid_t uid, struct reason *why);

/*
 * Adds the ids of all who are still there, or of whom NSS does not say. -errno with a reason: it is
 * not known.
 */
int newcomers_add(struct accounts *accounts, struct reason *why);

#endif
