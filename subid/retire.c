/* SPDX-License-Identifier: BSD-3-Clause */
/* Taking ranges away: see retire.h. Runs as root with CAP_CHOWN. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "subid/book.h"
#include "subid/lock.h"
#include "subid/retire.h"
#include "subid/sources.h"
#include "subid/subfile.h"
#include "util/array.h"
#include "util/cleanup.h"

/* What a line is judged by. */
struct retirement {
	const struct retiree *who;
	/* Their lines of the book, also retired ones: a call that a crash ended may have come no
	 * further than the book. */
	const struct id_entry **own;
	size_t own_count;
};

static void cleanup_retirement(struct retirement *retirement)
{
	free(retirement->own);
}

static bool is_of(const struct id_entry *entry, const struct retiree *who)
{
	return !entry->reserved && (slice_equals(entry->owner, who->owner) ||
				    (who->has_uid && entry->has_uid && entry->uid == who->uid));
}

static enum line_fate judge_book(const struct id_entry *entry, const void *argument)
{
	const struct retirement *retirement = argument;

	return is_of(entry, retirement->who) && !entry->retired ? LINE_FLAG : LINE_KEEP;
}

static const struct id_entry *find_own(const struct retirement *retirement,
				       const struct id_entry *copy)
{
	for (size_t i = 0; i < retirement->own_count; i++) {
		const struct id_entry *own = retirement->own[i];

		if (id_range_contains(own->range, copy->range) ||
		    id_range_contains(book_entry_gids(own), copy->range))
			return own;
	}
	return NULL;
}

/* Under the name or uid that was given, or those that the book has beside it. */
static bool is_copy(const struct id_entry *copy, const struct retirement *retirement)
{
	const struct retiree *who = retirement->who;
	const struct id_entry *own;
	char owner[ID_OWNER_SIZE];

	if (who->has_uid ? subfile_owned_by(copy, who->owner, who->uid)
			 : slice_equals(copy->owner, who->owner))
		return true;
	own = find_own(retirement, copy);
	if (!own || own->owner.length >= sizeof(owner))
		return false;
	memcpy(owner, own->owner.text, own->owner.length);
	owner[own->owner.length] = '\0';
	return own->has_uid ? subfile_owned_by(copy, owner, own->uid)
			    : slice_equals(copy->owner, owner);
}

static enum line_fate judge_copy(const struct id_entry *entry, const void *argument)
{
	return is_copy(entry, argument) ? LINE_DROP : LINE_KEEP;
}

static int refuse_other(const struct id_entry *copy, const char *path, const struct id_entry *other,
			const char *other_path, struct reason *why)
{
	return refuse(why, -EEXIST,
		      "%s:%u gives %.*s %" PRIu32 ":%" PRIu32
		      ", which is not in the book and meets %.*s's %" PRIu32 ":%" PRIu32
		      " (%s:%u); mend that first",
		      path, copy->line, (int)copy->owner.length, copy->owner.text,
		      copy->range.start, copy->range.count, (int)other->owner.length,
		      other->owner.text, other->range.start, other->range.count, other_path,
		      other->line);
}

/*
 * Does somebody else's line of the file meet it? 1: one has all of it, which keeps it on record; 0:
 * none does; -EEXIST with a reason: some of it.
 */
static int compare_others(const struct id_file *file, bool by_gids,
			  const struct retirement *retirement, const struct id_file *copies,
			  const struct id_entry *copy, struct reason *why)
{
	for (size_t i = 0; i < file->count; i++) {
		const struct id_entry *other = &file->entries[i];
		struct id_range range = book_entry_range(other, by_gids);

		if (!id_range_overlaps(range, copy->range) ||
		    (file == copies ? is_copy(other, retirement) : is_of(other, retirement->who)))
			continue;
		return id_range_contains(range, copy->range)
			       ? 1
			       : refuse_other(copy, copies->path, other, file->path, why);
	}
	return 0;
}

/* Is it to be retired, as nothing else keeps it on record? 1, 0, or -EEXIST with a reason. */
static int is_unbooked(const struct settle_sources *sources, const struct retirement *retirement,
		       const struct id_file *file, const struct id_entry *copy, struct reason *why)
{
	int r;

	if (!is_copy(copy, retirement) || find_own(retirement, copy))
		return 0;
	r = compare_others(&sources->book, file == &sources->subgid, retirement, file, copy, why);
	if (r == 0)
		r = compare_others(file, false, retirement, file, copy, why);
	return r < 0 ? r : r == 0;
}

static int add_unbooked(const struct settle_sources *sources, const struct retirement *retirement,
			const struct id_file *file, FILE *added, struct id_set *retired,
			struct reason *why)
{
	const struct retiree *who = retirement->who;

	for (size_t i = 0; i < file->count; i++) {
		const struct id_entry *copy = &file->entries[i];
		struct id_entry line = {.owner = {who->owner, strlen(who->owner)},
					.range = copy->range,
					.gid_start = copy->range.start,
					.has_uid = who->has_uid,
					.uid = who->uid,
					.adopted = true,
					.retired = true};
		char text[BOOK_LINE_SIZE];
		int r;

		r = is_unbooked(sources, retirement, file, copy, why);
		if (r < 0)
			return r;
		if (r == 0 || id_set_has(retired, copy->range))
			continue;
		book_format(&line, text);
		fputs(text, added);
		r = id_set_add(retired, copy->range);
		if (r < 0)
			return refuse_errno(why, r, "cannot retire ranges");
	}
	return 0;
}

