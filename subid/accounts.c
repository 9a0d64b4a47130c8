/* SPDX-License-Identifier: BSD-3-Clause */
/* Real users and groups, by NSS: see accounts.h. Runs as root, without capabilities. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>

#include "subid/accounts.h"
#include "subid/paths.h"
#include "util/account.h"
#include "util/cleanup.h"

static int add_id(struct id_set *set, uint32_t id)
{
	/* "nobody" of some systems; no range can hold it. */
	if (id > ID_LAST)
		return 0;
	return id_set_add(set, (struct id_range){id, 1});
}

int accounts_each_user(account_visitor *visit, void *argument)
{
	struct passwd *entry;
	int r = 0;

	setpwent();
	while (r == 0 && (errno = 0, entry = getpwent()))
		r = visit(entry->pw_uid, entry->pw_name, argument);
	/* Most modules say ENOENT at their end. */
	if (r == 0 && !means_no_such_user(errno))
		r = -errno;
	endpwent();
	return r;
}

int accounts_each_group(account_visitor *visit, void *argument)
{
	struct group *entry;
	int r = 0;

	setgrent();
	while (r == 0 && (errno = 0, entry = getgrent()))
		r = visit(entry->gr_gid, entry->gr_name, argument);
	if (r == 0 && !means_no_such_user(errno))
		r = -errno;
	endgrent();
	return r;
}

static int visit_id(uint32_t id, const char *name, void *argument)
{
	(void)name;
	return add_id(argument, id);
}

int accounts_enumerate(struct accounts *accounts, struct reason *why)
{
	int r;

	r = accounts_each_user(visit_id, &accounts->uids);
	if (r == 0)
		r = accounts_each_group(visit_id, &accounts->gids);
	if (r < 0)
		return refuse_errno(
			why, r,
			"cannot list users and groups (NSS), so no range is known to be "
			"clear of them");
	return 0;
}

/* A file that is not there has nobody in it, as for NSS. */
static int open_local(const char *path, FILE **ret, struct reason *why)
{
	*ret = fopen(path, "re");
	return *ret || errno == ENOENT ? 0 : refuse_errno(why, -errno, "cannot open %s", path);
}

/* fgetpwent(3) and fgetgrent(3) pass over lines that NSS does not take either. */
int accounts_list_local(struct accounts *accounts, struct reason *why)
{
	CLEANUP_FILE FILE *users = NULL;
	CLEANUP_FILE FILE *groups = NULL;
	struct passwd *user;
	struct group *group;
	int r;

	r = open_local(PASSWD_FILE, &users, why);
	if (r == 0)
		r = open_local(GROUP_FILE, &groups, why);
	if (r < 0)
		return r;
	while (r == 0 && users && (user = fgetpwent(users)))
		r = add_id(&accounts->uids, user->pw_uid);
	while (r == 0 && groups && (group = fgetgrent(groups)))
		r = add_id(&accounts->gids, group->gr_gid);
	if ((users && ferror(users)) || (groups && ferror(groups)))
		r = -EIO;
	return r < 0 ? refuse_errno(why, r, "cannot list the users and groups of this host") : 0;
}

/*
 * 1: there is such a user; 0: there is none; -errno: not known. Not by means_no_such_user(): glibc
 * leaves 0 where the last service has nobody, and ENOENT where that is nslcd's and it is down.
 */
static int is_user(uint32_t id)
{
	errno = 0;
	return getpwuid(id) ? 1 : -errno;
}

static int is_group(uint32_t id)
{
	errno = 0;
	return getgrgid(id) ? 1 : -errno;
}

static int probe_ends(struct id_range range, int (*is_real)(uint32_t id), struct id_set *set,
		      bool *ret_found)
{
	const uint32_t ends[] = {range.start, id_range_last(range)};

	for (size_t i = 0; i < 2; i++) {
		int r = is_real(ends[i]);

		if (r < 0)
			return r;
		if (r == 0)
			continue;
		*ret_found = true;
		r = add_id(set, ends[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

int accounts_probe(struct id_range uids, struct id_range gids, struct accounts *accounts,
		   bool *ret_found, struct reason *why)
{
	bool found = false;
	int r;

	r = probe_ends(uids, is_user, &accounts->uids, &found);
	if (r == 0)
		r = probe_ends(gids, is_group, &accounts->gids, &found);
	if (r < 0)
		return refuse_errno(
			why, r, "cannot ask whether ids %u to %u are real users' or groups' (NSS)",
			uids.start, id_range_last(uids));
	*ret_found = found;
	return 0;
}

void accounts_free(struct accounts *accounts)
{
	id_set_free(&accounts->uids);
	id_set_free(&accounts->gids);
}
