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
#include "namespace/procwalk.h"
#include "util/array.h"
#include "util/cleanup.h"

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

static int add_maps(int proc, uint32_t pid, const struct stat *here, void *argument)
{
	struct found *found = argument;
	struct reason why;
	struct ns_maps maps;
	uid_t owner = 0;
	int r;

	r = see(found, here->st_ino);
	if (r != 0)
		return r > 0 ? 0 : r;
	r = maps_read((pid_t)pid, &maps, &why);
	if (r == 0)
		r = read_owner(proc, pid, &owner);
	if (r < 0) {
		/* Another of its processes may still be there. */
		found->seen_count--;
		return proc_unless_ended(proc, pid, -r);
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
