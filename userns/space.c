/* SPDX-License-Identifier: BSD-3-Clause */
/* The space of ids, cut into parts: see space.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userns/space.h"
#include "util/array.h"
#include "util/cleanup.h"

const char *space_kind_name(enum space_kind kind)
{
	static const char *const names[SPACE_KINDS] = {
		[SPACE_OUTSIDE] = "free, not in the pool",
		[SPACE_POOL] = "free in the pool",
		[SPACE_HOST] = "the host's own users",
		[SPACE_USER] = "users",
		[SPACE_RESERVED] = "reserved",
		[SPACE_RETIRED] = "retired",
		[SPACE_UNBOOKED] = "only in subuid or subgid",
	};

	return names[kind];
}

static void cleanup_space(struct space *space)
{
	free(space->parts);
}

void space_free(struct space *space)
{
	cleanup_space(space);
	*space = (struct space){.count = 0};
}

int space_add(struct space *space, const struct space_part *part)
{
	struct space_part *larger =
		array_grow(space->parts, space->count, &space->room, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	space->parts = larger;
	space->parts[space->count++] = *part;
	return 0;
}

static int compare_parts(const void *left, const void *right)
{
	const struct space_part *a = left, *b = right;

	if (a->range.start != b->range.start)
		return a->range.start < b->range.start ? -1 : 1;
	if (a->range.count != b->range.count)
		return a->range.count > b->range.count ? -1 : 1;
	return (a->kind > b->kind) - (a->kind < b->kind);
}

static int add_piece(struct space *space, const struct space_part *part, uint64_t start,
		     uint64_t last)
{
	struct space_part piece = *part;

	piece.range = (struct id_range){(uint32_t)start, (uint32_t)(last - start + 1)};
	return space_add(space, &piece);
}

/* A walk over what lies already, while something is laid around it. */
struct overlay {
	const struct space *base;
	size_t next;	/* of base, the first not yet in result */
	uint64_t given; /* ids below are given, or left behind */
	const struct space_part *giver;
	struct space *result;
};

static void give(struct overlay *o, const struct space_part *part)
{
	uint64_t end = id_range_end(part->range);

	if (end > o->given) {
		o->given = end;
		o->giver = part;
	}
}

/* Copies what of the base begins before the id. */
static int pass_base(struct overlay *o, uint64_t id)
{
	int r = 0;

	while (r == 0 && o->next < o->base->count && o->base->parts[o->next].range.start < id) {
		const struct space_part *below = &o->base->parts[o->next++];

		r = space_add(o->result, below);
		give(o, below);
	}
	return r;
}

/* Lays the part in the gaps that are left, and tells if somebody else has ids of it. */
static int lay_part(struct overlay *o, const struct space_part *part, bool *ret_met)
{
	uint64_t start = part->range.start, end = id_range_end(part->range);
	int r;

	*ret_met = false;
	for (r = pass_base(o, start + 1); r == 0; r = pass_base(o, start + 1)) {
		uint64_t gap_end = end;

		if (start < o->given) {
			*ret_met |= !slices_equal(part->owner, o->giver->owner);
			start = o->given;
		}
		if (start >= end)
			break;
		if (o->next < o->base->count && o->base->parts[o->next].range.start < end)
			gap_end = o->base->parts[o->next].range.start;
		if (start < gap_end)
			r = add_piece(o->result, part, start, gap_end - 1);
		if (r < 0)
			break;
		start = gap_end;
	}
	give(o, part);
	return r;
}

/*
 * Puts sorted parts around those of the space, which keep their ids. Where there is nobody's
 * in it, as in a zone, nothing is met.
 */
static int lay_around(struct space *space, const struct space_part *parts, size_t count)
{
	CLEANUP(cleanup_space) struct space result = {.met = space->met};
	struct overlay o = {.base = space, .result = &result};
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		bool met;

		r = lay_part(&o, &parts[i], &met);
		result.met += met && space_is_used(parts[i].kind);
	}
	while (r == 0 && o.next < space->count)
		r = space_add(&result, &space->parts[o.next++]);
	if (r < 0)
		return r;
	cleanup_space(space);
	*space = result;
	result.parts = NULL;
	return 0;
}

/* The free ids: below 65536, before the pool, the pool, and behind it. */
static size_t make_zones(const struct id_range *pool, struct space_part zones[static 4])
{
	const struct id_range above = {ID_BLOCK, ID_LAST - ID_BLOCK + 1};
	size_t count = 0;

	zones[count++] = (struct space_part){.range = {0, ID_BLOCK}, .kind = SPACE_HOST};
	if (!pool || !id_range_contains(above, *pool)) {
		zones[count++] = (struct space_part){.range = above, .kind = SPACE_OUTSIDE};
		return count;
	}
	if (pool->start > ID_BLOCK)
		zones[count++] = (struct space_part){.range = {ID_BLOCK, pool->start - ID_BLOCK},
						     .kind = SPACE_OUTSIDE};
	zones[count++] = (struct space_part){.range = *pool, .kind = SPACE_POOL};
	if (id_range_last(*pool) < ID_LAST)
		zones[count++] = (struct space_part){
			.range = {id_range_last(*pool) + 1, ID_LAST - id_range_last(*pool)},
			.kind = SPACE_OUTSIDE};
	return count;
}

/* The book's to the front, as it wins; gives how many those are. */
static size_t split_booked(struct space_part *parts, size_t count)
{
	size_t booked = 0;

	for (size_t i = 0; i < count; i++) {
		struct space_part part = parts[i];

		if (part.kind == SPACE_UNBOOKED)
			continue;
		parts[i] = parts[booked];
		parts[booked++] = part;
	}
	return booked;
}

static void sort_parts(struct space_part *parts, size_t count)
{
	if (count > 0)
		qsort(parts, count, sizeof(*parts), compare_parts);
}

int space_settle(struct space *space, const struct id_range *pool)
{
	CLEANUP(cleanup_space) struct space given = *space;
	struct space_part zones[4];
	size_t booked;
	int r;

	*space = (struct space){.count = 0};
	booked = split_booked(given.parts, given.count);
	sort_parts(given.parts, booked);
	if (given.count > booked)
		sort_parts(given.parts + booked, given.count - booked);
	r = lay_around(space, given.parts, booked);
	if (r == 0 && given.count > booked)
		r = lay_around(space, given.parts + booked, given.count - booked);
	if (r == 0)
		r = lay_around(space, zones, make_zones(pool, zones));
	return r;
}

size_t space_find(const struct space *space, uint32_t id)
{
	size_t low = 0, high = space->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (id_range_last(space->parts[middle].range) < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void space_totals(const struct space *space, struct space_total ret[static SPACE_KINDS])
{
	memset(ret, 0, SPACE_KINDS * sizeof(*ret));
	for (size_t i = 0; i < space->count; i++) {
		ret[space->parts[i].kind].ids += space->parts[i].range.count;
		ret[space->parts[i].kind].ranges++;
	}
}

uint64_t space_left(const struct space *space, uint32_t size)
{
	uint32_t multiple = size % ID_BLOCK == 0 ? ID_BLOCK : 1;
	uint64_t left = 0;

	for (size_t i = 0; i < space->count; i++) {
		struct id_range range = space->parts[i].range;
		uint64_t start = ((uint64_t)range.start + multiple - 1) / multiple * multiple;
		uint64_t end = id_range_end(range);

		if (space->parts[i].kind == SPACE_POOL && start < end)
			left += (end - start) / size;
	}
	return left;
}
