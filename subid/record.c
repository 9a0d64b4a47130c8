/* SPDX-License-Identifier: BSD-3-Clause */
/* Writing what was decided: see record.h. Runs as root with CAP_CHOWN. */
#include <string.h>

#include "subid/book.h"
#include "subid/decide.h"
#include "subid/record.h"
#include "subid/subfile.h"

/* Who is written in the files, and under which uid. */
struct person {
	char owner[ID_OWNER_SIZE];
	uid_t uid;
};

/* Retires what the book has under the user's name and another uid. */
static enum line_fate judge_book(const struct id_entry *entry, const void *argument)
{
	const struct person *person = argument;

	return book_entry_is_of_namesake(entry, person->owner, person->uid) ? LINE_FLAG : LINE_KEEP;
}

/* Drops what the copies have under the name: it would be the new person's, by newuidmap(1). */
static enum line_fate judge_copy(const struct id_entry *entry, const void *argument)
{
	const struct person *person = argument;

	return slice_equals(entry->owner, person->owner) ? LINE_DROP : LINE_KEEP;
}

/* The lines that each file lacks. */
struct additions {
	char book[USER_RANGES_MAX * BOOK_LINE_SIZE];
	char subuid[USER_RANGES_MAX * SUBFILE_LINE_SIZE];
	char subgid[USER_RANGES_MAX * SUBFILE_LINE_SIZE];
};

static void add_lines(const struct user_range *range, const struct settle_request *request,
		      struct slice owner, struct additions *additions)
{
	const struct id_entry entry = {.owner = owner,
				       .range = range->uids,
				       .gid_start = range->gid_start,
				       .has_uid = true,
				       .uid = request->uid,
				       .adopted = range->adopted};

	if (!range->in_book)
		book_format(&entry, additions->book + strlen(additions->book));
	if (!range->in_subuid)
		subfile_format(owner, range->uids, additions->subuid + strlen(additions->subuid));
	if (!range->in_subgid)
		subfile_format(owner, user_range_gids(range),
			       additions->subgid + strlen(additions->subgid));
}

/* What becomes of the copies when a name is retired. */
static int change_copy(const struct id_file *file, const struct person *retired, const char *added,
		       struct reason *why)
{
	const struct id_file_change change = {
		.judge = retired ? judge_copy : NULL, .argument = retired, .added = added};

	return added[0] || (retired && file->text) ? id_file_rewrite(file, &change, why) : 0;
}

static int change_copies(const struct settle_sources *sources, const struct settle_request *request,
			 const struct person *retired, const char *added_subuid,
			 const char *added_subgid, struct reason *why)
{
	int r;

	/*
	 * Where the ids come from elsewhere, the two files are nobody's business, unless somebody
	 * wants them. What a name must not inherit goes from them even if nothing is to be added.
	 */
	if (sources->source && !settle_wants_copies(sources, request))
		return 0;
	r = change_copy(&sources->subuid, retired, added_subuid, why);
	if (r == 0)
		r = change_copy(&sources->subgid, retired, added_subgid, why);
	return r;
}

static int change_book(const struct id_file *book, const struct person *retired, const char *added,
		       struct reason *why)
{
	char flag[BOOK_RETIRED_SIZE];
	const struct id_file_change change = {.judge = retired ? judge_book : NULL,
					      .argument = retired,
					      .flag = flag,
					      .added = added};

	if (!added[0] && !retired)
		return 0;
	book_format_retired(flag);
	return id_file_rewrite(book, &change, why);
}

int record_settlement(const struct settle_sources *sources, const struct settle_request *request,
		      const struct settlement *settled, struct reason *why)
{
	struct person person = {.uid = request->uid};
	const struct person *retired = settled->retire_name ? &person : NULL;
	struct additions added = {.book = ""};
	int r = 0;

	owner_in_files(request->name, request->uid, person.owner);
	for (size_t i = 0; i < settled->count; i++)
		add_lines(&settled->ranges[i], request, slice_of(person.owner), &added);
	/* What the name must not inherit goes first, what is new comes last: a crash between hands
	 * nothing on, and the next login goes on from the book. */
	if (retired)
		r = change_copies(sources, request, retired, "", "", why);
	if (r == 0)
		r = change_book(&sources->book, retired, added.book, why);
	if (r == 0)
		r = change_copies(sources, request, retired, added.subuid, added.subgid, why);
	return r;
}
