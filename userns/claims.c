/* SPDX-License-Identifier: BSD-3-Clause */
/* Which ids are in whose name: see claims.h. Pure. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "subid/book.h"
#include "userns/claims.h"

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

int claims_make(const struct id_file *file, bool gids, struct claims *ret)
{
	struct claims claims = {.count = 0};

	claims.claims = calloc(file->count * 2 + 1, sizeof(*claims.claims));
	if (!claims.claims)
		return -ENOMEM;
	for (size_t i = 0; i < file->count; i++) {
		const struct id_entry *entry = &file->entries[i];
		struct claim claim = claim_of(entry->owner, book_entry_range(entry, gids));

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

/* The last claim of the owner that begins at or before the wanted one. NULL: there is none. */
static const struct claim *find_before(const struct claims *claims, const struct claim *wanted)
{
	size_t low = 0, high = claims->count;

	/* The first that is behind: of another owner, or with a higher start. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_claims(&claims->claims[middle], wanted) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && compare_owners(&claims->claims[low - 1], wanted) == 0
		       ? &claims->claims[low - 1]
		       : NULL;
}

static bool covers(const struct claims *claims, const struct claim *wanted)
{
	const struct claim *before = find_before(claims, wanted);

	return before && before->reach >= wanted->reach;
}

bool claims_cover(const struct claims *claims, struct slice owner, struct id_range range)
{
	const struct claim wanted = claim_of(owner, range);

	return covers(claims, &wanted);
}

bool claims_cover_uid(const struct claims *claims, uint32_t uid, struct id_range range)
{
	const struct claim wanted = {
		.uid = uid, .start = range.start, .reach = id_range_last(range)};

	return covers(claims, &wanted);
}

bool claims_know(const struct claims *claims, struct slice owner)
{
	const struct claim wanted = claim_of(owner, (struct id_range){ID_LAST, 1});

	return find_before(claims, &wanted) != NULL;
}

void claims_free(struct claims *claims)
{
	free(claims->claims);
	*claims = (struct claims){.count = 0};
}
