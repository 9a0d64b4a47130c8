/* SPDX-License-Identifier: BSD-3-Clause */
/* The process whose namespace gets a map. */
#ifndef NEWIDMAP_TARGET_H
#define NEWIDMAP_TARGET_H

#include "namespace/maps.h"
#include "util/reason.h"

enum map_side { MAP_UIDS, MAP_GIDS };

/*
 * Opens /proc/PID of "PID", or takes it from the descriptor of "fd:N", as newuidmap(1) since
 * shadow 4.14. Refuses who is not the caller's, as that does. -errno with a reason.
 */
int target_open(const char *word, int *ret_fd, struct reason *why);

/*
 * Writes the map. One of gids that are just the caller's own takes setgroups(2) away before, as
 * newgidmap(1) does: nothing more was granted than anybody has. -errno with a reason.
 */
int target_write(int target, enum map_side side, const struct id_map *map, struct reason *why);

#endif
