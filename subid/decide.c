/* SPDX-License-Identifier: BSD-3-Clause */
/* Which range is a user's: settle_decide() of settle.h. Pure. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "subid/book.h"
#include "subid/settle.h"
#include "subid/subfile.h"
#include "util/cleanup.h"

static const char *const way_out = "userns-helper(8) says how to settle this";

/* A malformed line could hide a range; what is on record is not touched by it. */
static int refuse_if_malformed(const struct settle_sources *sources, struct reason *why)
{
	const struct id_file *files[] = {&sources->book, &sources->subuid, &sources->subgid};

	for (size_t i = 0; i < COUNT_OF(files); i++)
		if (files[i]->malformed)
			return refuse(why, -EINVAL, "no range can be given to anybody new: %s",
				      files[i]->malformed_why.text);
	return 0;
}

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

/* Invariant: no id in two users' ranges, however the second line came to be there. */
static int check_clear(const struct settle_sources *sources, const struct settle_request *request,
		       const struct settlement *wanted, struct reason *why)
{
	const struct {
		const struct id_file *file;
		struct id_range range;
	} copies[] = {{&sources->subuid, wanted->uids}, {&sources->subgid, wanted->gids}};

	if (wanted->uids.start < ID_BLOCK || wanted->gids.start < ID_BLOCK)
		return refuse(why, -EEXIST,
			      "%s's range %" PRIu32 ":%" PRIu32 " meets the ids below %u, which "
			      "belong to the host; %s",
			      request->name, wanted->uids.start, wanted->uids.count, ID_BLOCK,
			      way_out);
	for (size_t i = 0; i < sources->book.count; i++) {
		const struct id_entry *other = &sources->book.entries[i];

		if (book_entry_is_of(other, request->uid))
			continue;
		if (id_range_overlaps(wanted->uids, other->range))
			return refuse_overlap(request, wanted->uids, &sources->book, other, why);
		if (id_range_overlaps(wanted->gids, book_entry_gids(other)))
			return refuse_overlap(request, wanted->gids, &sources->book, other, why);
	}
	for (size_t c = 0; c < 2; c++)
		for (size_t i = 0; i < copies[c].file->count; i++) {
			const struct id_entry *other = &copies[c].file->entries[i];

			if (id_range_overlaps(copies[c].range, other->range) &&
			    !subfile_owned_by(other, request->name, request->uid))
				return refuse_overlap(request, copies[c].range, copies[c].file,
						      other, why);
		}
	return 0;
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

/*
 * The first of libsubid's answers that the file itself gives to this user. The others are
 * strangers' (lookup.h). False: the user has none.
 */
static bool first_own(const struct id_file *file, const struct id_set *answers,
		      const struct settle_request *request, struct id_range *ret)
{
	for (size_t i = 0; i < answers->count; i++)
		if (has_copy(file, request, answers->ranges[i])) {
			*ret = answers->ranges[i];
			return true;
		}
	return false;
}

/* Takes over what shadow's files give the user; a missing half starts where the other does. */
static bool adopt(const struct settle_sources *sources, const struct settle_request *request,
		  struct settlement *ret)
{
	struct id_range uids, gids;
	bool has_uids = first_own(&sources->subuid, &sources->lib_uids, request, &uids);
	bool has_gids = first_own(&sources->subgid, &sources->lib_gids, request, &gids);

	if (!has_uids && !has_gids)
		return false;
	if (!has_uids)
		uids = gids;
	if (!has_gids)
		gids = uids;
	/* A line of the book has one length; ids beyond it are just not mapped. */
	if (uids.count > gids.count)
		uids.count = gids.count;
	gids.count = uids.count;
	*ret = (struct settlement){.uids = uids, .gids = gids, .adopted = true};
	return true;
}

/* A name in the book under another uid is somebody else's, or was. */
static int check_name(const struct settle_sources *sources, const struct settle_request *request,
		      struct reason *why)
{
	char owner[ID_OWNER_SIZE];

	owner_in_files(request->name, request->uid, owner);
	for (size_t i = 0; i < sources->book.count; i++) {
		const struct id_entry *entry = &sources->book.entries[i];

		if (entry->reserved || entry->retired || !slice_equals(entry->owner, owner))
			continue;
		if (!entry->has_uid)
			return refuse(why, -EEXIST,
				      "%s:%u names '%s' but does not say whose it is; add uid=%u "
				      "if it is theirs",
				      sources->book.path, entry->line, owner, request->uid);
		return refuse(why, -EEXIST,
			      "%s:%u gives '%s' with uid %u a range, and this '%s' has uid %u; "
			      "mark that line retired=DATE if that user is gone",
			      sources->book.path, entry->line, owner, entry->uid, owner,
			      request->uid);
	}
	return 0;
}

static int add_all(struct id_set *set, const struct id_file *file)
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

/* First fit, clear of every range on record, so that uids and gids can start alike. */
static int choose(const struct settle_sources *sources, const struct settle_request *request,
		  struct settlement *ret, struct reason *why)
{
	const struct id_file *files[] = {&sources->book, &sources->subuid, &sources->subgid};
	CLEANUP(id_set_free) struct id_set taken = {NULL, 0, 0};
	struct id_range range;
	int r;

	r = id_set_add(&taken, (struct id_range){0, ID_BLOCK});
	for (size_t i = 0; r == 0 && i < COUNT_OF(files); i++)
		r = add_all(&taken, files[i]);
	if (r < 0)
		return refuse_errno(why, r, "cannot choose a range");
	id_set_normalize(&taken);
	r = id_set_first_free(&taken, request->pool, request->size, &range);
	if (r < 0)
		return refuse(why, r,
			      "no %" PRIu32 " ids in a row are free for %s in the pool %" PRIu32
			      "-%" PRIu32 "; a larger pool or a smaller size in userns.conf(5) "
			      "would help",
			      request->size, request->name, request->pool.start,
			      id_range_last(request->pool));
	*ret = (struct settlement){.uids = range, .gids = range};
	return 0;
}

/* For somebody whom the book does not know. */
static int settle_newcomer(const struct settle_sources *sources,
			   const struct settle_request *request, struct settlement *ret,
			   struct reason *why)
{
	int r;

	if (!sources->asked_libsubid)
		return -EAGAIN;
	r = refuse_if_malformed(sources, why);
	if (r == 0)
		r = check_name(sources, request, why);
	if (r == 0 && !adopt(sources, request, ret))
		r = choose(sources, request, ret, why);
	ret->write_book = true;
	return r;
}

/* Invariant: a uid given to a new person does not inherit the old one's ids either. */
static int check_owner(const struct settle_sources *sources, const struct id_entry *own,
		       const struct settle_request *request, struct reason *why)
{
	char owner[ID_OWNER_SIZE];

	owner_in_files(request->name, request->uid, owner);
	if (slice_equals(own->owner, owner))
		return 0;
	return refuse(
		why, -EEXIST,
		"%s:%u gives uid %u a range as '%.*s', who is '%s' now; change the name there "
		"if that is the same person, else mark the line retired=DATE",
		sources->book.path, own->line, request->uid, (int)own->owner.length,
		own->owner.text, owner);
}

static void keep(const struct id_entry *own, struct settlement *ret)
{
	*ret = (struct settlement){.uids = own->range,
				   .gids = book_entry_gids(own),
				   .deny_setgroups = own->deny_setgroups,
				   .adopted = own->adopted};
}

int settle_decide(const struct settle_sources *sources, const struct settle_request *request,
		  struct settlement *ret, struct reason *why)
{
	const struct id_entry *own = book_find(&sources->book, request->uid);
	struct settlement settled = {.write_book = false};
	int r;

	if (own) {
		r = check_owner(sources, own, request, why);
		keep(own, &settled);
	} else {
		r = settle_newcomer(sources, request, &settled, why);
	}
	if (r == 0)
		r = check_clear(sources, request, &settled, why);
	if (r < 0)
		return r;
	settled.write_subuid = !has_copy(&sources->subuid, request, settled.uids);
	settled.write_subgid = !has_copy(&sources->subgid, request, settled.gids);
	*ret = settled;
	return 0;
}
