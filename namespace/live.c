/* SPDX-License-Identifier: BSD-3-Clause */
/* What live user namespaces map: see live.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "namespace/live.h"
#include "namespace/maps.h"
#include "namespace/process.h"
#include "namespace/procwalk.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/userns.h"

/* User namespaces nest no deeper: user_namespaces(7). */
#define LEVELS_MAX 32

/* What the walk has found so far. */
struct found {
	struct live_extents *extents;
	ino_t *seen; /* the namespaces that have been read; they are few */
	size_t seen_count;
	size_t seen_room;
};

static int see(struct found *found, ino_t inode)
{
	ino_t *larger;

	for (size_t i = 0; i < found->seen_count; i++)
		if (found->seen[i] == inode)
			return 1;
	larger = array_grow(found->seen, found->seen_count, &found->seen_room, sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	found->seen = larger;
	found->seen[found->seen_count++] = inode;
	return 0;
}

static int add_extent(struct live_extents *extents, const struct live_extent *extent)
{
	struct live_extent *larger =
		array_grow(extents->extents, extents->count, &extents->room, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	extents->extents = larger;
	extents->extents[extents->count++] = *extent;
	return 0;
}

/* As an initial namespace has it, wholly or but for some: the host's own, and nobody's choice. */
static bool is_hosts_own(const struct extent *e)
{
	return e->inside == e->outside && e->outside < ID_BLOCK;
}

static int add_map(const struct id_map *map, bool gids, uid_t owner, pid_t pid,
		   struct live_extents *extents)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < map->count; i++) {
		const struct extent *e = &map->extents[i];
		struct live_extent extent = {.gids = gids, .owner = owner, .pid = pid};

		/* Outside 4294967295: an id that our namespace does not map at all. */
		if (!is_hosts_own(e) && id_range_make(e->outside, e->count, &extent.range) == 0)
			r = add_extent(extents, &extent);
	}
	return r;
}

static int read_owner(int proc, uint32_t pid, uid_t *ret)
{
	CLEANUP_FD int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "%u/ns/user", pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, NS_GET_OWNER_UID, ret) < 0)
		return -errno;
	return 0;
}

/* The process's namespace as it is now: *ret_now. */
static int read_present(int proc, uint32_t pid, struct ns_maps *ret_maps, uid_t *ret_owner,
			struct stat *ret_now)
{
	struct reason ignored;
	int r;

	r = maps_read((pid_t)pid, ret_maps, &ignored);
	if (r == 0)
		r = read_owner(proc, pid, ret_owner);
	return r < 0 ? r : process_user_namespace((pid_t)pid, ret_now);
}

/*
 * A process can go on to another namespace while it is read: what was read is that one's then, and
 * the one before, of which others may still be there, is not seen. Back it cannot go, as setns(2)
 * and unshare(2) lead down only.
 */
static int add_maps(int proc, uint32_t pid, const struct stat *here, void *argument)
{
	struct found *found = argument;
	struct stat there = *here, now;
	struct ns_maps maps;
	uid_t owner = 0;
	int r;

	for (int moves = 0;; moves++) {
		r = see(found, there.st_ino);
		if (r != 0)
			return r > 0 ? 0 : r;
		r = read_present(proc, pid, &maps, &owner, &now);
		if (r == 0 && same_file(&there, &now))
			break;
		found->seen_count--;
		if (r < 0 || moves == LEVELS_MAX)
			return proc_unless_ended(proc, pid, r < 0 ? -r : EBUSY);
		there = now;
	}
	r = add_map(&maps.uids, false, owner, (pid_t)pid, found->extents);
	return r < 0 ? r : add_map(&maps.gids, true, owner, (pid_t)pid, found->extents);
}

int live_list(struct live_extents *ret, struct reason *why)
{
	struct found found = {.extents = ret};
	int r;

	r = proc_walk(add_maps, &found, why);
	free(found.seen);
	return r;
}

void live_free(struct live_extents *extents)
{
	free(extents->extents);
	*extents = (struct live_extents){.count = 0};
}

int live_maps(struct id_set *uids, struct id_set *gids, struct reason *why)
{
	CLEANUP(live_free) struct live_extents extents = {.count = 0};
	int r;

	r = live_list(&extents, why);
	for (size_t i = 0; r == 0 && i < extents.count; i++) {
		const struct live_extent *extent = &extents.extents[i];

		r = id_set_add(extent->gids ? gids : uids, extent->range);
		if (r < 0)
			return refuse_errno(why, r, "cannot list the ids of user namespaces");
	}
	return r;
}
