/* SPDX-License-Identifier: BSD-3-Clause */
/* Ids that two parties have: see overlaps.h. Pure. */
#include <errno.h>
#include <stdlib.h>

#include "userns/overlaps.h"
#include "util/array.h"
#include "util/cleanup.h"

int parties_add(struct parties *parties, const struct party *party)
{
	struct party *larger =
		array_grow(parties->parties, parties->count, &parties->room, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	parties->parties = larger;
	parties->parties[parties->count++] = *party;
	return 0;
}

void parties_free(struct parties *parties)
{
	free(parties->parties);
	*parties = (struct parties){.count = 0};
}

static bool is_line(const struct party *party)
{
	return party->kind <= PARTY_SUBGID;
}

static bool is_root(const struct party *line)
{
	return slice_equals(line->name, "root") || (line->has_uid && line->uid == 0);
}

static bool same_owner(const struct party *a, const struct party *b)
{
	return (a->has_uid && b->has_uid && a->uid == b->uid) || slices_equal(a->name, b->name);
}

/* One file gives nobody the same ids twice; and what is retired is nobody's. */
static bool lines_agree(const struct party *a, const struct party *b)
{
	if (a->retired || b->retired)
		return a->retired && b->retired;
	return a->kind != b->kind && same_owner(a, b);
}

/* A namespace in ids that its owner has, also one below that, made by an id of the range. */
static bool line_allows_namespace(const struct party *line, const struct party *namespace)
{
	if (line->retired)
		return false;
	return line->reserved || is_root(line) || !line->has_uid || line->uid == namespace->uid ||
	       id_range_has(line->uids, namespace->uid);
}

/* Below 65536 all is the host's: its accounts, but no range. */
static bool line_allows_program(const struct party *line, const struct party *program)
{
	return program->range.start >= ID_BLOCK &&
	       (line->retired || line->reserved || is_root(line));
}

static bool account_agrees(const struct party *account, const struct party *other)
{
	switch (other->kind) {
	case PARTY_ACCOUNT:
		return true;
	case PARTY_PROGRAM:
		return other->range.start < ID_BLOCK;
	case PARTY_NAMESPACE:
		/* A single id is the owner's own, which 0 inside mostly is. */
		return other->range.count == 1 || (account->has_uid && account->uid == other->uid);
	default:
		return false;
	}
}

/* What a user is to get is clear of all but what the user has; namespaces come and go. */
static bool policy_agrees(const struct party *policy, const struct party *other)
{
	if (other->kind == PARTY_NAMESPACE)
		return true;
	return (is_line(other) || other->kind == PARTY_POLICY) && !other->retired &&
	       !other->reserved && same_owner(policy, other);
}

bool parties_agree(const struct party *a, const struct party *b)
{
	/* In the order of the kinds. */
	if (a->kind > b->kind)
		return parties_agree(b, a);
	if (b->kind == PARTY_POLICY)
		return policy_agrees(b, a);
	if (is_line(a) && is_line(b))
		return lines_agree(a, b);
	if (is_line(a) && b->kind == PARTY_NAMESPACE)
		return line_allows_namespace(a, b);
	if (is_line(a) && b->kind == PARTY_PROGRAM)
		return line_allows_program(a, b);
	if (a->kind == PARTY_ACCOUNT)
		return account_agrees(a, b);
	/* Lines with real ids in them; programs run in namespaces. */
	return !is_line(a);
}

static int compare_parties(const void *left, const void *right)
{
	const struct party *a = left, *b = right;

	if (a->range.start != b->range.start)
		return a->range.start < b->range.start ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return (a->line > b->line) - (a->line < b->line);
}

static struct id_range common_ids(struct id_range a, struct id_range b)
{
	uint32_t start = a.start > b.start ? a.start : b.start;
	uint32_t last = id_range_last(a) < id_range_last(b) ? id_range_last(a) : id_range_last(b);

	return (struct id_range){start, last - start + 1};
}

/* Against those that still go on where this one begins; who has ended is left out from now on. */
static int meet(const struct party *party, const struct party **open, size_t *open_count,
		overlap_visitor *visit, void *argument)
{
	size_t kept = 0;
	bool met = false;
	int r = 0;

	for (size_t i = 0; i < *open_count; i++) {
		const struct party *other = open[i];

		if (id_range_last(other->range) < party->range.start)
			continue;
		open[kept++] = other;
		if (met || r < 0 || parties_agree(other, party))
			continue;
		met = true;
		r = visit(other, party, common_ids(other->range, party->range), argument);
	}
	*open_count = kept;
	return r;
}

int overlaps_find(struct parties *parties, overlap_visitor *visit, void *argument)
{
	CLEANUP_FREE const struct party **open = NULL;
	size_t open_count = 0;
	int r = 0;

	if (parties->count == 0)
		return 0;
	open = calloc(parties->count, sizeof(*open));
	if (!open)
		return -ENOMEM;
	qsort(parties->parties, parties->count, sizeof(*parties->parties), compare_parties);
	for (size_t i = 0; r == 0 && i < parties->count; i++) {
		r = meet(&parties->parties[i], open, &open_count, visit, argument);
		open[open_count++] = &parties->parties[i];
	}
	return r;
}
