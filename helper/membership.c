/* SPDX-License-Identifier: BSD-3-Clause */
/* The groups of a user, by NSS: see membership.h. */
#include <errno.h>
#include <grp.h>
#include <stdlib.h>

#include "helper/deadline.h"
#include "helper/membership.h"
#include "util/account.h"
#include "util/cleanup.h"

/* No more than the kernel lets a process have. */
#define GROUPS_MAX 65536

/*
 * getgrouplist(3) succeeds with fewer groups where a service of nsswitch.conf does not answer, as a
 * directory that is down; it leaves an errno then, but also where it had to read a long line again
 * (ERANGE), and where a module that knows nobody says so by one. What getgrgid(3) leaves is not 0
 * only if the last service did not answer: nobody has the gid, so that one is asked.
 */
static int check_answer(int error)
{
	if (error == 0)
		return 0;
	errno = 0;
	if (!getgrgid((gid_t)-1) && errno != 0)
		return -errno;
	return means_no_such_user(error) || error == ERANGE ? 0 : -error;
}

/* A list that lacks some is none. -E2BIG: there are too many. */
static int list_groups(struct membership *membership)
{
	const struct account *account = membership->account;
	int count = 64, room, r;

	do {
		CLEANUP_FREE gid_t *gids = calloc((size_t)count, sizeof(*gids));

		if (!gids)
			return -ENOMEM;
		room = count;
		errno = 0;
		if (getgrouplist(account->name, account->ids.gid, gids, &count) >= 0) {
			r = check_answer(errno);
			if (r < 0)
				return r;
			membership->gids = TAKE_PTR(gids);
			membership->count = count;
			return 0;
		}
	} while (count > room && count <= GROUPS_MAX);
	return -E2BIG;
}

static int ask_groups(struct membership *membership, struct reason *why)
{
	const char *name = membership->account->name;
	int r;

	deadline_phase("the user's groups (NSS)");
	r = list_groups(membership);
	/* It can be of an attempt that the module has made good since: it is asked anew. */
	if (r < 0 && r != -E2BIG)
		r = list_groups(membership);
	if (r == -E2BIG)
		return refuse(why, r, "the groups of '%s' cannot be listed", name);
	return r < 0 ? refuse_errno(why, r, "cannot list the groups of '%s'", name) : 0;
}

/* 1; 0: there is no such group. */
static int find_gid(const char *name, gid_t *ret, struct reason *why)
{
	struct group *group;

	deadline_phase("a group of the policy (NSS)");
	errno = 0;
	group = getgrnam(name);
	/* Not means_no_such_user(): glibc leaves 0, and nslcd's module ENOENT when that is down. */
	if (!group && errno == 0)
		return 0;
	if (!group)
		return refuse_errno(why, -errno, "cannot look up the group '%s'", name);
	*ret = group->gr_gid;
	return 1;
}

int membership_has(void *argument, const char *name, gid_t gid, struct reason *why)
{
	struct membership *membership = argument;
	int r;

	r = name ? find_gid(name, &gid, why) : 1;
	if (r <= 0)
		return r;
	r = membership->gids ? 0 : ask_groups(membership, why);
	for (int i = 0; r == 0 && i < membership->count; i++)
		if (membership->gids[i] == gid)
			return 1;
	return r;
}

void membership_free(struct membership *membership)
{
	free(membership->gids);
	membership->gids = NULL;
}
