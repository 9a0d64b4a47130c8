/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Real users and groups, by NSS: no range may hold an id of theirs. It calls getpwent(3) and
 * the like, which are not for a login process.
 */
#ifndef SUBID_ACCOUNTS_H
#define SUBID_ACCOUNTS_H

#include "subid/range.h"
#include "util/reason.h"

/*
 * Calls visit for every user, or group, that NSS lists. The name is gone after the call. What visit
 * gives, unless 0, ends it; -errno when NSS fails.
 */
typedef int account_visitor(uint32_t id, const char *name, void *argument);
int accounts_each_user(account_visitor *visit, void *argument);
int accounts_each_group(account_visitor *visit, void *argument);

struct accounts {
	struct id_set uids;
	struct id_set gids;
};

/*
 * Adds every user and group that NSS enumerates. Directories may not (SSSD and winbind do not, by
 * default): so ask accounts_probe() as well. -errno with a reason when NSS fails.
 */
int accounts_enumerate(struct accounts *accounts, struct reason *why);

/*
 * Adds the users and groups of the host's own files alone: reading these takes no longer than one
 * look-up in them does. -errno with a reason.
 */
int accounts_list_local(struct accounts *accounts, struct reason *why);

/*
 * Adds what NSS knows of the first and the last id of a range, of uids and of gids. *ret_found:
 * anybody? -errno with a reason when a directory does not answer: then it is not known.
 */
int accounts_probe(struct id_range uids, struct id_range gids, struct accounts *accounts,
		   bool *ret_found, struct reason *why);

void accounts_free(struct accounts *accounts);

#endif