static int collect_own(const struct id_file *book, struct retirement *retirement,
		       struct id_set *retired)
{
	int r = 0;

	retirement->own = calloc(book->count + 1, sizeof(*retirement->own));
	if (!retirement->own)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < book->count; i++) {
		const struct id_entry *entry = &book->entries[i];

		if (!is_of(entry, retirement->who))
			continue;
		retirement->own[retirement->own_count++] = entry;
		if (!entry->retired)
			r = id_set_add(retired, entry->range);
	}
	return r;
}

static bool any_copy(const struct id_file *file, const struct retirement *retirement)
{
	for (size_t i = 0; i < file->count; i++)
		if (is_copy(&file->entries[i], retirement))
			return true;
	return false;
}

/* The book first: what goes from the copies must stay on record. */
static int write_files(const struct settle_sources *sources, const struct retirement *retirement,
		       const char *added, bool change_book, struct reason *why)
{
	const struct id_file *copies[] = {&sources->subuid, &sources->subgid};
	char flag[BOOK_RETIRED_SIZE];
	const struct id_file_change change = {
		.judge = judge_book, .argument = retirement, .flag = flag, .added = added};
	const struct id_file_change drop = {.judge = judge_copy, .argument = retirement};
	int r = 0;

	book_format_retired(flag);
	if (change_book)
		r = id_file_rewrite(&sources->book, &change, why);
	for (size_t i = 0; r == 0 && !sources->source && i < COUNT_OF(copies); i++)
		if (any_copy(copies[i], retirement))
			r = id_file_rewrite(copies[i], &drop, why);
	return r;
}

/* What only shadow's files have, as lines for the book. The caller frees *ret. */
static int collect_unbooked(const struct settle_sources *sources,
			    const struct retirement *retirement, struct id_set *retired, char **ret,
			    struct reason *why)
{
	const struct id_file *copies[] = {&sources->subuid, &sources->subgid};
	size_t length;
	FILE *stream = open_memstream(ret, &length);
	int r = 0;

	if (!stream)
		return refuse_errno(why, -errno, "cannot retire ranges");
	/* Where the ids come from elsewhere, the two files are nobody's business. */
	for (size_t i = 0; r == 0 && !sources->source && i < COUNT_OF(copies); i++)
		r = add_unbooked(sources, retirement, copies[i], stream, retired, why);
	if (fclose(stream) != 0 && r == 0)
		r = refuse_errno(why, -ENOMEM, "cannot retire ranges");
	return r;
}

static int retire(const struct settle_sources *sources, struct retirement *retirement,
		  struct id_set *retired, struct reason *why)
{
	CLEANUP_FREE char *added = NULL;
	int r;

	r = collect_own(&sources->book, retirement, retired);
	if (r < 0)
		return refuse_errno(why, r, "cannot retire ranges");
	r = collect_unbooked(sources, retirement, retired, &added, why);
	if (r < 0)
		return r;
	if (retired->count == 0 && (sources->source || (!any_copy(&sources->subuid, retirement) &&
							!any_copy(&sources->subgid, retirement))))
		return refuse(why, -ENOENT, "'%s' has no range on record", retirement->who->owner);
	return write_files(sources, retirement, added, retired->count > 0, why);
}

int retire_locked(const struct settle_sources *sources, const struct retiree *who,
		  struct id_set *ret_retired, struct reason *why)
{
	CLEANUP(cleanup_retirement) struct retirement retirement = {.who = who};
	CLEANUP(id_set_free) struct id_set retired = {NULL, 0, 0};
	int r;

	r = retire(sources, &retirement, &retired, why);
	if (r < 0)
		return r;
	*ret_retired = retired;
	retired = (struct id_set){NULL, 0, 0};
	return 0;
}

/* Who is gone may still have a namespace, by the uid that the book remembers. */
static int list_owners(const struct id_file *book, const struct retiree *who, struct id_set *owners)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < book->count; i++) {
		const struct id_entry *entry = &book->entries[i];
		const struct id_range uid = {entry->uid, 1};

		if (is_of(entry, who) && entry->has_uid && !id_set_has(owners, uid))
			r = id_set_add(owners, uid);
	}
	return r;
}

int retire_ranges(const struct retiree *who, struct id_set *ret_retired, struct id_set *ret_owners,
		  struct reason *why)
{
	CLEANUP(sources_free) struct settle_sources sources = {.asked = false};
	CLEANUP(subid_unlock) struct subid_lock lock = SUBID_LOCK_INIT;
	CLEANUP(id_set_free) struct id_set owners = {NULL, 0, 0};
	int r;

	r = sources_lock_and_read(&sources, &lock, why);
	if (r < 0)
		return r;
	r = list_owners(&sources.book, who, &owners);
	if (r < 0)
		return refuse_errno(why, r, "cannot retire ranges");
	r = retire_locked(&sources, who, ret_retired, why);
	if (r < 0)
		return r;
	*ret_owners = owners;
	owners = (struct id_set){NULL, 0, 0};
	return 0;
}
