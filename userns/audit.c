/* SPDX-License-Identifier: BSD-3-Clause */
/* What is wrong with the ids of a host: see audit.h. Pure. */
#include <errno.h>
#include <stdlib.h>

#include "subid/book.h"
#include "userns/audit.h"
#include "userns/claims.h"
#include "util/array.h"
#include "util/cleanup.h"

static const struct {
	const char *name;
	const char *advice;
} kinds[FINDING_KINDS] = {
	[FOUND_OVERLAP] = {"overlap", "give one of them other ids: RANGES IN CONFLICT in "
				      "userns-helper(8)"},
	[FOUND_MALFORMED] = {"malformed", "mend the line; until then nobody new is given a range"},
	[FOUND_NO_COPY] = {"no-copy", "the next login, or userns grant, adds it"},
	[FOUND_UNBOOKED] = {"unbooked", "it is not mapped: remove it, or add it to the book"},
	[FOUND_NO_UID] = {"no-uid", "add uid= to the line"},
	[FOUND_GONE] = {"gone", "userns revoke retires it"},
	[FOUND_RENAMED] = {"renamed", "change the name in the line if that is the same person, "
				      "else retire it"},
	[FOUND_POLICY] = {"policy", "mend it; until then nobody is given a namespace"},
	[FOUND_NO_USER] = {"no-user", "unless a directory is down: is the name as it spells it?"},
	[FOUND_NO_GROUP] = {"no-group", "unless a directory is down: is the name as it spells it?"},
	[FOUND_NO_EFFECT] = {"no-effect", "remove the section"},
	[FOUND_OFF_POOL] = {"off-pool",
			    "put it into the pool, unless the ids are clear of others'"},
	[FOUND_FULL_POOL] = {"full-pool", "a larger pool, or a smaller size"},
};

bool finding_is_warning(enum finding_kind kind)
{
	return kind == FOUND_NO_USER || kind == FOUND_NO_GROUP || kind == FOUND_OFF_POOL ||
	       kind == FOUND_FULL_POOL;
}

const char *finding_name(enum finding_kind kind)
{
	return kinds[kind].name;
}

const char *finding_advice(enum finding_kind kind)
{
	return kinds[kind].advice;
}

int findings_add(struct findings *findings, const struct finding *finding)
{
	struct finding *larger =
		array_grow(findings->findings, findings->count, &findings->room, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	findings->findings = larger;
	findings->findings[findings->count++] = *finding;
	return 0;
}

void findings_free(struct findings *findings)
{
	free(findings->findings);
	*findings = (struct findings){.count = 0};
}

static int compare_lines(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;

	return (a->party.line > b->party.line) - (a->party.line < b->party.line);
}

void findings_drop_void_copies(struct findings *findings, size_t owners)
{
	const struct finding *all = findings->findings;
	size_t kept = 0;

	if (owners == findings->count)
		return;
	for (size_t i = 0; i < findings->count; i++) {
		bool is_void = i < owners && all[i].kind == FOUND_NO_COPY &&
			       bsearch(&all[i], all + owners, findings->count - owners,
				       sizeof(*all), compare_lines);

		if (is_void)
			continue;
		findings->findings[kept++] = all[i];
	}
	findings->count = kept;
}

struct party audit_line(const struct id_entry *entry, enum listing_source source, bool gids)
{
	struct party party = {
		.kind = source == FROM_BOOK	? PARTY_BOOK
			: source == FROM_SUBUID ? PARTY_SUBUID
						: PARTY_SUBGID,
		.range = book_entry_range(entry, gids),
		.uids = entry->range,
		.name = entry->owner,
		.line = entry->line,
		.has_uid = entry->has_uid,
		.uid = entry->uid,
		.reserved = entry->reserved,
		.retired = entry->retired,
	};
	uint64_t uid;

	/* To shadow, digits alone are a uid. */
	if (source != FROM_BOOK && parse_number(entry->owner, ID_LAST, &uid) == 0) {
		party.has_uid = true;
		party.uid = (uid_t)uid;
	}
	return party;
}

static int find_malformed(const struct listing *listing, struct findings *findings)
{
	int r = 0;

	for (size_t f = 0; f < LISTING_SOURCES; f++) {
		const struct id_file *file = &listing->files[f];

		for (unsigned int i = 0; r == 0 && i < file->malformed && i < MALFORMED_KEPT; i++) {
			const struct id_entry line = {.line = file->malformed_lines[i].line};
			const struct finding finding = {
				.kind = FOUND_MALFORMED,
				.party = audit_line(&line, (enum listing_source)f, false),
				.wrong = file->malformed_lines[i].wrong};

			r = findings_add(findings, &finding);
		}
	}
	return r;
}

static int add_lines(const struct listing *listing, enum listing_source source, bool gids,
		     struct parties *parties)
{
	const struct id_file *file = &listing->files[source];
	int r = 0;

	for (size_t i = 0; r == 0 && i < file->count; i++) {
		const struct party party = audit_line(&file->entries[i], source, gids);

		r = parties_add(parties, &party);
	}
	return r;
}

struct overlap_search {
	struct findings *findings;
	bool gids;
};

static int note_overlap(const struct party *a, const struct party *b, struct id_range ids,
			void *argument)
{
	struct overlap_search *search = argument;
	const struct finding finding = {
		.kind = FOUND_OVERLAP, .gids = search->gids, .ids = ids, .party = *a, .other = *b};

	return findings_add(search->findings, &finding);
}

static int find_overlaps(struct audit *audit, bool gids, struct findings *findings)
{
	struct parties *parties = gids ? &audit->gids : &audit->uids;
	struct overlap_search search = {findings, gids};
	int r;

	r = add_lines(audit->listing, FROM_BOOK, gids, parties);
	if (r == 0)
		r = add_lines(audit->listing, gids ? FROM_SUBGID : FROM_SUBUID, gids, parties);
	return r < 0 ? r : overlaps_find(parties, note_overlap, &search);
}

static int find_without_uid(const struct id_file *book, struct findings *findings)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < book->count; i++) {
		const struct id_entry *entry = &book->entries[i];
		const struct finding finding = {.kind = FOUND_NO_UID,
						.ids = entry->range,
						.party = audit_line(entry, FROM_BOOK, false)};

		if (book_entry_is_users(entry) && !entry->has_uid)
			r = findings_add(findings, &finding);
	}
	return r;
}

