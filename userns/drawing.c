/* SPDX-License-Identifier: BSD-3-Clause */
/* What the map and the picture have in common: see drawing.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "subid/book.h"
#include "userns/drawing.h"
#include "util/array.h"

static enum space_kind kind_of(const struct listed *row)
{
	if (row->source != FROM_BOOK)
		return SPACE_UNBOOKED;
	if (row->entry->retired)
		return SPACE_RETIRED;
	return row->entry->reserved ? SPACE_RESERVED : SPACE_USER;
}

static int add_row(struct space *space, const struct listed *row)
{
	struct space_part part = {
		.range = row->entry->range,
		.kind = kind_of(row),
		.pinned = row->pinned,
		.owner = row->entry->owner,
	};
	int r;

	r = space_add(space, &part);
	if (r < 0 || id_range_equal(part.range, book_entry_gids(row->entry)))
		return r;
	part.range = book_entry_gids(row->entry);
	part.groups = true;
	return space_add(space, &part);
}

int drawing_make(const struct listing *listing, const struct policy *policy, struct drawing *ret)
{
	struct space space = {.count = 0};
	size_t lines[SPACE_KINDS] = {0};
	int r = 0;

	for (size_t i = 0; r == 0 && i < listing->count; i++) {
		r = add_row(&space, &listing->rows[i]);
		lines[kind_of(&listing->rows[i])]++;
	}
	if (r == 0)
		r = space_settle(&space, policy ? &policy->pool : NULL);
	if (r < 0) {
		space_free(&space);
		return r;
	}
	ret->space = space;
	ret->policy = policy;
	memcpy(ret->lines, lines, sizeof(lines));
	space_totals(&space, ret->totals);
	return 0;
}

void drawing_free(struct drawing *drawing)
{
	space_free(&drawing->space);
}

static void say_who(const struct drawing *drawing, char ret[static DRAWING_SENTENCE_SIZE])
{
	static const enum space_kind kinds[] = {SPACE_USER, SPACE_RESERVED, SPACE_RETIRED,
						SPACE_UNBOOKED};
	static const char *const words[] = {"of users", "reserved", "retired",
					    "only in subuid or subgid"};
	size_t used = 0;

	for (size_t i = 0; i < COUNT_OF(kinds); i++) {
		const uint64_t ids = drawing->totals[kinds[i]].ids;
		size_t lines = drawing->lines[kinds[i]];

		if (lines == 0)
			continue;
		used += (size_t)snprintf(ret + used, DRAWING_SENTENCE_SIZE - used,
					 "%s%zu %s %s (%" PRIu64 " ids)", used ? ", " : "", lines,
					 lines == 1 ? "line" : "lines", words[i], ids);
	}
	snprintf(ret + used, DRAWING_SENTENCE_SIZE - used, "%s",
		 used ? "." : "No range is recorded on this host.");
}

static void say_pool(const struct drawing *drawing, char ret[static DRAWING_SENTENCE_SIZE])
{
	const struct policy *policy = drawing->policy;
	uint64_t used;

	if (!policy)
		return;
	used = policy->pool.count - drawing->totals[SPACE_POOL].ids;
	snprintf(ret, DRAWING_SENTENCE_SIZE,
		 "Pool %" PRIu32 "-%" PRIu32 ": %.*f %% used, room for %" PRIu64 " more of %" PRIu32
		 " ids.",
		 policy->pool.start, id_range_last(policy->pool),
		 used * 100 < policy->pool.count ? 3 : 1,
		 (double)used * 100 / (double)policy->pool.count,
		 space_left(&drawing->space, policy->size), policy->size);
}

void drawing_summary(const struct drawing *drawing,
		     char ret[static DRAWING_SENTENCES][DRAWING_SENTENCE_SIZE])
{
	size_t met = drawing->space.met;

	memset(ret, 0, DRAWING_SENTENCES * DRAWING_SENTENCE_SIZE);
	say_who(drawing, ret[0]);
	say_pool(drawing, ret[1]);
	if (met > 0)
		snprintf(ret[2], DRAWING_SENTENCE_SIZE,
			 "%zu %s ids that another owner has too; what is drawn is the other.", met,
			 met == 1 ? "range has" : "ranges have");
}

bool drawing_next_owner(const struct drawing *drawing, struct id_range window, size_t *part)
{
	const struct space *space = &drawing->space;
	struct slice before = {NULL, 0};

	if (*part > 0 && id_range_overlaps(space->parts[*part - 1].range, window))
		before = space->parts[*part - 1].owner;
	for (; *part < space->count; (*part)++) {
		const struct space_part *p = &space->parts[*part];

		if (p->range.start > id_range_last(window))
			return false;
		if (space_is_used(p->kind) && !slices_equal(p->owner, before))
			return true;
	}
	return false;
}

const char *drawing_remark(const struct space_part *part)
{
	if (part->kind != SPACE_USER)
		return space_kind_name(part->kind);
	return part->groups ? "gids" : NULL;
}

uint64_t drawing_longest(const struct drawing *drawing, const struct space_band *bands,
			 size_t count)
{
	uint64_t users = 0, all = 1;

	for (size_t i = 0; i < count; i++) {
		uint64_t length = bands[i].ranges > 0 ? bands[i].range.count : 0;

		if (length > all)
			all = length;
		if (length > users && drawing->space.parts[bands[i].first].kind == SPACE_USER)
			users = length;
	}
	return users ? users : all;
}

bool drawing_shows_pin(const struct drawing *drawing, const struct space_band *bands, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bands[i].ranges == 1 && drawing->space.parts[bands[i].first].pinned)
			return true;
	return false;
}
