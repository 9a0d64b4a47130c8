/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The id maps of a namespace that nests in the delegated one, as docker(1) and podman(1) write
 * them: IN:OUT:COUNT, where OUT is counted inside the delegated namespace. That one's map is called
 * the parent here. What is "uid" or "gid" stands in complaints. Pure.
 */
#ifndef NAMESPACE_CHILDMAP_H
#define NAMESPACE_CHILDMAP_H

#include "namespace/maps.h"
#include "util/reason.h"

/*
 * Reads one extent and adds it to the map; COUNT is 1 where it is left out, as podman has it.
 * -EINVAL: it is none; -ERANGE: it has no ids, or some that do not exist; -E2BIG: the kernel takes
 * no more. All with a reason.
 */
int childmap_add(struct id_map *map, const char *what, const char *text, struct reason *why);

/* Every id of the parent, by the number that it has there. */
void childmap_whole(const struct id_map *parent, struct id_map *ret);

/*
 * Makes of a wanted map the one that the kernel takes: it wants each extent in one of the parent's,
 * so they are cut where these end. -EPERM: the parent lacks an id of it; -EEXIST: two extents meet,
 * inside or outside; -E2BIG: it takes too many lines or too long ones; all with a reason that names
 * ids.
 */
int childmap_fit(const struct id_map *parent, const struct id_map *wanted, const char *what,
		 struct id_map *ret, struct reason *why);

#endif
