/* SPDX-License-Identifier: BSD-3-Clause */
/* Maps as a policy writes them: see policymap.h. Pure. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "conf/policymap.h"
#include "util/cleanup.h"

static int parse_extent(struct slice text, struct extent *ret)
{
	struct slice inside_digits, outside_digits;
	struct id_range inside, outside;
	uint64_t first, second;
	uint32_t count;

	if (!next_field(&text, ':', &inside_digits) || !next_field(&text, ':', &outside_digits) ||
	    !text.text)
		return -EINVAL;
	if (parse_number(inside_digits, ID_LAST, &first) < 0 ||
	    parse_number(outside_digits, ID_LAST, &second) < 0 || parse_count(text, &count) < 0)
		return -EINVAL;
	if (id_range_make(first, count, &inside) < 0 || id_range_make(second, count, &outside) < 0)
		return -EINVAL;
	*ret = (struct extent){inside.start, outside.start, count};
	return 0;
}

static bool extents_overlap(const struct extent *a, const struct extent *b)
{
	return id_range_overlaps(extent_inside(a), extent_inside(b)) ||
	       id_range_overlaps(extent_outside(a), extent_outside(b));
}

static size_t text_length(const struct extent *extent)
{
	return (size_t)snprintf(NULL, 0, "%" PRIu32 " %" PRIu32 " %" PRIu32 "\n", extent->inside,
				extent->outside, extent->count);
}

/* With an extent more, is it still a map that the kernel takes? */
static bool fits(const struct policy_map *map, const struct extent *extent, size_t *length)
{
	*length += text_length(extent);
	if (map->count == MAP_EXTENTS_MAX || *length >= MAP_TEXT_SIZE)
		return false;
	for (size_t i = 0; i < map->count; i++)
		if (extents_overlap(&map->extents[i], extent))
			return false;
	return true;
}

int policy_map_parse(struct slice value, struct policy_map *map)
{
	struct policy_map parsed = {.extents = calloc(MAP_EXTENTS_MAX, sizeof(*parsed.extents))};
	CLEANUP_FREE struct extent *extents = parsed.extents;
	struct slice field;
	size_t length = 0;

	if (!extents)
		return -ENOMEM;
	while (next_field(&value, ',', &field)) {
		struct extent extent;

		if (parse_extent(slice_trim(field), &extent) < 0 ||
		    !fits(&parsed, &extent, &length))
			return -EINVAL;
		extents[parsed.count++] = extent;
	}
	free(map->extents);
	*map = parsed;
	TAKE_PTR(extents);
	return 0;
}
