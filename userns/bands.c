/* SPDX-License-Identifier: BSD-3-Clause */
/* The space of ids as rows, cells and bands: see bands.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "userns/bands.h"

/* Free ids are drawn as a band of their own from this part of all that is used. */
#define MUCH_FREE 16

struct id_range space_row(size_t row)
{
	uint32_t start = row == 0 ? 0 : ID_BLOCK << (row - 1);

	return (struct id_range){start, row == SPACE_ROWS - 1 ? ID_LAST - start + 1
					: row == 0	      ? ID_BLOCK
							      : start};
}

/* What a cell has of each kind. */
struct tally {
	uint64_t ids[SPACE_KINDS];
	size_t part[SPACE_KINDS]; /* the first of each */
};

/* Counts the parts of a range, from *part on, which is left at the one that has its last id. */
static void tally_range(const struct space *space, struct id_range range, size_t *part,
			struct tally *ret)
{
	uint32_t last = id_range_last(range);

	memset(ret, 0, sizeof(*ret));
	for (;; (*part)++) {
		const struct space_part *p = &space->parts[*part];
		uint32_t part_last = id_range_last(p->range);
		uint32_t from = p->range.start > range.start ? p->range.start : range.start;
		uint32_t to = part_last < last ? part_last : last;

		if (ret->ids[p->kind] == 0)
			ret->part[p->kind] = *part;
		ret->ids[p->kind] += (uint64_t)to - from + 1;
		if (part_last >= last)
			return;
	}
}

static enum space_kind most(const struct tally *tally, enum space_kind from, enum space_kind end)
{
	enum space_kind best = from;

	for (enum space_kind kind = from; kind < end; kind++)
		if (tally->ids[kind] > tally->ids[best])
			best = kind;
	return best;
}

static struct space_cell judge_cell(const struct tally *tally, uint64_t size)
{
	uint64_t used = 0;
	struct space_cell cell;

	for (enum space_kind kind = SPACE_USER; kind < SPACE_KINDS; kind++)
		used += tally->ids[kind];
	cell.kind = used ? most(tally, SPACE_USER, SPACE_KINDS)
			 : most(tally, SPACE_OUTSIDE, SPACE_USER);
	cell.share = used == 0		? 0
		     : used == size	? 4
		     : used * 4 <= size ? 1
		     : used * 2 <= size ? 2
					: 3;
	cell.part = tally->part[cell.kind];
	return cell;
}

void space_cells(const struct space *space, struct id_range window, size_t count,
		 struct space_cell *ret)
{
	size_t part = space_find(space, window.start);

	for (size_t i = 0; i < count; i++) {
		uint64_t from = window.start + (uint64_t)window.count * i / count;
		uint64_t end = window.start + (uint64_t)window.count * (i + 1) / count;
		struct id_range range = {(uint32_t)from, (uint32_t)(end - from)};
		struct tally tally;

		/* The part with the end of one cell can go on in the next. */
		while (id_range_last(space->parts[part].range) < range.start)
			part++;
		tally_range(space, range, &part, &tally);
		ret[i] = judge_cell(&tally, range.count);
	}
}

/* From the first id that is used to the last; 0 if none is. */
static uint64_t extent_used(const struct space *space, size_t *ret_ranges)
{
	uint64_t first = 0, end = 0;

	*ret_ranges = 0;
	for (size_t i = 0; i < space->count; i++) {
		if (!space_is_used(space->parts[i].kind))
			continue;
		if ((*ret_ranges)++ == 0)
			first = space->parts[i].range.start;
		end = id_range_end(space->parts[i].range);
	}
	return end - first;
}

static struct space_band band_of(const struct space *space, size_t part)
{
	const struct space_part *p = &space->parts[part];
	bool used = space_is_used(p->kind);

	return (struct space_band){p->range, part, part, used, used ? p->range.count : 0};
}

static void extend_band(struct space_band *band, const struct space *space, size_t part)
{
	const struct space_part *p = &space->parts[part];

	band->range.count = id_range_last(p->range) - band->range.start + 1;
	band->last = part;
	band->ranges++;
	band->used += p->range.count;
}

int space_bands(const struct space *space, size_t wanted, struct space_band **ret,
		size_t *ret_count)
{
	size_t ranges, count = 0, each;
	uint64_t extent = extent_used(space, &ranges);
	struct space_band *bands;
	bool open = false;

	each = ranges <= 2 * wanted ? 1 : (ranges + wanted - 1) / wanted;
	bands = calloc(4 * wanted + 40, sizeof(*bands));
	if (!bands)
		return -ENOMEM;
	for (size_t i = 0; i < space->count; i++) {
		const struct space_part *p = &space->parts[i];
		bool used = space_is_used(p->kind);

		if (!used && each > 1 && i > 0 && i + 1 < space->count &&
		    p->range.count < extent / MUCH_FREE)
			continue;
		if (used && open && bands[count - 1].ranges < each)
			extend_band(&bands[count - 1], space, i);
		else
			bands[count++] = band_of(space, i);
		open = used;
	}
	*ret = bands;
	*ret_count = count;
	return 0;
}
