/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * newuidmap and newgidmap, by the name it is called by, for programs that run in a delegated user
 * namespace and look for them in PATH. Shadow's cannot work there: they are setuid to a
 * root who is not mapped. This one has no privilege: root inside may write the maps of child
 * namespaces, and the kernel asks for just that. In the host's own user namespace it
 * hands over to the next program of its name.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "namespace/childmap.h"
#include "namespace/maps.h"
#include "newidmap/handover.h"
#include "newidmap/target.h"
#include "util/cleanup.h"
#include "util/parse.h"
#include "util/reason.h"
#include "util/userns.h"

static int parse_extent(char **words, struct extent *ret, struct reason *why)
{
	struct extent extent;
	struct id_range range;

	if (parse_id(words[0], &extent.inside) < 0 || parse_id(words[1], &extent.outside) < 0 ||
	    parse_id(words[2], &extent.count) < 0 ||
	    id_range_make(extent.inside, extent.count, &range) < 0 ||
	    id_range_make(extent.outside, extent.count, &range) < 0)
		return refuse(why, -EINVAL,
			      "'%s %s %s' is no mapping: it takes two ids and a count, from 1, all "
			      "below 4294967295",
			      words[0], words[1], words[2]);
	*ret = extent;
	return 0;
}

/* The words behind the target, three for each line of the map. */
static int parse_map(int count, char **words, struct id_map *ret, struct reason *why)
{
	int r = 0;

	ret->count = 0;
	for (int i = 0; r == 0 && i < count; i += 3) {
		if (ret->count == MAP_EXTENTS_MAX)
			return refuse(why, -E2BIG, "the kernel takes %d mappings at most",
				      MAP_EXTENTS_MAX);
		r = parse_extent(words + i, &ret->extents[ret->count], why);
		if (r == 0)
			ret->count++;
	}
	return r;
}

/*
 * Who is allowed what: as /etc/subuid inside says, root has every id of the namespace; others have
 * none. The kernel would refuse the rest without a word of why.
 */
static int settle_map(enum map_side side, const struct id_map *wanted, struct id_map *ret,
		      struct reason *why)
{
	struct ns_maps own;
	int r;

	if (geteuid() != 0)
		return refuse(why, -EPERM, "only root inside has ids to map, not uid %u",
			      geteuid());
	r = maps_read(getpid(), &own, why);
	if (r < 0)
		return r;
	return side == MAP_UIDS ? childmap_fit(&own.uids, wanted, "uid", ret, why)
				: childmap_fit(&own.gids, wanted, "gid", ret, why);
}

static int map_target(enum map_side side, int argc, char **argv, struct reason *why)
{
	CLEANUP_FD int target = -1;
	struct id_map wanted, map;
	int r;

	r = target_open(argv[1], &target, why);
	if (r == 0)
		r = parse_map(argc - 2, argv + 2, &wanted, why);
	if (r == 0)
		r = settle_map(side, &wanted, &map, why);
	return r == 0 ? target_write(target, side, &map, why) : r;
}

int main(int argc, char **argv)
{
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	const char *name = slash ? slash + 1 : argc > 0 ? argv[0] : "";
	enum map_side side = strcmp(name, "newgidmap") == 0 ? MAP_GIDS : MAP_UIDS;
	struct reason why = {.text = ""};
	int r;

	if (in_initial_user_namespace() == 1)
		return hand_over(side == MAP_GIDS ? "newgidmap" : "newuidmap", argv);
	if (argc < 5 || (argc - 2) % 3 != 0) {
		fprintf(stderr,
			"usage: %s PID|fd:N INSIDE OUTSIDE COUNT [INSIDE OUTSIDE COUNT]...\n",
			name);
		return EXIT_FAILURE;
	}
	r = map_target(side, argc, argv, &why);
	if (r < 0)
		fprintf(stderr, "%s: %s\n", name, why.text);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
