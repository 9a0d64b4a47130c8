/* SPDX-License-Identifier: BSD-3-Clause */
/* Ranges of ids and sets of them: see range.h. Pure. */
#include <errno.h>
#include <stdlib.h>

#include "subid/range.h"
#include "util/array.h"

int id_range_make(uint64_t start, uint64_t count, struct id_range *ret)
{
	if (count == 0 || start > ID_LAST || count - 1 > ID_LAST - start)
		return -ERANGE;
	*ret = (struct id_range){(uint32_t)start, (uint32_t)count};
	return 0;
}

int id_range_parse(struct slice text, struct id_range *ret)
{
	struct slice first_digits;
	uint64_t first, last;

	if (!next_field(&text, '-', &first_digits) || !text.text)
		return -EINVAL;
	if (parse_number(first_digits, ID_LAST, &first) < 0 ||
	    parse_number(text, ID_LAST, &last) < 0 || last < first)
		return -EINVAL;
	return id_range_make(first, last - first + 1, ret) < 0 ? -EINVAL : 0;
}

uint32_t id_range_last(struct id_range range)
{
	return range.start + (range.count - 1);
}

bool id_range_equal(struct id_range a, struct id_range b)
{
	return a.start == b.start && a.count == b.count;
}

bool id_range_overlaps(struct id_range a, struct id_range b)
{
	return a.start <= id_range_last(b) && b.start <= id_range_last(a);
}

bool id_range_contains(struct id_range outer, struct id_range inner)
{
	return outer.start <= inner.start && id_range_last(inner) <= id_range_last(outer);
}

int id_set_add(struct id_set *set, struct id_range range)
{
	struct id_range *larger = array_grow(set->ranges, set->count, &set->room, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	set->ranges = larger;
	set->ranges[set->count++] = range;
	return 0;
}

void id_set_free(struct id_set *set)
{
	free(set->ranges);
	*set = (struct id_set){NULL, 0, 0};
}

int id_set_add_all(struct id_set *set, const struct id_set *more)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < more->count; i++)
		r = id_set_add(set, more->ranges[i]);
	return r;
}

bool id_set_has(const struct id_set *set, struct id_range range)
{
	for (size_t i = 0; i < set->count; i++)
		if (id_range_equal(set->ranges[i], range))
			return true;
	return false;
}

bool id_set_meets(const struct id_set *set, struct id_range range, struct id_range *ret)
{
	for (size_t i = 0; i < set->count; i++)
		if (id_range_overlaps(set->ranges[i], range)) {
			*ret = set->ranges[i];
			return true;
		}
	return false;
}

static int compare_starts(const void *a, const void *b)
{
	const struct id_range *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

void id_set_normalize(struct id_set *set)
{
	size_t kept = 0;

	if (set->count == 0)
		return;
	qsort(set->ranges, set->count, sizeof(*set->ranges), compare_starts);
	for (size_t i = 1; i < set->count; i++) {
		struct id_range *last = &set->ranges[kept];
		struct id_range next = set->ranges[i];

		/* ID_LAST is below UINT32_MAX, so the successor does not wrap. */
		if (next.start > id_range_last(*last) + 1)
			set->ranges[++kept] = next;
		else if (id_range_last(next) > id_range_last(*last))
			last->count = id_range_last(next) - last->start + 1;
	}
	set->count = kept + 1;
}

/* The first range of the set that ends at or behind id: an index, or set->count. */
static size_t find_end_from(const struct id_set *set, uint64_t id)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (id_range_last(set->ranges[middle]) < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint64_t round_up(uint64_t id, uint32_t multiple)
{
	return (id + multiple - 1) / multiple * multiple;
}

int id_set_first_free(const struct id_set *set, struct id_range pool, uint32_t count,
		      struct id_range *ret)
{
	uint32_t multiple = count % ID_BLOCK == 0 ? ID_BLOCK : 1;
	uint64_t start = round_up(pool.start, multiple);

	if (count == 0)
		return -EINVAL;
	for (size_t i = find_end_from(set, start);;) {
		struct id_range candidate;

		if (id_range_make(start, count, &candidate) < 0 ||
		    !id_range_contains(pool, candidate))
			return -ENOSPC;
		if (i == set->count || !id_range_overlaps(candidate, set->ranges[i])) {
			*ret = candidate;
			return 0;
		}
		start = round_up(id_range_end(set->ranges[i]), multiple);
		/* Rounding up can have passed more than this one. */
		while (i < set->count && id_range_last(set->ranges[i]) < start)
			i++;
	}
}

uint64_t id_set_free_in(const struct id_set *set, struct id_range pool,
			struct id_range *ret_largest)
{
	uint64_t start = pool.start, end = id_range_end(pool), sum = 0;

	*ret_largest = (struct id_range){pool.start, 0};
	for (size_t i = find_end_from(set, start); start < end; i++) {
		uint64_t stop = end;

		if (i < set->count && set->ranges[i].start < end)
			stop = set->ranges[i].start;
		if (stop > start) {
			sum += stop - start;
			if (stop - start > ret_largest->count)
				*ret_largest = (struct id_range){(uint32_t)start,
								 (uint32_t)(stop - start)};
		}
		if (i >= set->count)
			break;
		start = id_range_end(set->ranges[i]);
	}
	return sum;
}
