/* SPDX-License-Identifier: BSD-3-Clause */
/* The maps of a namespace that nests in the delegated one: see childmap.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "namespace/childmap.h"
#include "util/parse.h"

static int no_extent(const char *what, const char *text, struct reason *why)
{
	return refuse(why, -EINVAL, "--%smap %s: it must be IN:OUT:COUNT, three numbers", what,
		      text);
}

static int parse_extent(const char *what, const char *text, struct extent *ret, struct reason *why)
{
	struct slice rest = slice_of(text), field;
	uint64_t numbers[3] = {0, 0, 1};
	struct id_range inside, outside;
	size_t i = 0;

	while (next_field(&rest, ':', &field)) {
		int r = i < 3 ? parse_number(field, UINT64_MAX, &numbers[i++]) : -EINVAL;

		/* More digits than 64 bits hold are an id that does not exist. */
		if (r == -EINVAL)
			return no_extent(what, text, why);
		if (r == -ERANGE)
			numbers[i - 1] = UINT64_MAX;
	}
	if (i < 2)
		return no_extent(what, text, why);
	if (numbers[2] == 0)
		return refuse(why, -ERANGE, "--%smap %s: a count of 0 maps no id", what, text);
	if (id_range_make(numbers[0], numbers[2], &inside) < 0 ||
	    id_range_make(numbers[1], numbers[2], &outside) < 0)
		return refuse(why, -ERANGE, "--%smap %s: %ss end with %" PRIu32, what, text, what,
			      ID_LAST);
	*ret = (struct extent){inside.start, outside.start, inside.count};
	return 0;
}

static int too_many(const char *what, struct reason *why)
{
	return refuse(why, -E2BIG,
		      "the %s map takes more than %d lines, each within what is in a row in your "
		      "namespace, and the kernel takes no more",
		      what, MAP_EXTENTS_MAX);
}

static int add(struct id_map *map, struct extent extent, const char *what, struct reason *why)
{
	if (map->count == MAP_EXTENTS_MAX)
		return too_many(what, why);
	map->extents[map->count++] = extent;
	return 0;
}

int childmap_add(struct id_map *map, const char *what, const char *text, struct reason *why)
{
	struct extent extent = {0, 0, 0};
	int r;

	r = parse_extent(what, text, &extent, why);
	return r < 0 ? r : add(map, extent, what, why);
}

static int compare_inside(const void *a, const void *b)
{
	const struct extent *left = a, *right = b;

	return (left->inside > right->inside) - (left->inside < right->inside);
}

void childmap_whole(const struct id_map *parent, struct id_map *ret)
{
	*ret = *parent;
	for (size_t i = 0; i < ret->count; i++)
		ret->extents[i].outside = ret->extents[i].inside;
	qsort(ret->extents, ret->count, sizeof(*ret->extents), compare_inside);
}

/* "0-65536, 70000-70999": the parent's ids, those that are in a row as one. */
static void describe(const struct id_map *parent, char *ret, size_t size)
{
	struct id_map sorted;
	size_t used = 0;

	childmap_whole(parent, &sorted);
	ret[0] = '\0';
	for (size_t i = 0; i < sorted.count;) {
		uint64_t first = sorted.extents[i].inside, end = first;

		while (i < sorted.count && sorted.extents[i].inside == end)
			end += sorted.extents[i++].count;
		used += (size_t)snprintf(ret + used, size - used, "%s%" PRIu64 "-%" PRIu64,
					 used ? ", " : "", first, end - 1);
		/* Room for the longest, or for what says that there are more. */
		if (used + 32 > size && i < sorted.count) {
			snprintf(ret + used, size - used, ", ...");
			return;
		}
	}
}

static int lacks(const struct id_map *parent, struct extent wanted, uint32_t id, const char *what,
		 struct reason *why)
{
	char has[200];

	describe(parent, has, sizeof(has));
	return refuse(why, -EPERM,
		      "%" PRIu32 ":%" PRIu32 ":%" PRIu32
		      " cannot be mapped: your namespace has no %s %" PRIu32 "; it has %s",
		      wanted.inside, wanted.outside, wanted.count, what, id, has);
}

/* Adds it in as many extents as it meets of the parent's. */
static int add_cut(const struct id_map *parent, struct extent wanted, const char *what,
		   struct id_map *map, struct reason *why)
{
	uint32_t done = 0;

	while (done < wanted.count) {
		struct extent next = {wanted.inside + done, wanted.outside + done, 0};
		const struct extent *from = map_find(parent, next.outside);
		uint64_t room;
		int r;

		if (!from)
			return lacks(parent, wanted, next.outside, what, why);
		room = id_range_end(extent_inside(from)) - next.outside;
		next.count = room < wanted.count - done ? (uint32_t)room : wanted.count - done;
		r = add(map, next, what, why);
		if (r < 0)
			return r;
		done += next.count;
	}
	return 0;
}

/* The first id that both have; false: none. */
static bool meet(struct id_range a, struct id_range b, uint32_t *ret)
{
	*ret = a.start > b.start ? a.start : b.start;
	return id_range_has(a, *ret) && id_range_has(b, *ret);
}

static int check_apart(const struct extent *a, const struct extent *b, const char *what,
		       struct reason *why)
{
	bool inside = true;
	uint32_t id;

	if (!meet(extent_inside(a), extent_inside(b), &id)) {
		inside = false;
		if (!meet(extent_outside(a), extent_outside(b), &id))
			return 0;
	}
	return refuse(why, -EEXIST,
		      "%" PRIu32 ":%" PRIu32 ":%" PRIu32 " and %" PRIu32 ":%" PRIu32 ":%" PRIu32
		      " both %s %s %" PRIu32,
		      a->inside, a->outside, a->count, b->inside, b->outside, b->count,
		      inside ? "map" : "take your namespace's", what, id);
}

int childmap_fit(const struct id_map *parent, const struct id_map *wanted, const char *what,
		 struct id_map *ret, struct reason *why)
{
	struct id_map map = {.count = 0};
	char text[MAP_TEXT_SIZE];
	int r = 0;

	for (size_t i = 0; r == 0 && i < wanted->count; i++)
		for (size_t j = 0; r == 0 && j < i; j++)
			r = check_apart(&wanted->extents[j], &wanted->extents[i], what, why);
	for (size_t i = 0; r == 0 && i < wanted->count; i++)
		r = add_cut(parent, wanted->extents[i], what, &map, why);
	if (r < 0)
		return r;
	if (map_format(&map, '\n', text) < 0)
		return refuse(why, -E2BIG,
			      "the %s map takes more than %d bytes, and the kernel takes no more",
			      what, MAP_TEXT_SIZE - 1);
	*ret = map;
	return 0;
}
