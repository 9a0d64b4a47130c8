/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HELPER_MEMBERSHIP_H
#define HELPER_MEMBERSHIP_H

#include "helper/account.h"

/* The groups of a user. Begin with {account}; they are asked for when one is needed. */
struct membership {
	const struct account *account;
	gid_t *gids;
	int count;
};

/* For struct policy_subject: is_in_group, with a struct membership. */
int membership_has(void *argument, const char *name, gid_t gid, struct reason *why);

void membership_free(struct membership *membership);

#endif
