/* SPDX-License-Identifier: BSD-3-Clause */
/* Every range on this host: see listing.h. */
#include <errno.h>
#include <stdlib.h>

#include "subid/book.h"
#include "subid/paths.h"
#include "subid/subfile.h"
#include "userns/claims.h"
#include "userns/listing.h"
#include "util/array.h"
#include "util/cleanup.h"

int listing_read(struct listing *listing, struct reason *why)
{
	static const struct {
		const char *path;
		id_entry_parser *parse;
	} sources[LISTING_SOURCES] = {
		[FROM_BOOK] = {BOOK_FILE, book_parse_entry},
		[FROM_SUBUID] = {SUBUID_FILE, subfile_parse_entry},
		[FROM_SUBGID] = {SUBGID_FILE, subfile_parse_entry},
	};

	for (size_t i = 0; i < LISTING_SOURCES; i++) {
		int r = id_file_read(sources[i].path, sources[i].parse, &listing->files[i], why);

		if (r < 0)
			return r;
	}
	return 0;
}

static int add_row(struct listing *listing, const struct id_entry *entry,
		   enum listing_source source, bool pinned)
{
	struct listed *larger =
		array_grow(listing->rows, listing->count, &listing->room, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	listing->rows = larger;
	listing->rows[listing->count++] = (struct listed){entry, source, pinned};
	return 0;
}

static int add_book(struct listing *listing, struct pins *pins)
{
	const struct id_file *book = &listing->files[FROM_BOOK];
	int r = 0;

	for (size_t i = 0; r == 0 && i < book->count; i++) {
		const struct id_entry *entry = &book->entries[i];
		bool pinned = book_entry_is_of(entry, entry->uid) && pins_take(pins, entry->uid);

		r = add_row(listing, entry, FROM_BOOK, pinned);
	}
	return r;
}

static int add_uncovered(struct listing *listing, enum listing_source source)
{
	const struct id_file *file = &listing->files[source];
	CLEANUP(claims_free) struct claims claims = {.count = 0};
	int r;

	r = claims_make(&listing->files[FROM_BOOK], source == FROM_SUBGID, &claims);
	for (size_t i = 0; r == 0 && i < file->count; i++)
		if (!claims_cover(&claims, file->entries[i].owner, file->entries[i].range))
			r = add_row(listing, &file->entries[i], source, false);
	return r;
}

static int compare_rows(const void *left, const void *right)
{
	const struct listed *a = left, *b = right;

	if (a->entry->range.start != b->entry->range.start)
		return a->entry->range.start < b->entry->range.start ? -1 : 1;
	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	return (a->entry->line > b->entry->line) - (a->entry->line < b->entry->line);
}

int listing_join(struct listing *listing, struct pins *pins)
{
	int r;

	r = add_book(listing, pins);
	if (r == 0)
		r = add_uncovered(listing, FROM_SUBUID);
	if (r == 0)
		r = add_uncovered(listing, FROM_SUBGID);
	if (r == 0 && listing->count > 0)
		qsort(listing->rows, listing->count, sizeof(*listing->rows), compare_rows);
	return r;
}

void listing_free(struct listing *listing)
{
	for (size_t i = 0; i < LISTING_SOURCES; i++)
		id_file_free(&listing->files[i]);
	free(listing->rows);
	*listing = (struct listing){.count = 0};
}
