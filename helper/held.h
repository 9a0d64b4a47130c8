/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * User namespaces that are there by more than their processes: open, or mounted. Their owner can
 * enter them by that, and has power over all ids that they map.
 */
#ifndef HELPER_HELD_H
#define HELPER_HELD_H

#include <sys/types.h>

#include "subid/range.h"
#include "util/reason.h"

/* Who maps one of these? Zero the rest to begin; ids_search_free() to end. */
struct ids_search {
	struct id_range uids;
	struct id_range gids;
	ino_t *asked; /* namespaces that do not */
	size_t count;
	size_t room;
};

void ids_search_free(struct ids_search *search);

/*
 * Does the user namespace map one of them, or does one above it or, where it is of another type,
 * the one that it belongs to? Each is asked once, by a process that goes there. 1, 0, or -errno
 * with a reason. Takes CAP_SETUID and CAP_SETGID.
 */
int namespace_maps_ids(int fd, struct ids_search *search, struct reason *why);

/*
 * Does one that a process holds open, or that is mounted somewhere? 1, with a note that says where;
 * 0; -errno with a reason. Takes caps_for_walking().
 */
int held_namespaces_map_ids(struct ids_search *search, struct reason *why);

#endif
