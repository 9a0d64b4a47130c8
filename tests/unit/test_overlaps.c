/* SPDX-License-Identifier: BSD-3-Clause */
/* The sweep against a look at every pair; and who may share ids with whom. */
#include "tests/unit/unit.h"
#include "userns/overlaps.h"

#include <stdlib.h>
#include <string.h>

#define NAME(text) ((struct slice){text, sizeof(text) - 1})

enum { PARTIES = 40, ROUNDS = 20000 };

static unsigned int draws = 20260131;

static unsigned int draw(unsigned int below)
{
	draws ^= draws << 13;
	draws ^= draws >> 17;
	draws ^= draws << 5;
	return draws % below;
}

static struct party random_party(void)
{
	static const struct slice names[] = {NAME("alice"), NAME("bob"), NAME("root"), NAME("5")};
	struct party party = {.kind = (enum party_kind)draw(PARTY_PROGRAM + 1),
			      .range = {65536 + draw(200), 1 + draw(30)},
			      .name = names[draw(COUNT_OF(names))],
			      .line = draw(1000),
			      .has_uid = draw(2),
			      .uid = draw(3),
			      .retired = draw(4) == 0,
			      .reserved = draw(4) == 0};

	if (draw(10) == 0)
		party.range.count = 150;
	return party;
}

struct seen {
	const struct party *pairs[PARTIES][2];
	size_t count;
};

static int see(const struct party *a, const struct party *b, struct id_range ids, void *argument)
{
	struct seen *seen = argument;

	assert_true(seen->count < PARTIES);
	assert_true(id_range_contains(a->range, ids) && id_range_contains(b->range, ids));
	/* All that both have. */
	assert_int_equal(ids.start, b->range.start);
	assert_true(id_range_last(ids) == id_range_last(a->range) ||
		    id_range_last(ids) == id_range_last(b->range));
	seen->pairs[seen->count][0] = a;
	seen->pairs[seen->count++][1] = b;
	return 0;
}

/* Everybody who meets one before them that does not agree is told of once, and nobody else. */
static void test_against_pairs(void **state)
{
	unsigned int found = 0, none = 0;

	(void)state;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		struct parties parties = {.count = 0};
		struct seen seen = {.count = 0};
		unsigned int wanted = 0, count = 1 + draw(PARTIES);

		for (unsigned int i = 0; i < count; i++) {
			const struct party party = random_party();

			assert_int_equal(parties_add(&parties, &party), 0);
		}
		assert_int_equal(overlaps_find(&parties, see, &seen), 0);
		for (size_t i = 0; i < parties.count; i++) {
			const struct party *party = &parties.parties[i];
			const struct party *first = NULL;
			size_t at = 0;

			for (size_t j = 0; j < i && !first; j++)
				if (id_range_overlaps(parties.parties[j].range, party->range) &&
				    !parties_agree(&parties.parties[j], party))
					first = &parties.parties[j];
			while (at < seen.count && seen.pairs[at][1] != party)
				at++;
			assert_true(first ? at < seen.count && seen.pairs[at][0] == first
					  : at == seen.count);
			wanted += first != NULL;
		}
		assert_int_equal(seen.count, wanted);
		found += wanted;
		none += wanted == 0;
		parties_free(&parties);
	}
	assert_true(found > 1000 && none > 100);
}

static void test_who_agrees(void **state)
{
	static const struct party alice = {.kind = PARTY_BOOK,
					   .range = {700000, 100},
					   .uids = {700000, 100},
					   .name = NAME("alice"),
					   .has_uid = true,
					   .uid = 1001};
	static const struct {
		const char *what;
		struct party other;
		bool agree;
	} rows[] = {
		{"her copy",
		 {.kind = PARTY_SUBUID, .range = {700000, 100}, .name = NAME("alice")},
		 true},
		{"her copy by uid",
		 {.kind = PARTY_SUBGID,
		  .range = {700000, 100},
		  .name = NAME("1001"),
		  .has_uid = true,
		  .uid = 1001},
		 true},
		{"bob's copy",
		 {.kind = PARTY_SUBUID, .range = {700000, 100}, .name = NAME("bob")},
		 false},
		{"her other line",
		 {.kind = PARTY_BOOK,
		  .range = {700000, 1},
		  .name = NAME("alice"),
		  .has_uid = true,
		  .uid = 1001},
		 false},
		{"her retired line",
		 {.kind = PARTY_BOOK, .range = {700000, 1}, .name = NAME("alice"), .retired = true},
		 false},
		{"reserved",
		 {.kind = PARTY_BOOK, .range = {700000, 1}, .name = NAME("x"), .reserved = true},
		 false},
		{"herself",
		 {.kind = PARTY_ACCOUNT,
		  .range = {700001, 1},
		  .name = NAME("alice"),
		  .has_uid = true,
		  .uid = 700001},
		 false},
		{"her namespace",
		 {.kind = PARTY_NAMESPACE, .range = {700000, 100}, .has_uid = true, .uid = 1001},
		 true},
		{"one below it",
		 {.kind = PARTY_NAMESPACE, .range = {700000, 9}, .has_uid = true, .uid = 700005},
		 true},
		{"root's",
		 {.kind = PARTY_NAMESPACE, .range = {700000, 9}, .has_uid = true, .uid = 0},
		 false},
		{"bob's namespace",
		 {.kind = PARTY_NAMESPACE, .range = {700000, 9}, .has_uid = true, .uid = 1002},
		 false},
		{"a program",
		 {.kind = PARTY_PROGRAM, .range = {700000, 9}, .name = NAME("Incus")},
		 false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (parties_agree(&alice, &rows[i].other) != rows[i].agree ||
		    parties_agree(&rows[i].other, &alice) != rows[i].agree)
			fail_msg("%s", rows[i].what);
}

/* Of a line whose gids are elsewhere: who made the namespace is a uid also on the gids' side. */
static void test_whose_gids(void **state)
{
	const struct party line = {.kind = PARTY_BOOK,
				   .range = {900000, 100},
				   .uids = {700000, 100},
				   .name = NAME("alice"),
				   .has_uid = true,
				   .uid = 1001};
	struct party made = {
		.kind = PARTY_NAMESPACE, .range = {900000, 9}, .has_uid = true, .uid = 700005};

	(void)state;
	assert_true(parties_agree(&line, &made));
	made.uid = 900005;
	assert_false(parties_agree(&line, &made));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_pairs),
		cmocka_unit_test(test_who_agrees),
		cmocka_unit_test(test_whose_gids),
	};

	return cmocka_run_group_tests_name("overlaps", tests, NULL, NULL);
}
