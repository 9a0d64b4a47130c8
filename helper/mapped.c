/* SPDX-License-Identifier: BSD-3-Clause */
/* Which namespaces map ids: see mapped.h. */
#include <errno.h>
#include <time.h>

#include "helper/held.h"
#include "helper/mapped.h"
#include "helper/pin.h"
#include "namespace/live.h"
#include "namespace/rundir.h"
#include "util/cleanup.h"

/* How long a run directory may be locked, in seconds. */
#define LOCK_PATIENCE	 5
#define TRIES_PER_SECOND 20

static int in_live_ones(struct id_range uids, struct id_range gids, struct reason *why)
{
	CLEANUP(live_free) struct live_extents live = {.count = 0};
	int r;

	r = live_list(&live, why);
	for (size_t i = 0; r == 0 && i < live.count; i++) {
		const struct live_extent *extent = &live.extents[i];

		if (!id_range_overlaps(extent->range, extent->gids ? gids : uids))
			continue;
		note(why, "the namespace of process %d maps ids of it", extent->pid);
		return 1;
	}
	return r;
}

/*
 * Under its lock, as a login may be about to pin what it has settled before; but its user can keep
 * that from going on, by a control group of theirs, and a walk has no deadline.
 */
static int open_soon(uid_t uid, struct rundir *ret, struct reason *why)
{
	const struct timespec pause = {.tv_nsec = 1000000000 / TRIES_PER_SECOND};
	int r = -EWOULDBLOCK;

	for (int i = 0; r == -EWOULDBLOCK && i < LOCK_PATIENCE * TRIES_PER_SECOND; i++) {
		if (i > 0)
			nanosleep(&pause, NULL);
		r = rundir_open_if_free(uid, ret, why);
	}
	if (r != -EWOULDBLOCK)
		return r;
	return refuse(why, r,
		      "a login or logout of uid %u has been under way for %d seconds; wait for it, "
		      "or end the processes of that user, and try again",
		      uid, LOCK_PATIENCE);
}

/* A search for ids in the maps of every namespace that is pinned. */
struct pin_search {
	struct ids_search *ids;
	struct reason *why;
};

static int in_pin_of(uid_t uid, const struct pin_search *search)
{
	struct reason *why = search->why;
	CLEANUP(rundir_close) struct rundir dir = RUNDIR_INIT;
	CLEANUP_FD int fd = -1;
	int r;

	r = open_soon(uid, &dir, why);
	if (r == 0)
		r = pin_open(&dir, &fd, why);
	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = namespace_maps_ids(fd, search->ids, why);
	if (r > 0)
		note(why,
		     "the namespace of uid %u maps ids of it, and is there until the last session "
		     "of that user ends",
		     uid);
	return r;
}

static int visit_pin(const char *name, const uid_t *uid, void *argument)
{
	(void)name;
	return uid ? in_pin_of(*uid, argument) : 0;
}

int ids_are_mapped(struct id_range uids, struct id_range gids, struct reason *why)
{
	CLEANUP(ids_search_free) struct ids_search search = {.uids = uids, .gids = gids};
	struct pin_search pins = {&search, why};
	int r;

	r = in_live_ones(uids, gids, why);
	if (r == 0)
		r = rundirs_each(visit_pin, &pins, why);
	return r != 0 ? r : held_namespaces_map_ids(&search, why);
}
