/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NAMESPACE_LIVE_H
#define NAMESPACE_LIVE_H

#include <stdbool.h>
#include <sys/types.h>

#include "subid/range.h"
#include "util/reason.h"

/* Ids of this host that a live user namespace maps. */
struct live_extent {
	struct id_range range;
	bool gids;
	uid_t owner; /* whose the namespace is */
	pid_t pid;   /* a process in it */
};

struct live_extents {
	struct live_extent *extents;
	size_t count;
	size_t room;
};

/*
 * Lists them for every namespace but ours, each once. An extent that maps ids to themselves from
 * below 65536 on, as of containers that share the host's users, is left out. Takes CAP_SYS_PTRACE;
 * sees the processes of its own pid namespace. -errno with a reason when a process cannot be looked
 * at: then it is not known. Zero it to begin; live_free() to end, also after a failure.
 */
int live_list(struct live_extents *ret, struct reason *why);

void live_free(struct live_extents *extents);

/*
 * Adds all of them to sets: containers that root starts take ids without telling anybody. Errors
 * are those of live_list().
 */
int live_maps(struct id_set *uids, struct id_set *gids, struct reason *why);

#endif
