/* SPDX-License-Identifier: BSD-3-Clause */
/* Choosing a new range: see choose.h. Pure. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "subid/book.h"
#include "subid/choose.h"
#include "util/array.h"
#include "util/cleanup.h"

static int add_file(struct id_set *set, const struct id_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		const struct id_entry *entry = &file->entries[i];
		int r = id_set_add(set, entry->range);

		if (r == 0 && entry->gid_start != entry->range.start)
			r = id_set_add(set, book_entry_gids(entry));
		if (r < 0)
			return r;
	}
	return 0;
}

/* Uids and gids in one set, so that a range can start alike in both. */
static int collect(const struct settle_sources *sources, const struct settle_request *request,
		   struct id_set *taken)
{
	const struct id_file *files[] = {&sources->book, &sources->subuid, &sources->subgid};
	const struct id_set *sets[] = {&sources->avoid, &sources->accounts.uids,
				       &sources->accounts.gids};
	int r;

	r = id_set_add(taken, (struct id_range){0, ID_BLOCK});
	/* A directory that does not list its users may not have told of this one. */
	if (r == 0)
		r = id_set_add(taken, (struct id_range){request->uid, 1});
	if (r == 0)
		r = id_set_add(taken, (struct id_range){request->gid, 1});
	for (size_t i = 0; r == 0 && i < COUNT_OF(files); i++)
		r = add_file(taken, files[i]);
	for (size_t i = 0; r == 0 && i < COUNT_OF(sets); i++)
		r = id_set_add_all(taken, sets[i]);
	id_set_normalize(taken);
	return r;
}

/* Whose line a place meets, for people; else the ids that it meets. */
static void name_holder(const struct settle_sources *sources, struct id_range place,
			struct id_range met, struct reason *ret)
{
	const struct id_file *files[] = {&sources->book, &sources->subuid, &sources->subgid};

	for (size_t f = 0; f < COUNT_OF(files); f++)
		for (size_t i = 0; i < files[f]->count; i++) {
			const struct id_entry *entry = &files[f]->entries[i];

			if (!id_range_overlaps(entry->range, place) &&
			    !id_range_overlaps(book_entry_gids(entry), place))
				continue;
			note(ret, "%.*s's %" PRIu32 ":%" PRIu32 " (%s:%u)",
			     (int)entry->owner.length, entry->owner.text, entry->range.start,
			     entry->range.count, files[f]->path, entry->line);
			return;
		}
	note(ret, "ids to be avoided or in use, %" PRIu32 ":%" PRIu32, met.start, met.count);
}

/* How much is free, where most of it is in a row, and what would give more. */
static int refuse_full(const struct id_set *taken, const struct settle_request *request,
		       uint32_t count, struct reason *why)
{
	struct id_range largest = {0, 0};
	uint64_t free_ids = id_set_free_in(taken, request->pool, &largest);
	const char *from = count % ID_BLOCK == 0 ? ", from a multiple of 65536," : "";
	char where[64] = "";

	if (largest.count > 0)
		snprintf(where, sizeof(where), ", at most %" PRIu32 " in a row (from %" PRIu32 ")",
			 largest.count, largest.start);
	return refuse(why, -ENOSPC,
		      "no %" PRIu32 " ids in a row%s are free for %s: the pool %" PRIu32 "-%" PRIu32
		      " has %" PRIu64 " left%s; a larger pool, a smaller size, or less to avoid in "
		      "userns.conf(5) gives more",
		      count, from, request->name, request->pool.start, id_range_last(request->pool),
		      free_ids, where);
}

/* The only one that a range may have. */
struct place {
	struct id_range ids;
	const char *setting; /* that says so, for people */
};

/* The uid's slot: counted through the pool, and around it again for larger uids. */
static int find_slot(const struct settle_request *request, uint32_t count, struct id_range *ret)
{
	const struct id_set nothing = {NULL, 0, 0};
	struct id_range first;
	uint32_t slots;

	/* Slots begin where a first range would. */
	if (id_set_first_free(&nothing, request->pool, count, &first) < 0)
		return -ENOSPC;
	slots = (id_range_last(request->pool) - first.start + 1) / count;
	*ret = (struct id_range){first.start + request->uid % slots * count, count};
	return 0;
}

static int find_place(const struct settle_request *request, uint32_t count, struct place *ret,
		      struct reason *why)
{
	if (request->fixed.count > 0) {
		*ret = (struct place){request->fixed, request->fixed_by};
		return 0;
	}
	ret->setting = "allocate = by-uid";
	if (find_slot(request, count, &ret->ids) < 0)
		return refuse(why, -ENOSPC, "the pool has no room for %" PRIu32 " ids", count);
	return 0;
}

static int check_place(const struct settle_sources *sources, const struct id_set *taken,
		       const struct settle_request *request, const struct place *place,
		       struct reason *why)
{
	struct reason holder = {.text = ""};
	struct id_range met;

	if (!id_set_meets(taken, place->ids, &met))
		return 0;
	name_holder(sources, place->ids, met, &holder);
	return refuse(why, -EEXIST,
		      "%s's place %" PRIu32 ":%" PRIu32
		      " (%s) meets %s; free these ids, or choose others",
		      request->name, place->ids.start, place->ids.count, place->setting,
		      holder.text);
}

int choose_range(const struct settle_sources *sources, const struct settle_request *request,
		 uint32_t count, struct id_range *ret, struct reason *why)
{
	CLEANUP(id_set_free) struct id_set taken = {NULL, 0, 0};
	struct place place;
	int r;

	r = collect(sources, request, &taken);
	if (r < 0)
		return refuse_errno(why, r, "cannot choose a range");
	if (request->fixed.count == 0 && !request->by_uid) {
		r = id_set_first_free(&taken, request->pool, count, ret);
		return r < 0 ? refuse_full(&taken, request, count, why) : 0;
	}
	r = find_place(request, count, &place, why);
	if (r == 0)
		r = check_place(sources, &taken, request, &place, why);
	if (r == 0)
		*ret = place.ids;
	return r;
}
