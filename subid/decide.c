/* SPDX-License-Identifier: BSD-3-Clause */
/* Which ranges are a user's: see decide.h. Pure. */
#include <errno.h>
#include <inttypes.h>

#include "subid/book.h"
#include "subid/choose.h"
#include "subid/conflict.h"
#include "subid/decide.h"
#include "subid/subfile.h"

struct id_range user_range_gids(const struct user_range *range)
{
	return (struct id_range){range->gid_start, range->uids.count};
}

bool settle_wants_copies(const struct settle_sources *sources, const struct settle_request *request)
{
	return request->copies == COPIES_ALWAYS ||
	       (request->copies == COPIES_WHERE_READ && !sources->source);
}

bool settlement_is_recorded(const struct settlement *settled)
{
	for (size_t i = 0; i < settled->count; i++) {
		const struct user_range *range = &settled->ranges[i];

		if (!range->in_book || !range->in_subuid || !range->in_subgid)
			return false;
	}
	return true;
}

/*
 * Does the file give the user this range? As part of a longer one as well: what was adopted is cut
 * where the other file's range is shorter.
 */
static bool has_copy(const struct id_file *file, const struct settle_request *request,
		     struct id_range range)
{
	for (size_t i = 0; i < file->count; i++)
		if (id_range_contains(file->entries[i].range, range) &&
		    subfile_owned_by(&file->entries[i], request->name, request->uid))
			return true;
	return false;
}

/* Is there nothing to be written of it to a copy? To one that could not be read, nothing is. */
static bool needs_no_copy(const struct settle_sources *sources, const struct id_file *copy,
			  const struct settle_request *request, struct id_range range)
{
	return !settle_wants_copies(sources, request) || copy->unread.text[0] ||
	       has_copy(copy, request, range);
}

static int add_range(struct settlement *settled, const struct user_range *range, struct reason *why)
{
	if (settled->count == USER_RANGES_MAX)
		return refuse(why, -E2BIG, "more than %d ranges for one user", USER_RANGES_MAX);
	settled->ranges[settled->count++] = *range;
	return 0;
}

/* A map with the same ids twice would be refused by the kernel. */
static bool overlaps_own(const struct settlement *settled, const struct user_range *range)
{
	for (size_t i = 0; i < settled->count; i++)
		if (id_range_overlaps(settled->ranges[i].uids, range->uids) ||
		    id_range_overlaps(user_range_gids(&settled->ranges[i]), user_range_gids(range)))
			return true;
	return false;
}

/* Invariant: a uid given to a new person does not inherit the old one's ids. */
static int check_owner(const struct id_file *book, const struct id_entry *own,
		       const struct settle_request *request, struct reason *why)
{
	char owner[ID_OWNER_SIZE];

	owner_in_files(request->name, request->uid, owner);
	if (slice_equals(own->owner, owner))
		return 0;
	return refuse(
		why, -EEXIST,
		"%s:%u gives uid %u a range as '%.*s', who is '%s' now; change the name there "
		"if that is the same person, else userns revoke of that name retires it",
		book->path, own->line, request->uid, (int)own->owner.length, own->owner.text,
		owner);
}

/* What the book has. */
static int keep(const struct id_file *book, const struct settle_request *request,
		struct settlement *settled, struct reason *why)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < book->count; i++) {
		const struct id_entry *own = &book->entries[i];
		const struct user_range range = {.uids = own->range,
						 .gid_start = own->gid_start,
						 .adopted = own->adopted,
						 .in_book = true};

		if (!book_entry_is_of(own, request->uid))
			continue;
		r = check_owner(book, own, request, why);
		if (r == 0 && overlaps_own(settled, &range))
			r = refuse(
				why, -EEXIST,
				"%s:%u gives %s ids that a line above gives them as well; mend it",
				book->path, own->line, request->name);
		if (r == 0)
			r = add_range(settled, &range, why);
		settled->deny_setgroups |= own->deny_setgroups;
	}
	return r;
}

/*
 * The next of libsubid's answers, from *at on, that the file itself gives to this user; the
 * others are strangers' (lookup.h).
 */
static bool next_own(const struct settle_sources *sources, const struct id_file *file,
		     const struct id_set *answers, size_t *at, const struct settle_request *request,
		     struct id_range *ret)
{
	while (*at < answers->count) {
		struct id_range range = answers->ranges[(*at)++];

		/* Another source than the files names no owners to compare. */
		if (!sources->source && !has_copy(file, request, range))
			continue;
		*ret = range;
		return true;
	}
	return false;
}

/* Is half of it our choice, and taken? Both halves start alike; avoided are ids of either kind. */
static bool has_bad_half(const struct settle_sources *sources, const struct user_range *range,
			 struct id_range *ret_met)
{
	return range->is_half && id_set_meets(&sources->avoid, range->uids, ret_met);
}

/* Who has a sound range does without those; else they are a conflict. */
static void leave_out_bad_halves(const struct settle_sources *sources, struct settlement *settled,
				 struct reason *why)
{
	struct id_range met;
	size_t sound = 0;

	for (size_t i = 0; i < settled->count; i++)
		sound += !has_bad_half(sources, &settled->ranges[i], &met);
	if (sound == 0 || sound == settled->count)
		return;
	sound = 0;
	for (size_t i = 0; i < settled->count; i++) {
		const struct user_range *range = &settled->ranges[i];

		if (!has_bad_half(sources, range, &met))
			settled->ranges[sound++] = *range;
		else
			note(why,
			     "the range %" PRIu32 ":%" PRIu32 " is for one of uids and gids alone, "
			     "and for the other it meets %" PRIu32 ":%" PRIu32
			     ", which is to be avoided or in use: it is left out",
			     range->uids.start, range->uids.count, met.start, met.count);
	}
	settled->count = sound;
}

