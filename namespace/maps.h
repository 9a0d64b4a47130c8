/* SPDX-License-Identifier: BSD-3-Clause */
/* The id maps of a user namespace, user_namespaces(7). Pure, but for /proc. */
#ifndef NAMESPACE_MAPS_H
#define NAMESPACE_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "conf/extent.h"
#include "subid/range.h"
#include "util/reason.h"

struct id_map {
	struct extent extents[MAP_EXTENTS_MAX];
	size_t count;
};

struct ns_maps {
	struct id_map uids;
	struct id_map gids;
	bool setgroups; /* may setgroups(2) be called inside? */
};

/*
 * The map of a delegated namespace: 0 inside is the user's own id, 1 and up are the ranges one
 * after the other, as podman and buildah expect of a rootless user. At most MAP_EXTENTS_MAX - 1
 * ranges.
 */
void map_for_user(uint32_t own, const struct id_range *ranges, size_t count, struct id_map *ret);

/* The map where the user's own id is not inside: 0 and up are the ranges. */
void map_of_ranges(const struct id_range *ranges, size_t count, struct id_map *ret);

/* The extent that has the id inside. NULL: none has. It stays the map's own. */
const struct extent *map_find(const struct id_map *map, uint32_t inside);

/* The number inside of the first id of a range outside. -ENOENT: no extent has all of it. */
int inside_of(const struct id_map *map, struct id_range outside, uint32_t *ret);

/* Lines as uid_map takes them, with the separator instead of newline. -E2BIG beyond the size. */
int map_format(const struct id_map *map, char separator, char ret[static MAP_TEXT_SIZE]);

/* What uid_map or gid_map of a process shows. -EINVAL. */
int map_parse(const char *text, struct id_map *ret);

/* The same extents in any order? */
bool maps_equal(const struct ns_maps *a, const struct ns_maps *b);

/* Does b map all ids outside that a does, wherever they are inside? */
bool maps_are_within(const struct ns_maps *a, const struct ns_maps *b);

/* The maps of a process's user namespace, as seen from ours. -errno with a reason. */
int maps_read(pid_t pid, struct ns_maps *ret, struct reason *why);

/*
 * Writes the maps of a process that is alone in a new user namespace right below ours, and whether
 * it may call setgroups(2). Once only; the kernel takes each map whole or not at all. -errno with a
 * reason; some of it may have been written.
 */
int maps_write(pid_t pid, const struct ns_maps *maps, struct reason *why);

#endif
