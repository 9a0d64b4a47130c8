/* SPDX-License-Identifier: BSD-3-Clause */
/* Every range on this host: see listing.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "subid/book.h"
#include "subid/paths.h"
#include "subid/subfile.h"
#include "userns/listing.h"
#include "util/cleanup.h"

/*
 * What the book has in the name, or under the uid, of an owner. In a sorted list of them, reach is
 * the last id of all that the owner has up to here, so that one look tells what is covered.
 */
struct claim {
	struct slice name; /* of no length: the uid counts */
	uint32_t uid;
	uint32_t start;
	uint32_t reach;
};

struct claims {
	struct claim *claims;
	size_t count;
};

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

/* To shadow, digits alone are a uid. */
static struct claim claim_of(struct slice owner, struct id_range range)
{
	struct claim claim = {.start = range.start, .reach = id_range_last(range)};
	uint64_t uid;

	if (parse_number(owner, UINT32_MAX, &uid) < 0)
		claim.name = owner;
	else
		claim.uid = (uint32_t)uid;
	return claim;
}

static int compare_owners(const struct claim *a, const struct claim *b)
{
	if (a->name.length != b->name.length)
		return a->name.length < b->name.length ? -1 : 1;
	if (a->name.length > 0)
		return memcmp(a->name.text, b->name.text, a->name.length);
	return (a->uid > b->uid) - (a->uid < b->uid);
}

static int compare_claims(const void *left, const void *right)
{
	const struct claim *a = left, *b = right;
	int order = compare_owners(a, b);

	return order ? order : (a->start > b->start) - (a->start < b->start);
}

static void spread_reach(const struct claims *claims)
{
	for (size_t i = 1; i < claims->count; i++) {
		const struct claim *before = &claims->claims[i - 1];
		struct claim *claim = &claims->claims[i];

		if (compare_owners(before, claim) == 0 && before->reach > claim->reach)
			claim->reach = before->reach;
	}
}

/* What the book claims of the uids, or of the gids. -ENOMEM. */
static int make_claims(const struct id_file *book, enum listing_source of, struct claims *ret)
{
	struct claims claims = {.count = 0};

	claims.claims = calloc(book->count * 2 + 1, sizeof(*claims.claims));
	if (!claims.claims)
		return -ENOMEM;
	for (size_t i = 0; i < book->count; i++) {
		const struct id_entry *entry = &book->entries[i];
		struct id_range range = of == FROM_SUBGID ? book_entry_gids(entry) : entry->range;
		struct claim claim = claim_of(entry->owner, range);

		claims.claims[claims.count++] = claim;
		if (!entry->has_uid)
			continue;
		claim.name = (struct slice){NULL, 0};
		claim.uid = entry->uid;
		claims.claims[claims.count++] = claim;
	}
	qsort(claims.claims, claims.count, sizeof(*claims.claims), compare_claims);
	spread_reach(&claims);
	*ret = claims;
	return 0;
}

static void cleanup_claims(struct claims *claims)
{
	free(claims->claims);
}

static bool is_covered(const struct claims *claims, const struct id_entry *entry)
{
	const struct claim wanted = claim_of(entry->owner, entry->range);
	size_t low = 0, high = claims->count;

	/* The first that is behind: of another owner, or with a higher start. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_claims(&claims->claims[middle], &wanted) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && compare_owners(&claims->claims[low - 1], &wanted) == 0 &&
	       claims->claims[low - 1].reach >= wanted.reach;
}

static int add_row(struct listing *listing, const struct id_entry *entry,
		   enum listing_source source, bool pinned)
{
	if (listing->count == listing->room) {
		size_t room = listing->room ? listing->room * 2 : 64;
		struct listed *larger = reallocarray(listing->rows, room, sizeof(*larger));

		if (!larger)
			return -ENOMEM;
		listing->rows = larger;
		listing->room = room;
	}
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
	CLEANUP(cleanup_claims) struct claims claims = {.count = 0};
	int r;

	r = make_claims(&listing->files[FROM_BOOK], source, &claims);
	for (size_t i = 0; r == 0 && i < file->count; i++)
		if (!is_covered(&claims, &file->entries[i]))
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
