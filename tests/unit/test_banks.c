/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of userns/banks, pieces and bankdir: the file of banks, and the choice of ids for them and
 * for --private, against a model of an array of ids.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"
#include "userns/bankdir.h"
#include "userns/banks.h"
#include "userns/pieces.h"

static const char file_head[] = "# Banks of ids, by userns(1), format 1: name, first uid and first "
				"gid on the host, count\n";

static struct bank bank_of(const char *name, uint32_t uids, uint32_t gids, uint32_t count)
{
	struct bank bank = {.uids = {uids, count}, .gids = {gids, count}};

	snprintf(bank.name, sizeof(bank.name), "%s", name);
	return bank;
}

static void add(struct banks *banks, const char *name, uint32_t uids, uint32_t count)
{
	const struct bank bank = bank_of(name, uids, uids, count);
	struct reason why = {.text = ""};

	if (banks_add(banks, &bank, &why) != 0)
		fail_msg("%s: %s", name, why.text);
}

static void test_names(void **state)
{
	static const char *const good[] = {"a", "web", "9", "Web-2.old_x", "a."};
	static const char *const bad[] = {"",	 "-a",	 ".a",	"_a", "a b",
					  "a:b", "a\nb", "a/b", "\t", "caf\303\251"};
	char longest[BANK_NAME_MAX + 2];
	struct reason why = {.text = ""};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++)
		assert_int_equal(bank_check_name(good[i], &why), 0);
	for (size_t i = 0; i < COUNT_OF(bad); i++)
		if (bank_check_name(bad[i], &why) != -EINVAL)
			fail_msg("'%s' was taken", bad[i]);
	memset(longest, 'a', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(bank_check_name(longest, &why), -EINVAL);
	longest[BANK_NAME_MAX] = '\0';
	assert_int_equal(bank_check_name(longest, &why), 0);
}

static void test_add_and_remove(void **state)
{
	CLEANUP(banks_free) struct banks banks = {.count = 0};
	const struct bank same_name = bank_of("b", 1, 1, 1);
	const struct bank same_uid = bank_of("x", 109, 5000, 5);
	const struct bank same_gid = bank_of("x", 5000, 96, 5);
	struct reason why = {.text = ""};

	(void)state;
	add(&banks, "b", 100, 10);
	add(&banks, "c", 110, 10);
	add(&banks, "a", 50, 10);
	assert_string_equal(banks.banks[0].name, "a");
	assert_string_equal(banks.banks[1].name, "b");
	assert_string_equal(banks.banks[2].name, "c");
	assert_int_equal(banks_add(&banks, &same_name, &why), -EEXIST);
	TELLS("name", &why, "a bank b already");
	assert_int_equal(banks_add(&banks, &same_uid, &why), -EEXIST);
	TELLS("uid", &why, "b and x");
	assert_int_equal(banks_add(&banks, &same_gid, &why), -EEXIST);
	assert_int_equal(banks.count, 3);
	banks_remove(&banks, banks_find(&banks, "b"));
	assert_null(banks_find(&banks, "b"));
	assert_int_equal(banks_find(&banks, "c")->uids.start, 110);
	assert_int_equal(banks.count, 2);
}

static void test_file_and_back(void **state)
{
	CLEANUP(banks_free) struct banks banks = {.count = 0};
	CLEANUP(banks_free) struct banks read = {.count = 0};
	CLEANUP_FREE char *text = NULL;
	const struct bank other_gids = bank_of("web", 524288, 900000, 65536);
	struct reason why = {.text = ""};
	char wanted[300];

	(void)state;
	add(&banks, "logs", 100, 7);
	assert_int_equal(banks_add(&banks, &other_gids, &why), 0);
	assert_int_equal(banks_format(&banks, &text), 0);
	snprintf(wanted, sizeof(wanted), "%slogs:100:100:7\nweb:524288:900000:65536\n%s", file_head,
		 "# end of banks: 2\n");
	assert_string_equal(text, wanted);
	assert_int_equal(banks_parse(text, strlen(text), &read, &why), 0);
	assert_int_equal(read.count, 2);
	assert_memory_equal(read.banks, banks.banks, 2 * sizeof(*read.banks));
}