/*
 * Takes over what shadow's files give the user, the first range of uids with the first of
 * gids, and so on; a missing half starts where the other does.
 */
static int adopt(const struct settle_sources *sources, const struct settle_request *request,
		 struct settlement *settled, struct reason *why)
{
	size_t uid_at = 0, gid_at = 0;
	int r = 0;

	while (r == 0) {
		struct user_range range = {.adopted = true};
		struct id_range uids, gids;
		bool has_uids = next_own(sources, &sources->subuid, &sources->lib_uids, &uid_at,
					 request, &uids);
		bool has_gids = next_own(sources, &sources->subgid, &sources->lib_gids, &gid_at,
					 request, &gids);

		if (!has_uids && !has_gids)
			break;
		range.is_half = has_uids != has_gids;
		range.uids = has_uids ? uids : gids;
		range.gid_start = has_gids ? gids.start : uids.start;
		/* A line of the book has one length; ids beyond it are just not mapped. */
		if (has_gids && gids.count < range.uids.count)
			range.uids.count = gids.count;
		if (!overlaps_own(settled, &range))
			r = add_range(settled, &range, why);
	}
	if (r == 0)
		leave_out_bad_halves(sources, settled, why);
	return r;
}

/* A name in the book under another uid was somebody else's. */
static bool name_was_others(const struct id_file *book, const struct settle_request *request)
{
	char owner[ID_OWNER_SIZE];

	owner_in_files(request->name, request->uid, owner);
	for (size_t i = 0; i < book->count; i++)
		if (book_entry_is_of_namesake(&book->entries[i], owner, request->uid))
			return true;
	return false;
}

/* A line with the name and no uid could be this user's, and could be anybody's. */
static int check_unowned(const struct id_file *book, const struct settle_request *request,
			 struct reason *why)
{
	for (size_t i = 0; i < book->count; i++) {
		const struct id_entry *entry = &book->entries[i];

		if (!book_entry_is_users(entry) || entry->has_uid ||
		    !slice_equals(entry->owner, request->name))
			continue;
		return refuse(why, -EEXIST,
			      "%s:%u names '%s' but does not say whose it is; add uid=%u if it is "
			      "theirs",
			      book->path, entry->line, request->name, request->uid);
	}
	return 0;
}

uint64_t settlement_ids(const struct settlement *settled)
{
	uint64_t count = 0;

	for (size_t i = 0; i < settled->count; i++)
		count += settled->ranges[i].uids.count;
	return count;
}

/* One more range, for what is missing to the policy's size. */
static int grow(const struct settle_sources *sources, const struct settle_request *request,
		uint64_t has, struct settlement *settled, struct reason *why)
{
	struct id_range range;
	int r;

	if (sources->source)
		return refuse(
			why, -EOPNOTSUPP,
			"nsswitch.conf takes subordinate ids from '%s', which gives %s %s; new "
			"ranges can only be written where it says files",
			sources->source, request->name, has > 0 ? "no more" : "none");
	if (sources->unknown.text[0])
		return refuse(why, -EIO, "%s", sources->unknown.text);
	r = sources_refuse_malformed(sources, why);
	if (r == 0)
		r = choose_range(sources, request, (uint32_t)(request->size - has), &range, why);
	if (r == 0)
		r = add_range(settled,
			      &(struct user_range){.uids = range, .gid_start = range.start}, why);
	return r;
}

/* Is one range all that there can be? Then nobody needs to be asked at every login. */
static bool cannot_grow(const struct settle_sources *sources, const struct settle_request *request)
{
	return request->by_uid || request->fixed.count > 0 || sources->source;
}

/* What the user has, and what is new to them. */
static int gather(const struct settle_sources *sources, const struct settle_request *request,
		  struct settlement *settled, struct reason *why)
{
	struct reason cause = {.text = ""};
	uint64_t has;
	int r;

	r = keep(&sources->book, request, settled, why);
	if (r < 0)
		return r;
	if (settled->count == 0) {
		if (!sources->asked)
			return -EAGAIN;
		r = sources_refuse_malformed(sources, why);
		if (r == 0)
			r = check_unowned(&sources->book, request, why);
		settled->retire_name = name_was_others(&sources->book, request);
		/* What the files have under such a name may be the other's as well. */
		if (r == 0 && !settled->retire_name)
			r = adopt(sources, request, settled, why);
		if (r < 0)
			return r;
	}
	has = settlement_ids(settled);
	if (has >= request->size || (has > 0 && cannot_grow(sources, request)))
		return 0;
	if (!sources->asked)
		return -EAGAIN;
	r = grow(sources, request, has, settled, &cause);
	if (r < 0 && has > 0) {
		note(why, "%s stays at %" PRIu64 " ids: %s", request->name, has, cause.text);
		return 0;
	}
	if (r < 0)
		*why = cause;
	return r;
}

int settle_decide(const struct settle_sources *sources, const struct settle_request *request,
		  struct settlement *ret, struct reason *why)
{
	struct settlement settled = {.count = 0};
	int r;

	r = gather(sources, request, &settled, why);
	if (r == 0)
		r = check_conflicts(sources, request, &settled, why);
	if (r < 0)
		return r;
	for (size_t i = 0; i < settled.count; i++) {
		struct user_range *range = &settled.ranges[i];

		range->in_subuid = needs_no_copy(sources, &sources->subuid, request, range->uids);
		range->in_subgid =
			needs_no_copy(sources, &sources->subgid, request, user_range_gids(range));
	}
	*ret = settled;
	return 0;
}
