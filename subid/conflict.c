/* SPDX-License-Identifier: BSD-3-Clause */
/* What a user's ranges must not meet: see conflict.h. Pure. */
#include <errno.h>
#include <inttypes.h>

#include "subid/book.h"
#include "subid/conflict.h"
#include "subid/decide.h"
#include "subid/subfile.h"

static const char *const way_out = "userns-helper(8) says how to settle this";

static int refuse_overlap(const struct settle_request *request, struct id_range range,
			  const struct id_file *file, const struct id_entry *other,
			  struct reason *why)
{
	return refuse(why, -EEXIST,
		      "%s's range %" PRIu32 ":%" PRIu32 " meets %.*s's %" PRIu32 ":%" PRIu32
		      " (%s:%u); %s",
		      request->name, range.start, range.count, (int)other->owner.length,
		      other->owner.text, other->range.start, other->range.count, file->path,
		      other->line, way_out);
}

static int check_book(const struct id_file *book, const struct settle_request *request,
		      const struct user_range *range, struct reason *why)
{
	const struct id_range gids = user_range_gids(range);

	for (size_t i = 0; i < book->count; i++) {
		const struct id_entry *other = &book->entries[i];

		if (book_entry_is_of(other, request->uid))
			continue;
		if (id_range_overlaps(range->uids, other->range))
			return refuse_overlap(request, range->uids, book, other, why);
		if (id_range_overlaps(gids, book_entry_gids(other)))
			return refuse_overlap(request, gids, book, other, why);
	}
	return 0;
}

static int check_copy(const struct id_file *file, const struct settle_request *request,
		      struct id_range range, struct reason *why)
{
	for (size_t i = 0; i < file->count; i++) {
		const struct id_entry *other = &file->entries[i];

		if (id_range_overlaps(range, other->range) &&
		    !subfile_owned_by(other, request->name, request->uid))
			return refuse_overlap(request, range, file, other, why);
	}
	return 0;
}

static int check_accounts(const struct id_set *ids, const char *what,
			  const struct settle_request *request, struct id_range range,
			  struct reason *why)
{
	struct id_range met;

	if (!id_set_meets(ids, range, &met))
		return 0;
	return refuse(why, -EEXIST,
		      "%s's range %" PRIu32 ":%" PRIu32 " holds %" PRIu32
		      ", which is a real %s's id; %s",
		      request->name, range.start, range.count, met.start, what, way_out);
}

/*
 * A half that nobody has given is as new as any: it must be clear of all that is kept off. Both
 * start alike, and avoided are ids of either kind.
 */
static int check_missing_half(const struct id_set *avoid, const struct settle_request *request,
			      const struct user_range *range, struct reason *why)
{
	struct id_range met;

	if (range->in_book || !range->is_half || !id_set_meets(avoid, range->uids, &met))
		return 0;
	return refuse(why, -EEXIST,
		      "%s's range %" PRIu32 ":%" PRIu32 " is for one of uids and gids alone, and "
		      "for the other it meets ids to be avoided or in use, %" PRIu32 ":%" PRIu32
		      "; free these ids, or give %s a range of the other",
		      request->name, range->uids.start, range->uids.count, met.start, met.count,
		      request->name);
}

static int check_range(const struct settle_sources *sources, const struct settle_request *request,
		       const struct user_range *range, struct reason *why)
{
	const struct id_range gids = user_range_gids(range);
	int r;

	if (range->uids.start < ID_BLOCK || gids.start < ID_BLOCK)
		return refuse(why, -EEXIST,
			      "%s's range %" PRIu32 ":%" PRIu32 " meets the ids below %u, which "
			      "belong to the host; %s",
			      request->name, range->uids.start, range->uids.count, ID_BLOCK,
			      way_out);
	r = check_book(&sources->book, request, range, why);
	if (r == 0)
		r = check_copy(&sources->subuid, request, range->uids, why);
	if (r == 0)
		r = check_copy(&sources->subgid, request, gids, why);
	if (r == 0)
		r = check_accounts(&sources->accounts.uids, "user", request, range->uids, why);
	if (r == 0)
		r = check_accounts(&sources->accounts.gids, "group", request, gids, why);
	if (r == 0)
		r = check_missing_half(&sources->avoid, request, range, why);
	return r;
}

/* Else somebody's containers would run as this user. */
static int check_own_id(const struct id_file *file, const struct settle_request *request,
			bool users, bool groups, struct reason *why)
{
	for (size_t i = 0; i < file->count; i++) {
		const struct id_entry *entry = &file->entries[i];
		bool is_uid = users && id_range_has(entry->range, request->uid);
		bool is_gid = groups && id_range_has(book_entry_gids(entry), request->gid);

		if (!is_uid && !is_gid)
			continue;
		return refuse(
			why, -EEXIST,
			"%s's own %s %u lies in %.*s's range %" PRIu32 ":%" PRIu32 " (%s:%u); %s",
			request->name, is_uid ? "uid" : "gid", is_uid ? request->uid : request->gid,
			(int)entry->owner.length, entry->owner.text, entry->range.start,
			entry->range.count, file->path, entry->line, way_out);
	}
	return 0;
}

int check_own_ids(const struct settle_sources *sources, const struct settle_request *request,
		  struct reason *why)
{
	int r;

	r = check_own_id(&sources->book, request, true, true, why);
	if (r == 0)
		r = check_own_id(&sources->subuid, request, true, false, why);
	if (r == 0)
		r = check_own_id(&sources->subgid, request, false, true, why);
	return r;
}

int check_conflicts(const struct settle_sources *sources, const struct settle_request *request,
		    const struct settlement *settled, struct reason *why)
{
	int r;

	r = check_own_ids(sources, request, why);
	for (size_t i = 0; r == 0 && i < settled->count; i++)
		r = check_range(sources, request, &settled->ranges[i], why);
	return r;
}