/* No part of a file, and no file with one byte changed, passes for the whole. */
static void test_damage(void **state)
{
	CLEANUP(banks_free) struct banks banks = {.count = 0};
	CLEANUP_FREE char *text = NULL;
	size_t length;

	(void)state;
	add(&banks, "logs", 100, 7);
	add(&banks, "web", 200, 9);
	assert_int_equal(banks_format(&banks, &text), 0);
	length = strlen(text);
	for (size_t i = 0; i < length; i++) {
		CLEANUP(banks_free) struct banks read = {.count = 0};
		struct reason why = {.text = ""};

		if (banks_parse(text, i, &read, &why) != -EBADMSG)
			fail_msg("the first %zu bytes are taken", i);
		assert_true(why.text[0]);
		assert_int_equal(read.count, 0);
	}
	for (size_t i = 0; i < length; i++) {
		CLEANUP(banks_free) struct banks read = {.count = 0};
		struct reason why = {.text = ""};
		char was = text[i];

		text[i] = '\n';
		if (was != '\n' && banks_parse(text, length, &read, &why) != -EBADMSG)
			fail_msg("a newline at %zu is taken", i);
		text[i] = '\0';
		assert_int_equal(banks_parse(text, length, &read, &why), -EBADMSG);
		text[i] = was;
	}
}

