/* SPDX-License-Identifier: BSD-3-Clause */
/* Who a command is to be inside a namespace: see identity.h. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/openat2.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "userns/complain.h"
#include "userns/identity.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/exit_status.h"
#include "util/parse.h"

/* What is looked for: a name, or an id where it is one. */
struct wanted {
	const char *name;
	uint32_t id;
	bool is_id;
};

static struct wanted wanted_of(const char *name)
{
	struct wanted wanted = {.name = name};

	wanted.is_id = parse_id(name, &wanted.id) == 0 && wanted.id <= ID_LAST;
	return wanted;
}

/* A link in the root must lead to nothing outside it. NULL: there is none. */
static FILE *open_below(const char *root, const char *path)
{
	const struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
				     .resolve = RESOLVE_IN_ROOT};
	CLEANUP_FD int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	long fd = dir < 0 ? -1 : syscall(SYS_openat2, dir, path, &how, sizeof(how));

	return fd < 0 ? NULL : fdopen((int)fd, "r");
}

static const struct passwd *find_user(const struct wanted *wanted, const char *root)
{
	CLEANUP_FILE FILE *file = root ? open_below(root, "/etc/passwd") : NULL;
	struct passwd *entry = NULL;

	if (!root) {
		entry = getpwnam(wanted->name);
		return entry || !wanted->is_id ? entry : getpwuid(wanted->id);
	}
	while (file && (entry = fgetpwent(file)))
		if (strcmp(entry->pw_name, wanted->name) == 0 ||
		    (wanted->is_id && entry->pw_uid == wanted->id))
			break;
	return entry;
}

static int find_group(const char *name, const char *root, gid_t *ret)
{
	CLEANUP_FILE FILE *file = root ? open_below(root, "/etc/group") : NULL;
	const struct wanted wanted = wanted_of(name);
	struct group *entry = NULL;

	if (!root)
		entry = getgrnam(name);
	else
		while (file && (entry = fgetgrent(file)))
			if (strcmp(entry->gr_name, name) == 0)
				break;
	if (!entry && !wanted.is_id)
		return complain(EXIT_REFUSED, "there is no group '%s'", name);
	*ret = entry ? entry->gr_gid : wanted.id;
	return 0;
}

static int add_group(struct identity *identity, size_t *room, gid_t gid)
{
	gid_t *larger =
		array_grow(identity->groups, (size_t)identity->group_count, room, sizeof(*larger));

	if (!larger)
		return complain(EXIT_SYSTEM, "cannot list groups: %s", strerror(ENOMEM));
	identity->groups = larger;
	identity->groups[identity->group_count++] = gid;
	return 0;
}

static bool is_member(const struct group *group, const char *name)
{
	for (char **member = group->gr_mem; *member; member++)
		if (strcmp(*member, name) == 0)
			return true;
	return false;
}

static int find_groups_below(const char *root, const char *name, struct identity *identity)
{
	CLEANUP_FILE FILE *file = open_below(root, "/etc/group");
	const struct group *entry;
	size_t room = 0;
	int status;

	status = add_group(identity, &room, identity->gid);
	while (status == 0 && file && (entry = fgetgrent(file)))
		if (is_member(entry, name))
			status = add_group(identity, &room, entry->gr_gid);
	return status;
}

static int find_groups(const char *name, struct identity *identity)
{
	int count = 0;

	getgrouplist(name, identity->gid, NULL, &count);
	identity->groups = calloc((size_t)count, sizeof(gid_t));
	if (!identity->groups || getgrouplist(name, identity->gid, identity->groups, &count) < 0)
		return complain(EXIT_SYSTEM, "cannot list the groups of %s", name);
	identity->group_count = count;
	return 0;
}

static int find_user_and_groups(const char *name, const char *root, bool all_groups,
				struct identity *ret)
{
	const struct wanted wanted = wanted_of(name);
	const struct passwd *entry = find_user(&wanted, root);
	CLEANUP_FREE char *found = NULL;

	if (!entry && !wanted.is_id)
		return complain(EXIT_REFUSED, "there is no user '%s'%s%s", name,
				root ? " below " : "", root ? root : "");
	ret->uid = entry ? entry->pw_uid : wanted.id;
	ret->gid = entry ? entry->pw_gid : 0;
	ret->has_groups = true;
	if (!entry || !all_groups)
		return 0;
	/* What was found is overwritten by the next search. */
	found = strdup(entry->pw_name);
	if (!found)
		return complain(EXIT_SYSTEM, "cannot look for groups: %s", strerror(ENOMEM));
	return root ? find_groups_below(root, found, ret) : find_groups(found, ret);
}

int identity_find(const char *text, const char *root, struct identity *ret)
{
	const char *colon = strchr(text, ':');
	CLEANUP_FREE char *name = colon ? strndup(text, (size_t)(colon - text)) : strdup(text);
	int status;

	if (!name)
		return complain(EXIT_SYSTEM, "cannot look for %s: %s", text, strerror(ENOMEM));
	status = find_user_and_groups(name, root, !colon, ret);
	if (status == 0 && colon)
		status = find_group(colon + 1, root, &ret->gid);
	return status;
}

static int lacks(const char *what, uint32_t id)
{
	return complain(EXIT_REFUSED,
			"the command is to have %s %u, which is not mapped; map it, or name "
			"another by --user",
			what, id);
}

int identity_check(const struct identity *identity, const struct ns_maps *maps)
{
	if (!map_find(&maps->uids, identity->uid))
		return lacks("uid", identity->uid);
	if (!map_find(&maps->gids, identity->gid))
		return lacks("gid", identity->gid);
	return 0;
}

static int set_groups(const struct identity *identity, const struct ns_maps *maps)
{
	CLEANUP_FREE gid_t *groups = calloc((size_t)identity->group_count + 1, sizeof(*groups));
	size_t count = 0;

	if (!groups)
		return -ENOMEM;
	for (int i = 0; i < identity->group_count; i++)
		if (map_find(&maps->gids, identity->groups[i]))
			groups[count++] = identity->groups[i];
	return setgroups(count, groups) < 0 ? -errno : 0;
}

int identity_become(const struct identity *identity, const struct ns_maps *maps)
{
	int r = 0;

	if (identity->has_groups && maps->setgroups)
		r = set_groups(identity, maps);
	if (r < 0)
		return complain(EXIT_SYSTEM, "cannot set groups: %s", strerror(-r));
	if (setresgid(identity->gid, identity->gid, identity->gid) < 0 ||
	    setresuid(identity->uid, identity->uid, identity->uid) < 0)
		return complain(EXIT_SYSTEM, "cannot become uid %u and gid %u inside: %s",
				identity->uid, identity->gid, strerror(errno));
	return 0;
}