/* What the book gives users and the copy does not. */
static int find_missing_copies(const struct id_file *book, const struct id_file *file,
			       enum listing_source copy, struct findings *findings)
{
	CLEANUP(claims_free) struct claims claims = {.count = 0};
	bool gids = copy == FROM_SUBGID;
	int r;

	r = claims_make(file, false, &claims);
	for (size_t i = 0; r == 0 && i < book->count; i++) {
		const struct id_entry *entry = &book->entries[i];
		struct id_range range = book_entry_range(entry, gids);
		const struct finding finding = {.kind = FOUND_NO_COPY,
						.gids = gids,
						.ids = range,
						.party = audit_line(entry, FROM_BOOK, gids),
						.lacks = gids ? PARTY_SUBGID : PARTY_SUBUID};

		if (!book_entry_is_users(entry) || !entry->has_uid ||
		    claims_cover(&claims, entry->owner, range) ||
		    claims_cover_uid(&claims, entry->uid, range))
			continue;
		r = findings_add(findings, &finding);
	}
	return r;
}

/* What the copy gives users of the book, and that does not. */
static int find_unbooked(const struct id_file *book, const struct id_file *file,
			 enum listing_source copy, struct findings *findings)
{
	CLEANUP(claims_free) struct claims claims = {.count = 0};
	bool gids = copy == FROM_SUBGID;
	int r;

	r = claims_make(book, gids, &claims);
	for (size_t i = 0; r == 0 && i < file->count; i++) {
		const struct id_entry *entry = &file->entries[i];
		const struct finding finding = {.kind = FOUND_UNBOOKED,
						.gids = gids,
						.ids = entry->range,
						.party = audit_line(entry, copy, false)};

		if (claims_know(&claims, entry->owner) &&
		    !claims_cover(&claims, entry->owner, entry->range))
			r = findings_add(findings, &finding);
	}
	return r;
}

int audit_run(struct audit *audit, struct findings *ret)
{
	const struct id_file *files = audit->listing->files;
	int r;

	r = find_malformed(audit->listing, ret);
	if (r == 0)
		r = find_overlaps(audit, false, ret);
	if (r == 0)
		r = find_overlaps(audit, true, ret);
	if (r == 0)
		r = find_without_uid(&files[FROM_BOOK], ret);
	for (size_t copy = FROM_SUBUID; r == 0 && audit->copies && copy < LISTING_SOURCES; copy++) {
		r = find_missing_copies(&files[FROM_BOOK], &files[copy], (enum listing_source)copy,
					ret);
		if (r == 0)
			r = find_unbooked(&files[FROM_BOOK], &files[copy],
					  (enum listing_source)copy, ret);
	}
	return r;
}
