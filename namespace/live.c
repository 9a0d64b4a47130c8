/* SPDX-License-Identifier: BSD-3-Clause */
/* What live user namespaces map: see live.h. */
#include <errno.h>
#include <stdlib.h>

#include "namespace/live.h"
#include "namespace/maps.h"
#include "namespace/proc.h"
#include "util/cleanup.h"

/* What the walk has found so far. */
struct found {
	struct id_set *uids;
	struct id_set *gids;
	ino_t *seen; /* the namespaces that have been read; they are few */
	size_t seen_count;
};

static int see(struct found *found, ino_t inode)
{
	ino_t *longer;

	for (size_t i = 0; i < found->seen_count; i++)
		if (found->seen[i] == inode)
			return 1;
	longer = reallocarray(found->seen, found->seen_count + 1, sizeof(*longer));
	if (!longer)
		return -ENOMEM;
	found->seen = longer;
	found->seen[found->seen_count++] = inode;
	return 0;
}

static int add_map(const struct id_map *map, struct id_set *set)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < map->count; i++) {
		const struct extent *e = &map->extents[i];
		struct id_range range;

		/* Outside 4294967295: an id that our namespace does not map at all. */
		if (e->inside != e->outside && id_range_make(e->outside, e->count, &range) == 0)
			r = id_set_add(set, range);
	}
	return r;
}

static int add_maps(int proc, uint32_t pid, const struct stat *here, void *argument)
{
	struct found *found = argument;
	struct reason why;
	struct ns_maps maps;
	int r;

	r = see(found, here->st_ino);
	if (r != 0)
		return r > 0 ? 0 : r;
	r = maps_read((pid_t)pid, &maps, &why);
	if (r < 0) {
		/* Another of its processes may still be there. */
		found->seen_count--;
		return proc_unless_ended(proc, pid, -r);
	}
	r = add_map(&maps.uids, found->uids);
	return r < 0 ? r : add_map(&maps.gids, found->gids);
}

int live_maps(struct id_set *uids, struct id_set *gids, struct reason *why)
{
	struct found found = {.uids = uids, .gids = gids};
	int r;

	r = proc_walk(add_maps, &found, why);
	free(found.seen);
	return r;
}