static void test_damaged_files(void **state)
{
	static const struct {
		const char *lines;
		const char *why;
	} rows[] = {
		{"# end of banks: 0", "line 2"},
		{"# end of banks: 1\n", "line 2"},
		{"# end of banks: 0\n\n", "line 2"},
		{"# end of banks: 0\nx:1:1:1\n", "line 2"},
		{"# end of banks: \n", "line 2"},
		{"a:1:1:1\n", "its end is missing"},
		{"a:1:1:1\na:5:5:1\n# end of banks: 2\n", "a bank a already"},
		{"a:1:1:3\nb:3:9:1\n# end of banks: 2\n", "an id in common"},
		{"a:1:1:3\nb:9:3:1\n# end of banks: 2\n", "an id in common"},
		{"a:1:1:0\n# end of banks: 1\n", "line 2"},
		{"a:1:1\n# end of banks: 1\n", "line 2"},
		{"a:1:1:1:1\n# end of banks: 1\n", "line 2"},
		{"a:1:1:1 \n# end of banks: 1\n", "line 2"},
		{"a:-1:1:1\n# end of banks: 1\n", "line 2"},
		{"a:4294967295:1:1\n# end of banks: 1\n", "line 2"},
		{"a:1:4294967294:2\n# end of banks: 1\n", "line 2"},
		{"-a:1:1:1\n# end of banks: 1\n", "line 2"},
		{":1:1:1\n# end of banks: 1\n", "line 2"},
		{"\n# end of banks: 0\n", "line 2"},
		{"# comment\n# end of banks: 0\n", "line 2"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		CLEANUP(banks_free) struct banks read = {.count = 0};
		struct reason why = {.text = ""};
		char text[400];
		int r;

		snprintf(text, sizeof(text), "%s%s", file_head, rows[i].lines);
		r = banks_parse(text, strlen(text), &read, &why);
		if (r != -EBADMSG || !strstr(why.text, rows[i].why))
			fail_msg("row %zu gives %d: %s", i, r, why.text);
	}
}

static void test_pieces(void **state)
{
	/* The gids' second extent begins earlier; one has more; both have a part of their own. */
	const struct ns_maps maps = {
		.uids = {{{0, 1000, 1}, {1, 524288, 100}, {101, 800000, 50}}, 3},
		.gids = {{{0, 100, 1}, {51, 700000, 70}, {1, 600000, 50}}, 3},
	};
	static const struct piece wanted[] = {
		{{524288, 50}, 600000, 1},
		{{524338, 50}, 700000, 51},
		{{800000, 20}, 700050, 101},
	};
	struct pieces pieces;
	uint32_t inside;

	(void)state;
	pieces_of(&maps, &pieces);
	assert_int_equal(pieces.count, COUNT_OF(wanted));
	assert_memory_equal(pieces.pieces, wanted, sizeof(wanted));
	assert_int_equal(inside_of(&maps.uids, (struct id_range){524338, 50}, &inside), 0);
	assert_int_equal(inside, 51);
	assert_int_equal(inside_of(&maps.uids, (struct id_range){524338, 51}, &inside), -ENOENT);
	assert_int_equal(inside_of(&maps.gids, (struct id_range){700069, 1}, &inside), 0);
	assert_int_equal(inside, 120);
	assert_int_equal(inside_of(&maps.gids, (struct id_range){700070, 1}, &inside), -ENOENT);
}

/* One extent for all, 0 too: 0 is never given. */
static void test_pieces_without_zero(void **state)
{
	const struct ns_maps maps = {
		.uids = {{{0, 524288, 10}}, 1},
		.gids = {{{0, 524288, 10}}, 1},
	};
	const struct ns_maps only_zero = {
		.uids = {{{0, 5, 1}}, 1},
		.gids = {{{0, 5, 10}}, 1},
	};
	struct pieces pieces;

	(void)state;
	pieces_of(&maps, &pieces);
	assert_int_equal(pieces.count, 1);
	assert_int_equal(pieces.pieces[0].inside, 1);
	assert_int_equal(pieces.pieces[0].uids.start, 524289);
	assert_int_equal(pieces.pieces[0].uids.count, 9);
	pieces_of(&only_zero, &pieces);
	assert_int_equal(pieces.count, 0);
}

/* Against an array that has a mark for each id that is taken. */
#define MODEL_IDS 200

static void random_pieces(struct pieces *ret)
{
	uint32_t uid = 10, inside = 1;

	ret->count = (size_t)rand() % 4 + 1;
	for (size_t i = 0; i < ret->count; i++) {
		uint32_t count = (uint32_t)rand() % 30 + 1;

		ret->pieces[i] = (struct piece){{uid, count}, uid + 1000, inside};
		uid += count + (uint32_t)rand() % 5 + 1;
		inside += count;
	}
}

static void random_taken(struct id_set *ret, bool taken[static MODEL_IDS])
{
	memset(taken, 0, MODEL_IDS);
	for (int i = rand() % 12; i > 0; i--) {
		const struct id_range range = {(uint32_t)rand() % 150, (uint32_t)rand() % 20 + 1};

		assert_int_equal(id_set_add(ret, range), 0);
		memset(taken + range.start, 1, range.count);
	}
	id_set_normalize(ret);
}

static bool model_choose(const struct pieces *pieces, const bool *taken, uint32_t count,
			 uint32_t *ret_uid, uint32_t *ret_largest)
{
	*ret_largest = 0;
	for (size_t i = pieces->count; i > 0; i--) {
		const struct id_range uids = pieces->pieces[i - 1].uids;
		uint32_t run = 0;

		for (uint32_t uid = uids.start + uids.count; uid > uids.start; uid--) {
			run = taken[uid - 1] ? 0 : run + 1;
			if (run > *ret_largest)
				*ret_largest = run;
			if (run == count) {
				*ret_uid = uid - 1;
				return true;
			}
		}
	}
	return false;
}

static void test_choice_against_model(void **state)
{
	unsigned int found = 0;

	(void)state;
	srand(66);
	for (unsigned int run = 0; run < 50000; run++) {
		CLEANUP(id_set_free) struct id_set set = {NULL, 0, 0};
		bool taken[MODEL_IDS];
		uint32_t count = (uint32_t)rand() % 25 + 1, uid = 0, wanted_largest, largest = 0;
		struct pieces pieces;
		struct piece piece = {.inside = 0};
		bool expected;
		int r;

		random_pieces(&pieces);
		random_taken(&set, taken);
		expected = model_choose(&pieces, taken, count, &uid, &wanted_largest);
		r = pieces_choose(&pieces, &set, count, &piece, &largest);
		if (r != (expected ? 0 : -ENOSPC))
			fail_msg("run %u gives %d", run, r);
		found += expected;
		if (!expected) {
			assert_int_equal(largest, wanted_largest);
			continue;
		}
		assert_int_equal(piece.uids.start, uid);
		assert_int_equal(piece.uids.count, count);
		assert_int_equal(piece.gids, uid + 1000);
	}
	assert_in_range(found, 5000, 45000);
}

/* Whether a bank has a uid or the gid that goes with it, neither is given away. */
static void test_banks_are_kept_out(void **state)
{
	CLEANUP(id_set_free) struct id_set set = {NULL, 0, 0};
	CLEANUP(banks_free) struct banks banks = {.count = 0};
	const struct pieces pieces = {.pieces = {{{100, 50}, 1100, 1}, {{500, 50}, 2500, 51}},
				      .count = 2};
	const struct bank only_gids = bank_of("g", 9000, 1110, 5);
	struct reason why;

	(void)state;
	add(&banks, "across", 140, 20);
	add(&banks, "elsewhere", 160, 300);
	assert_int_equal(banks_add(&banks, &only_gids, &why), 0);
	assert_int_equal(pieces_add_banks(&pieces, &banks, &set), 0);
	id_set_normalize(&set);
	assert_int_equal(set.count, 2);
	assert_true(id_range_equal(set.ranges[0], (struct id_range){110, 5}));
	assert_true(id_range_equal(set.ranges[1], (struct id_range){140, 10}));
}

static struct bankdir open_in(struct scratch *s)
{
	struct bankdir dir = BANKDIR_INIT;
	struct reason why = {.text = ""};

	setenv("XDG_STATE_HOME", s->dir, 1);
	if (bankdir_open(&dir, &why) != 0)
		fail_msg("%s", why.text);
	return dir;
}

/* The directory that bankdir makes, so that the scratch directory can be removed. */
static void clear(struct scratch *s)
{
	unlinkat(s->fd, "userns/banks", 0);
	unlinkat(s->fd, "userns/ids", 0);
}

static void test_locks(void **state)
{
	struct scratch *s = *state;
	/* Two descriptions: as two processes have. */
	CLEANUP(bankdir_close) struct bankdir one = open_in(s);
	CLEANUP(bankdir_close) struct bankdir two = open_in(s);
	struct id_range met = {0, 0};
	struct reason why = {.text = ""};

	assert_int_equal(bankdir_use(&one, (struct id_range){100, 10}, true, &met, &why), 0);
	assert_int_equal(bankdir_use(&two, (struct id_range){110, 10}, true, &met, &why), 0);
	assert_int_equal(bankdir_use(&two, (struct id_range){105, 1}, true, &met, &why), -EAGAIN);
	assert_true(id_range_equal(met, (struct id_range){100, 10}));
	assert_int_equal(bankdir_use(&two, (struct id_range){90, 11}, false, &met, &why), -EAGAIN);
	assert_int_equal(bankdir_is_used(&one, (struct id_range){100, 10}), 0);
	assert_int_equal(bankdir_is_used(&two, (struct id_range){0, 4294967295}), 1);
	/* A bank's: as many as like, but nobody alone. */
	assert_int_equal(bankdir_use(&one, (struct id_range){200, 10}, false, &met, &why), 0);
	assert_int_equal(bankdir_use(&two, (struct id_range){200, 10}, false, &met, &why), 0);
	assert_int_equal(bankdir_use(&two, (struct id_range){200, 10}, true, &met, &why), -EAGAIN);
	/* And the highest id there is. */
	assert_int_equal(bankdir_use(&one, (struct id_range){4294967294, 1}, true, &met, &why), 0);
	bankdir_close(&one);
	assert_int_equal(bankdir_use(&two, (struct id_range){100, 10}, true, &met, &why), 0);
	assert_int_equal(bankdir_use(&two, (struct id_range){4294967294, 1}, true, &met, &why), 0);
	clear(s);
}

static void test_choose_keeps_off_others(void **state)
{
	struct scratch *s = *state;
	CLEANUP(bankdir_close) struct bankdir one = open_in(s);
	CLEANUP(bankdir_close) struct bankdir two = open_in(s);
	CLEANUP(banks_free) struct banks banks = {.count = 0};
	const struct pieces pieces = {.pieces = {{{100, 50}, 100, 1}}, .count = 1};
	struct reason why = {.text = ""};
	struct piece piece;

	add(&banks, "b", 130, 10);
	assert_int_equal(bankdir_choose(&one, &pieces, &banks, 5, &piece, &why), 0);
	assert_int_equal(piece.uids.start, 145);
	assert_int_equal(piece.inside, 46);
	assert_int_equal(bankdir_choose(&two, &pieces, &banks, 5, &piece, &why), 0);
	assert_int_equal(piece.uids.start, 140);
	assert_int_equal(bankdir_choose(&two, &pieces, &banks, 31, &piece, &why), -ENOSPC);
	TELLS("full", &why, "no 31 ids", "30 are");
	assert_int_equal(bankdir_choose(&two, &pieces, &banks, 30, &piece, &why), 0);
	assert_int_equal(piece.uids.start, 100);
	clear(s);
}

static void test_lost_and_damaged(void **state)
{
	struct scratch *s = *state;
	CLEANUP(bankdir_close) struct bankdir dir = open_in(s);
	CLEANUP(banks_free) struct banks banks = {.count = 0};
	CLEANUP(banks_free) struct banks read = {.count = 0};
	struct reason why = {.text = ""};

	/* None yet is no loss. */
	assert_int_equal(bankdir_begin(&dir, true, &read, &why), 0);
	assert_int_equal(read.count, 0);
	add(&banks, "web", 100, 10);
	assert_int_equal(bankdir_write(&dir, &banks, &why), 0);
	bankdir_end(&dir);
	assert_int_equal(bankdir_begin(&dir, false, &read, &why), 0);
	assert_int_equal(read.count, 1);
	banks_free(&read);
	assert_int_equal(truncate(dir.path, 20), 0);
	assert_int_equal(bankdir_begin(&dir, false, &read, &why), -EBADMSG);
	TELLS("damaged", &why, dir.path, "is damaged", "backup");
	assert_int_equal(unlink(dir.path), 0);
	assert_int_equal(bankdir_begin(&dir, false, &read, &why), -ENOENT);
	TELLS("lost", &why, dir.path, "is lost", "backup");
	assert_int_equal(read.count, 0);
	clear(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_add_and_remove),
		cmocka_unit_test(test_file_and_back),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_damaged_files),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_pieces_without_zero),
		cmocka_unit_test(test_choice_against_model),
		cmocka_unit_test(test_banks_are_kept_out),
		SCRATCH_TEST(test_locks),
		SCRATCH_TEST(test_choose_keeps_off_others),
		SCRATCH_TEST(test_lost_and_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
