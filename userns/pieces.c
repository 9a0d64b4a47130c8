/* SPDX-License-Identifier: BSD-3-Clause */
/* Where parts of a range can be taken from: see pieces.h. */
#include <errno.h>
#include <stdlib.h>

#include "userns/pieces.h"

static uint64_t lower(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* What two extents, of uids and of gids, have in common inside; id 0 is in none. */
static void add_common(const struct extent *uids, const struct extent *gids, struct pieces *pieces)
{
	uint32_t first = uids->inside > gids->inside ? uids->inside : gids->inside;
	uint64_t end = lower(id_range_end(extent_inside(uids)), id_range_end(extent_inside(gids)));

	if (first == 0)
		first = 1;
	if (first >= end)
		return;
	pieces->pieces[pieces->count++] = (struct piece){
		.uids = {uids->outside + (first - uids->inside), (uint32_t)(end - first)},
		.gids = gids->outside + (first - gids->inside),
		.inside = first,
	};
}

static int compare_inside(const void *a, const void *b)
{
	const struct piece *left = a, *right = b;

	return (left->inside > right->inside) - (left->inside < right->inside);
}

void pieces_of(const struct ns_maps *maps, struct pieces *ret)
{
	ret->count = 0;
	/* Extents of a map do not overlap, so no more pairs meet than there are extents. */
	for (size_t i = 0; i < maps->uids.count; i++)
		for (size_t j = 0; j < maps->gids.count; j++)
			add_common(&maps->uids.extents[i], &maps->gids.extents[j], ret);
	qsort(ret->pieces, ret->count, sizeof(*ret->pieces), compare_inside);
}

/* Adds what of ids is in other, moved so that other begins at start. */
static int add_moved(struct id_range ids, struct id_range other, uint32_t start, struct id_set *set)
{
	uint32_t first = ids.start > other.start ? ids.start : other.start;
	uint64_t end = lower(id_range_end(ids), id_range_end(other));

	if (first >= end)
		return 0;
	return id_set_add(
		set, (struct id_range){start + (first - other.start), (uint32_t)(end - first)});
}

int pieces_add_banks(const struct pieces *pieces, const struct banks *banks, struct id_set *set)
{
	int r = 0;

	for (size_t i = 0; i < pieces->count; i++)
		for (size_t j = 0; r == 0 && j < banks->count; j++) {
			const struct piece *piece = &pieces->pieces[i];
			const struct id_range gids = {piece->gids, piece->uids.count};

			r = add_moved(banks->banks[j].uids, piece->uids, piece->uids.start, set);
			if (r == 0)
				r = add_moved(banks->banks[j].gids, gids, piece->uids.start, set);
		}
	return r;
}

/* The highest range of count ids of pool; the longest that is free raises *largest. */
static bool highest_free(const struct id_set *taken, struct id_range pool, uint32_t count,
			 uint32_t *ret_start, uint32_t *largest)
{
	uint64_t end = id_range_end(pool);

	for (size_t i = taken->count; end > pool.start; i--) {
		uint64_t start = pool.start;

		/* The next one below end; what is above pool is passed by. */
		if (i > 0 && taken->ranges[i - 1].start >= end)
			continue;
		if (i > 0 && id_range_last(taken->ranges[i - 1]) >= start)
			start = id_range_end(taken->ranges[i - 1]);
		if (start < end && end - start > *largest)
			*largest = (uint32_t)(end - start);
		if (start + count <= end) {
			*ret_start = (uint32_t)(end - count);
			return true;
		}
		if (i == 0)
			break;
		end = taken->ranges[i - 1].start;
	}
	return false;
}

int pieces_choose(const struct pieces *pieces, const struct id_set *taken, uint32_t count,
		  struct piece *ret, uint32_t *ret_largest)
{
	uint32_t largest = 0, start;

	for (size_t i = pieces->count; i > 0; i--) {
		const struct piece *piece = &pieces->pieces[i - 1];

		if (!highest_free(taken, piece->uids, count, &start, &largest))
			continue;
		*ret = (struct piece){
			.uids = {start, count},
			.gids = piece->gids + (start - piece->uids.start),
			.inside = piece->inside + (start - piece->uids.start),
		};
		return 0;
	}
	*ret_largest = largest;
	return -ENOSPC;
}
