/* SPDX-License-Identifier: BSD-3-Clause */
/* Retired lines of the book: see reclaim.h. Runs as root with CAP_CHOWN. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "subid/book.h"
#include "subid/lock.h"
#include "subid/reclaim.h"
#include "subid/sources.h"
#include "util/cleanup.h"

static bool is_meant(const struct id_entry *entry, const char *what)
{
	const struct slice text = slice_of(what);
	struct slice rest = text, start, count;
	uint64_t number, length;

	if (slice_equals(entry->owner, what))
		return true;
	if (next_field(&rest, ':', &start) && rest.text && next_field(&rest, ':', &count) &&
	    !rest.text && parse_number(start, ID_LAST, &number) == 0 &&
	    parse_number(count, ID_LAST, &length) == 0)
		return entry->range.start == number && entry->range.count == length;
	return parse_number(text, ID_LAST, &number) == 0 &&
	       (entry->range.start == number || (entry->has_uid && entry->uid == number));
}

static int find_line(const struct id_file *book, const char *what, const struct id_entry **ret,
		     struct reason *why)
{
	const struct id_entry *found = NULL, *other = NULL;
	unsigned int count = 0;

	for (size_t i = 0; i < book->count; i++) {
		const struct id_entry *entry = &book->entries[i];

		if (!is_meant(entry, what))
			continue;
		if (!entry->retired) {
			other = entry;
			continue;
		}
		found = entry;
		count++;
	}
	if (count > 1)
		return refuse(why, -EINVAL,
			      "'%s' has %u retired ranges in %s, which userns list shows; name one "
			      "by START:COUNT",
			      what, count, book->path);
	if (!found && other)
		return refuse(why, -EINVAL, "%s:%u is not retired; userns %s retires it",
			      book->path, other->line, other->reserved ? "unreserve" : "revoke");
	if (!found)
		return refuse(why, -ENOENT, "%s has no retired range of '%s'", book->path, what);
	*ret = found;
	return 0;
}

/* Who still has ids of it would share them with who gets them next. */
static int check_copies(const struct id_file *file, struct id_range range, struct reason *why)
{
	for (size_t i = 0; i < file->count; i++)
		if (id_range_overlaps(file->entries[i].range, range))
			return refuse(why, -EEXIST,
				      "%s:%u still gives ids of %" PRIu32 ":%" PRIu32
				      " to %.*s; remove that first",
				      file->path, file->entries[i].line, range.start, range.count,
				      (int)file->entries[i].owner.length,
				      file->entries[i].owner.text);
	return 0;
}

static int check_line(const struct settle_sources *sources, const struct id_entry *line,
		      struct reason *why)
{
	int r;

	r = check_copies(&sources->subuid, line->range, why);
	return r < 0 ? r : check_copies(&sources->subgid, book_entry_gids(line), why);
}

int retired_line_find(const char *what, struct retired_line *ret, struct reason *why)
{
	CLEANUP(sources_free) struct settle_sources sources = {.asked = false};
	const struct id_entry *line = NULL;
	int r;

	r = sources_read_files(&sources, why);
	if (r == 0)
		r = find_line(&sources.book, what, &line, why);
	if (r == 0)
		r = check_line(&sources, line, why);
	if (r < 0)
		return r;
	*ret = (struct retired_line){.uids = line->range,
				     .gids = book_entry_gids(line),
				     .has_uid = line->has_uid,
				     .uid = line->uid,
				     .text = strndup(line->text.text, line->text.length)};
	return ret->text ? 0 : refuse_errno(why, -ENOMEM, "cannot read %s", sources.book.path);
}

static enum line_fate judge(const struct id_entry *entry, const void *argument)
{
	const struct retired_line *line = argument;

	return entry->retired && slice_equals(entry->text, line->text) ? LINE_DROP : LINE_KEEP;
}

int retired_line_drop(const struct retired_line *line, struct reason *why)
{
	CLEANUP(sources_free) struct settle_sources sources = {.asked = false};
	CLEANUP(subid_unlock) struct subid_lock lock = SUBID_LOCK_INIT;
	const struct id_file_change change = {.judge = judge, .argument = line};
	int r;

	r = sources_lock_and_read(&sources, &lock, why);
	if (r < 0)
		return r;
	for (size_t i = 0; i < sources.book.count; i++) {
		if (judge(&sources.book.entries[i], line) != LINE_DROP)
			continue;
		r = check_line(&sources, &sources.book.entries[i], why);
		return r < 0 ? r : id_file_rewrite(&sources.book, &change, why);
	}
	return refuse(why, -ENOENT, "%s has changed meanwhile: '%s' is no longer there",
		      sources.book.path, line->text);
}

void retired_line_free(struct retired_line *line)
{
	free(line->text);
	line->text = NULL;
}
