/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of settle_decide(): what is kept, adopted, chosen or refused, and what is to be written. */
#include <stdio.h>

#include "subid/book.h"
#include "subid/decide.h"
#include "subid/subfile.h"
#include "tests/unit/parsed.h"

#define BOOK   "/etc/book"
#define SUBUID "/etc/uids"
#define SUBGID "/etc/gids"

/* The fields of struct user_range that are true, or that something is to be written. */
enum {
	ADOPTED = 1,
	TO_BOOK = 2,
	TO_SUBUID = 4,
	TO_SUBGID = 8,
	TO_COPIES = TO_SUBUID | TO_SUBGID,
	TO_ALL = TO_BOOK | TO_COPIES,
};

struct wanted {
	struct id_range uids;
	uint32_t gid_start; /* 0: as uids */
	unsigned int flags;
};

/* The user is alice, uid and gid 1000, and the pool five slots of 65536 ids, if not said. */
struct row {
	const char *about;
	const char *book, *subuid, *subgid;
	bool asked;
	struct id_range lib_uids[4], lib_gids[4];
	struct id_range avoid[3], users[3], groups[3];
	const char *name;
	uid_t uid;
	gid_t gid;
	struct id_range pool;
	uint32_t size;
	bool by_uid;
	struct id_range fixed;
	const char *source;
	const char *unknown;

	int r;
	struct wanted has[4];
	bool deny_setgroups, retire_name;
	const char *tells[6]; /* of a success: its note; none, if there are none */
};

#define SLOT_START(n) (524288 + 65536 * (n))
#define SLOT(n)	      ((struct id_range){SLOT_START(n), 65536})

static struct id_set set_of(const struct id_range *ranges, size_t room)
{
	struct id_set set = {NULL, 0, 0};

	for (size_t i = 0; i < room && ranges[i].count; i++)
		assert_int_equal(id_set_add(&set, ranges[i]), 0);
	return set;
}

#define SET_OF(ranges) set_of(ranges, COUNT_OF(ranges))

static int decide(const struct row *row, struct settlement *ret, struct reason *why)
{
	const struct settle_request request = {
		.name = row->name ? row->name : "alice",
		.uid = row->uid ? row->uid : 1000,
		.gid = row->gid ? row->gid : 1000,
		.pool = row->pool.count ? row->pool : (struct id_range){SLOT_START(0), 5 * 65536},
		.size = row->size ? row->size : 65536,
		.by_uid = row->by_uid,
		.fixed = row->fixed,
		.fixed_by = "range =",
	};
	struct settle_sources sources = {
		.book = file_of(BOOK, row->book, book_parse_entry),
		.subuid = file_of(SUBUID, row->subuid, subfile_parse_entry),
		.subgid = file_of(SUBGID, row->subgid, subfile_parse_entry),
		.source = row->source ? strdup(row->source) : NULL,
		.asked = row->asked || row->unknown,
		.lib_uids = SET_OF(row->lib_uids),
		.lib_gids = SET_OF(row->lib_gids),
		.avoid = SET_OF(row->avoid),
		.accounts = {.uids = SET_OF(row->users), .gids = SET_OF(row->groups)},
	};
	int r;

	if (row->unknown)
		refuse(&sources.unknown, -EIO, "%s", row->unknown);
	r = settle_decide(&sources, &request, ret, why);

	sources_free(&sources);
	return r;
}

static unsigned int flags_of(const struct user_range *range)
{
	return (range->adopted ? ADOPTED : 0u) | (range->in_book ? 0u : TO_BOOK) |
	       (range->in_subuid ? 0u : TO_SUBUID) | (range->in_subgid ? 0u : TO_SUBGID);
}

static void check_settlement(const struct row *row, const struct settlement *found)
{
	unsigned int missing = 0;
	size_t count = 0;

	while (count < COUNT_OF(row->has) && row->has[count].uids.count)
		count++;
	if (found->count != count)
		fail_msg("%s: %zu ranges", row->about, found->count);
	for (size_t i = 0; i < count; i++) {
		const struct user_range *range = &found->ranges[i];
		const struct wanted *wanted = &row->has[i];
		const struct id_range gids = {wanted->gid_start ? wanted->gid_start
								: wanted->uids.start,
					      wanted->uids.count};

		if (!id_range_equal(range->uids, wanted->uids) ||
		    !id_range_equal(user_range_gids(range), gids) ||
		    flags_of(range) != wanted->flags)
			fail_msg("%s: range %zu: uids %u+%u, gids from %u, flags %u", row->about, i,
				 range->uids.start, range->uids.count, range->gid_start,
				 flags_of(range));
		missing |= wanted->flags & TO_ALL;
	}
	if (found->deny_setgroups != row->deny_setgroups || found->retire_name != row->retire_name)
		fail_msg("%s: deny-setgroups %d, retire %d", row->about, found->deny_setgroups,
			 found->retire_name);
	assert_int_equal(settlement_is_recorded(found), !missing);
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		struct settlement found, untouched;
		struct reason why = {""};
		int r;

		memset(&untouched, 1, sizeof(untouched));
		memset(&found, 1, sizeof(found));
		r = decide(row, &found, &why);
		if (r != row->r)
			fail_msg("%s: %d, %s", row->about, r, why.text);
		assert_tells(row->about, &why, row->tells, COUNT_OF(row->tells));
		if (!row->tells[0] && why.text[0])
			fail_msg("%s: says %s", row->about, why.text);
		if (r < 0)
			assert_memory_equal(&found, &untouched, sizeof(found));
		else
			check_settlement(row, &found);
	}
}

#define ALICE "alice:524288:65536\n"
#define OWN   "alice:524288:65536:uid=1000\n"

static void test_keeps(void **state)
{
	static const struct row rows[] = {
		{.about = "recorded everywhere",
		 .book = OWN,
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .has = {{SLOT(0), 0, 0}}},
		{.about = "copies by uid",
		 .book = OWN,
		 .subuid = "1000:524288:65536\n",
		 .subgid = "1000:524288:65536\n",
		 .has = {{SLOT(0), 0, 0}}},
		{.about = "both copies missing, no files",
		 .book = OWN,
		 .has = {{SLOT(0), 0, TO_COPIES}}},
		{.about = "subuid missing",
		 .book = OWN,
		 .subuid = "bob:100000:65536\n",
		 .subgid = ALICE,
		 .has = {{SLOT(0), 0, TO_SUBUID}}},
		{.about = "subgid missing",
		 .book = OWN,
		 .subuid = ALICE,
		 .subgid = "",
		 .has = {{SLOT(0), 0, TO_SUBGID}}},
		{.about = "a range elsewhere is no copy",
		 .book = OWN,
		 .subuid = "alice:100000:65536\n",
		 .subgid = "alice:100000:65536\n" ALICE,
		 .has = {{SLOT(0), 0, TO_SUBUID}}},
		{.about = "nor is a part of the range",
		 .book = OWN,
		 .subuid = "alice:524288:65535\n",
		 .subgid = "alice:524289:65535\n",
		 .has = {{SLOT(0), 0, TO_COPIES}}},
		{.about = "another's line of the same name is in nobody's way",
		 .book = "alice:589824:65536:uid=2000\n" OWN,
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .has = {{SLOT(0), 0, 0}}},
		{.about = "outside the pool, and more than the size",
		 .book = "alice:1000000:100000:uid=1000\n",
		 .has = {{{1000000, 100000}, 0, TO_COPIES}}},
		{.about = "outside the pool, and just the size",
		 .book = "alice:1000000:1000:uid=1000\n",
		 .size = 1000,
		 .has = {{{1000000, 1000}, 0, TO_COPIES}}},
		{.about = "deny-setgroups, gid and adopted",
		 .book = "alice:524288:65536:uid=1000,gid=700000,deny-setgroups,adopted\n",
		 .subuid = ALICE,
		 .subgid = "alice:700000:65536\n",
		 .has = {{SLOT(0), 700000, ADOPTED}},
		 .deny_setgroups = true},
		{.about = "a group range's copy is looked for where it starts",
		 .book = "alice:524288:65536:uid=1000,gid=700000\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .has = {{SLOT(0), 700000, TO_SUBGID}}},
		{.about = "malformed lines everywhere",
		 .book = "x\n" OWN,
		 .subuid = ALICE "x\n",
		 .subgid = "x\n" ALICE "y\n",
		 .has = {{SLOT(0), 0, 0}}},
		{.about = "also where the copies are missing",
		 .book = "x\n" OWN,
		 .subuid = "x\n",
		 .has = {{SLOT(0), 0, TO_COPIES}}},
		{.about = "others' uids may be one's gids",
		 .book = "alice:524288:65536:uid=1000,gid=700000\n"
			 "bob:700000:65536:uid=2000,gid=524288\n",
		 .subuid = ALICE "bob:700000:65536\n",
		 .subgid = "alice:700000:65536\nbob:524288:65536\n",
		 .has = {{SLOT(0), 700000, 0}}},
		{.about = "neighbours on both sides",
		 .book = "a:458752:65536:reserved\n" OWN "b:589824:65536:uid=2\n",
		 .subuid = ALICE "a:524287:1\nb:589824:1\n",
		 .subgid = ALICE "a:524287:1\nb:589824:1\n",
		 .has = {{SLOT(0), 0, 0}}},
		{.about = "the lowest start there may be",
		 .book = "alice:65536:10:uid=1000\n",
		 .size = 10,
		 .has = {{{65536, 10}, 0, TO_COPIES}}},
		{.about = "what is avoided since",
		 .book = OWN,
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .asked = true,
		 .avoid = {{0, 1000000}},
		 .has = {{SLOT(0), 0, 0}}},
		{.about = "by-uid gives one range, so nobody is asked for more",
		 .book = "alice:524288:10:uid=1000\n",
		 .by_uid = true,
		 .has = {{{524288, 10}, 0, TO_COPIES}}},
		{.about = "nor for what the policy names",
		 .book = "alice:524288:10:uid=1000\n",
		 .fixed = SLOT(3),
		 .has = {{{524288, 10}, 0, TO_COPIES}}},
		{.about = "nor where another source gives ids",
		 .book = "alice:524288:10:uid=1000\n",
		 .source = "sss",
		 .has = {{{524288, 10}, 0, 0}}},
		{.about = "by-uid is for new ranges",
		 .book = "alice:589824:65536:uid=1000\n",
		 .by_uid = true,
		 .has = {{SLOT(1), 0, TO_COPIES}}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

static void test_keeps_several(void **state)
{
	static const struct row rows[] = {
		{.about = "in the order of the book, whatever the starts",
		 .book = "alice:655360:65536:uid=1000\n"
			 "bob:589824:65536:uid=2000\n" OWN "alice:720896:10:uid=1000,gid=900000\n",
		 .size = 131082,
		 .has = {{SLOT(2), 0, TO_COPIES},
			 {SLOT(0), 0, TO_COPIES},
			 {{SLOT_START(3), 10}, 900000, TO_COPIES}}},
		{.about = "more than the size",
		 .book = OWN "alice:589824:65536:uid=1000\n",
		 .subuid = ALICE,
		 .subgid = "alice:589824:65536\n",
		 .size = 10,
		 .has = {{SLOT(0), 0, TO_SUBGID}, {SLOT(1), 0, TO_SUBUID}}},
		{.about = "a longer line of a copy holds both",
		 .book = OWN "alice:589824:65536:uid=1000\n",
		 .subuid = "alice:524288:131072\n",
		 .subgid = "alice:524288:131072\n",
		 .has = {{SLOT(0), 0, 0}, {SLOT(1), 0, 0}}},
		{.about = "two lines of a copy do not make one",
		 .book = OWN,
		 .subuid = "alice:524288:32768\nalice:557056:32768\n",
		 .subgid = ALICE,
		 .has = {{SLOT(0), 0, TO_SUBUID}}},
		{.about = "not what is retired or reserved between them",
		 .book = "alice:589824:65536:uid=1000,retired=2020-01-01\n" OWN
			 "alice:655360:65536:uid=1000,reserved\nalice:720896:65536:uid=1000\n",
		 .has = {{SLOT(0), 0, TO_COPIES}, {SLOT(3), 0, TO_COPIES}}},
		{.about = "any line forbids setgroups",
		 .book = OWN "alice:589824:65536:uid=1000,deny-setgroups\n",
		 .has = {{SLOT(0), 0, TO_COPIES}, {SLOT(1), 0, TO_COPIES}},
		 .deny_setgroups = true},
		{.about = "neighbours of one's own",
		 .book = "alice:524288:10:uid=1000,gid=524298\nalice:524298:10:uid=1000,gid="
			 "524288\n",
		 .size = 20,
		 .has = {{{524288, 10}, 524298, TO_COPIES}, {{524298, 10}, 524288, TO_COPIES}}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

static void test_asks(void **state)
{
	static const struct row rows[] = {
		{.about = "nothing at all", .r = -EAGAIN},
		{.about = "not in the book", .subuid = ALICE, .subgid = ALICE, .r = -EAGAIN},
		{.about = "another uid", .book = "alice:524288:65536:uid=2000\n", .r = -EAGAIN},
		{.about = "no uid", .book = "alice:524288:65536:\n", .r = -EAGAIN},
		{.about = "own line retired",
		 .book = "alice:524288:65536:uid=1000,retired=2020-01-01\n",
		 .r = -EAGAIN},
		{.about = "own line reserved",
		 .book = "alice:524288:65536:uid=1000,reserved\n",
		 .r = -EAGAIN},
		{.about = "own line malformed",
		 .book = "alice:524288:65536:uid=1000,x\n",
		 .r = -EAGAIN},
		{.about = "less than the size by one", .book = OWN, .size = 65537, .r = -EAGAIN},
		{.about = "several, and less than the size",
		 .book = OWN "alice:589824:10:uid=1000\n",
		 .size = 65547,
		 .r = -EAGAIN},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

static void test_adopts(void **state)
{
	static const struct row rows[] = {
		{.about = "equal halves",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .asked = true,
		 .lib_uids = {SLOT(0)},
		 .lib_gids = {SLOT(0)},
		 .has = {{SLOT(0), 0, ADOPTED | TO_BOOK}}},
		{.about = "by uid",
		 .subuid = "1000:524288:65536\n",
		 .subgid = ALICE,
		 .asked = true,
		 .lib_uids = {SLOT(0)},
		 .lib_gids = {SLOT(0)},
		 .has = {{SLOT(0), 0, ADOPTED | TO_BOOK}}},
		{.about = "outside the pool",
		 .subuid = "alice:100000:1000\n",
		 .subgid = "alice:100000:1000\n",
		 .asked = true,
		 .lib_uids = {{100000, 1000}},
		 .lib_gids = {{100000, 1000}},
		 .size = 1000,
		 .has = {{{100000, 1000}, 0, ADOPTED | TO_BOOK}}},
		{.about = "what is avoided",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .asked = true,
		 .lib_uids = {SLOT(0)},
		 .lib_gids = {SLOT(0)},
		 .avoid = {{0, 1000000}},
		 .has = {{SLOT(0), 0, ADOPTED | TO_BOOK}}},
		{.about = "so where a half lies on the other, it is not looked at as one",
		 .subuid = ALICE,
		 .subgid = ALICE "alice:524288:10\n",
		 .asked = true,
		 .lib_uids = {SLOT(0)},
		 .lib_gids = {SLOT(0), {SLOT_START(0), 10}},
		 .avoid = {{0, 1000000}},
		 .has = {{SLOT(0), 0, ADOPTED | TO_BOOK}}},
		{.about = "different starts",
		 .subuid = ALICE,
		 .subgid = "alice:700000:65536\n",
		 .asked = true,
		 .lib_uids = {SLOT(0)},
		 .lib_gids = {{700000, 65536}},
		 .has = {{SLOT(0), 700000, ADOPTED | TO_BOOK}}},
		{.about = "no uids yet",
		 .subgid = "alice:700000:1000\n",
		 .asked = true,
		 .lib_gids = {{700000, 1000}},
		 .size = 1000,
		 .has = {{{700000, 1000}, 0, ADOPTED | TO_BOOK | TO_SUBUID}}},
		{.about = "no gids yet",
		 .subuid = "alice:700000:1000\n",
		 .subgid = "bob:100000:1000\n",
		 .asked = true,
		 .lib_uids = {{700000, 1000}},
		 .size = 1000,
		 .has = {{{700000, 1000}, 0, ADOPTED | TO_BOOK | TO_SUBGID}}},
		{.about = "the own one behind a stranger's",
		 .subuid = "2000:600000:10\nalice:700000:10\n",
		 .subgid = "2000:600000:10\nalice:700000:10\n",
		 .asked = true,
		 .lib_uids = {{600000, 10}, {700000, 10}},
		 .lib_gids = {{600000, 10}, {700000, 10}},
		 .size = 10,
		 .has = {{{700000, 10}, 0, ADOPTED | TO_BOOK}}},
		{.about = "a stranger's between the own ones, in one half",
		 .subuid = "alice:700000:10\n2000:600000:10\nalice:800000:10\n",
		 .subgid = "alice:700000:10\nalice:800000:10\n",
		 .asked = true,
		 .lib_uids = {{700000, 10}, {600000, 10}, {800000, 10}},
		 .lib_gids = {{700000, 10}, {800000, 10}},
		 .size = 20,
		 .has = {{{700000, 10}, 0, ADOPTED | TO_BOOK},
			 {{800000, 10}, 0, ADOPTED | TO_BOOK}}},
		{.about = "a name of digits owns by its uid",
		 .subuid = "1000:700000:10\n2000:800000:10\n",
		 .subgid = "1000:700000:10\n2000:800000:10\n",
		 .name = "2000",
		 .asked = true,
		 .lib_uids = {{800000, 10}, {700000, 10}},
		 .lib_gids = {{800000, 10}, {700000, 10}},
		 .size = 10,
		 .has = {{{700000, 10}, 0, ADOPTED | TO_BOOK}}},
		{.about = "not what is retired",
		 .book = "alice:524288:65536:uid=1000,retired=2020-01-01\n",
		 .subuid = "alice:700000:10\n",
		 .subgid = "alice:700000:10\n",
		 .asked = true,
		 .lib_uids = {{700000, 10}},
		 .lib_gids = {{700000, 10}},
		 .size = 10,
		 .has = {{{700000, 10}, 0, ADOPTED | TO_BOOK}}},
		{.about = "nothing more, once the book has something",
		 .book = OWN,
		 .subuid = ALICE "alice:700000:10\n",
		 .subgid = ALICE "alice:700000:10\n",
		 .asked = true,
		 .lib_uids = {SLOT(0), {700000, 10}},
		 .lib_gids = {SLOT(0), {700000, 10}},
		 .has = {{SLOT(0), 0, 0}}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

static void test_adopts_several(void **state)
{
	static const struct row rows[] = {
		{.about = "as they come",
		 .subuid = "alice:800000:10\nalice:700000:20\nalice:900000:30\n",
		 .subgid = "alice:800000:10\nalice:700000:20\nalice:900000:30\n",
		 .asked = true,
		 .lib_uids = {{800000, 10}, {700000, 20}, {900000, 30}},
		 .lib_gids = {{800000, 10}, {700000, 20}, {900000, 30}},
		 .size = 60,
		 .has = {{{800000, 10}, 0, ADOPTED | TO_BOOK},
			 {{700000, 20}, 0, ADOPTED | TO_BOOK},
			 {{900000, 30}, 0, ADOPTED | TO_BOOK}}},
		{.about = "more than the size as well",
		 .subuid = "alice:700000:10\nalice:800000:10\n",
		 .subgid = "alice:700000:10\nalice:800000:10\n",
		 .asked = true,
		 .lib_uids = {{700000, 10}, {800000, 10}},
		 .lib_gids = {{700000, 10}, {800000, 10}},
		 .size = 5,
		 .has = {{{700000, 10}, 0, ADOPTED | TO_BOOK},
			 {{800000, 10}, 0, ADOPTED | TO_BOOK}}},
		{.about = "other starts of gids, and other lengths: the shorter one",
		 .subuid = "alice:700000:10\nalice:800000:20\n",
		 .subgid = "alice:710000:15\nalice:810000:5\n",
		 .asked = true,
		 .lib_uids = {{700000, 10}, {800000, 20}},
		 .lib_gids = {{710000, 15}, {810000, 5}},
		 .size = 15,
		 .has = {{{700000, 10}, 710000, ADOPTED | TO_BOOK},
			 {{800000, 5}, 810000, ADOPTED | TO_BOOK}}},
		{.about = "more uids than gids",
		 .subuid = "alice:700000:10\nalice:800000:20\n",
		 .subgid = "alice:700000:10\n",
		 .asked = true,
		 .lib_uids = {{700000, 10}, {800000, 20}},
		 .lib_gids = {{700000, 10}},
		 .size = 30,
		 .has = {{{700000, 10}, 0, ADOPTED | TO_BOOK},
			 {{800000, 20}, 0, ADOPTED | TO_BOOK | TO_SUBGID}}},
		{.about = "more gids than uids",
		 .subuid = "1000:700000:10\n",
		 .subgid = "alice:700000:10\n1000:800000:20\n",
		 .asked = true,
		 .lib_uids = {{700000, 10}},
		 .lib_gids = {{700000, 10}, {800000, 20}},
		 .size = 30,
		 .has = {{{700000, 10}, 0, ADOPTED | TO_BOOK},
			 {{800000, 20}, 0, ADOPTED | TO_BOOK | TO_SUBUID}}},
		{.about = "what is missing to the size is new",
		 .subuid = "alice:100000:1000\n",
		 .subgid = "alice:100000:1000\n",
		 .asked = true,
		 .lib_uids = {{100000, 1000}},
		 .lib_gids = {{100000, 1000}},
		 .has = {{{100000, 1000}, 0, ADOPTED | TO_BOOK},
			 {{SLOT_START(0), 64536}, 0, TO_ALL}}},
		{.about = "cut, and what is missing lies beyond what was cut off",
		 .subuid = ALICE,
		 .subgid = "alice:524288:10\n",
		 .asked = true,
		 .lib_uids = {SLOT(0)},
		 .lib_gids = {{SLOT_START(0), 10}},
		 .size = 20,
		 .has = {{{SLOT_START(0), 10}, 0, ADOPTED | TO_BOOK},
			 {{SLOT_START(1), 10}, 0, TO_ALL}}},
		{.about = "no room for what is missing",
		 .subuid = "alice:100000:1000\nbob:524288:327680\n",
		 .subgid = "alice:100000:1000\n",
		 .asked = true,
		 .lib_uids = {{100000, 1000}},
		 .lib_gids = {{100000, 1000}},
		 .has = {{{100000, 1000}, 0, ADOPTED | TO_BOOK}},
		 .tells = {"alice stays at 1000 ids", "64536 ids"}},
		{.about = "by-uid makes no second range",
		 .subuid = "alice:100000:1000\n",
		 .subgid = "alice:100000:1000\n",
		 .asked = true,
		 .lib_uids = {{100000, 1000}},
		 .lib_gids = {{100000, 1000}},
		 .by_uid = true,
		 .has = {{{100000, 1000}, 0, ADOPTED | TO_BOOK}}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

/*
 * The shorter length holds for both halves. The longer line stays a copy: a second line over
 * the same ids would be one extent too many for podman, as the kernel takes no overlaps.
 */
static void test_adopts_shorter_half(void **state)
{
	static const struct row rows[] = {
		{.about = "fewer gids",
		 .subuid = "alice:700000:65536\n",
		 .subgid = "alice:800000:1000\n",
		 .asked = true,
		 .lib_uids = {{700000, 65536}},
		 .lib_gids = {{800000, 1000}},
		 .size = 1000,
		 .has = {{{700000, 1000}, 800000, ADOPTED | TO_BOOK}}},
		{.about = "fewer uids",
		 .subuid = "alice:700000:1000\n",
		 .subgid = "alice:700000:65536\n",
		 .asked = true,
		 .lib_uids = {{700000, 1000}},
		 .lib_gids = {{700000, 65536}},
		 .size = 1000,
		 .has = {{{700000, 1000}, 0, ADOPTED | TO_BOOK}}},
		{.about = "in the book since",
		 .book = "alice:700000:1000:uid=1000,adopted\n",
		 .subuid = "alice:700000:1000\n",
		 .subgid = "alice:700000:65536\n",
		 .size = 1000,
		 .has = {{{700000, 1000}, 0, ADOPTED}}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

/* The kernel takes no map in which two extents overlap, so such a user would have no namespace. */
static void test_own_ranges_never_overlap(void **state)
{
	static const struct row rows[] = {
		{.about = "the book gives ids twice",
		 .book = OWN "# x\nalice:589823:10:uid=1000\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .r = -EEXIST,
		 .tells = {BOOK ":3", "alice"}},
		{.about = "just the gids",
		 .book = "alice:524288:10:uid=1000,gid=700000\nalice:524298:10:uid=1000,gid="
			 "700009\n",
		 .size = 20,
		 .r = -EEXIST,
		 .tells = {BOOK ":2", "alice"}},
		{.about = "uids are no matter of gids",
		 .book = "alice:589824:10:uid=1000\nalice:524288:10:uid=1000,gid=700000\n"
			 "alice:600000:10:uid=1000,gid=524288\n",
		 .size = 30,
		 .has = {{{589824, 10}, 0, TO_COPIES},
			 {{524288, 10}, 700000, TO_COPIES},
			 {{600000, 10}, 524288, TO_COPIES}}},
		{.about = "shadow's files give them twice: the first is adopted",
		 .subuid = "alice:700000:100\nalice:700050:100\nalice:800000:100\n",
		 .subgid = "alice:700000:100\nalice:700050:100\nalice:800000:100\n",
		 .asked = true,
		 .lib_uids = {{700000, 100}, {700050, 100}, {800000, 100}},
		 .lib_gids = {{700000, 100}, {700050, 100}, {800000, 100}},
		 .size = 200,
		 .has = {{{700000, 100}, 0, ADOPTED | TO_BOOK},
			 {{800000, 100}, 0, ADOPTED | TO_BOOK}}},
		{.about = "a missing half that is to be avoided, beside a whole range",
		 .subuid = "alice:100000:10\nalice:700000:10\n",
		 .subgid = "alice:100000:10\n",
		 .asked = true,
		 .lib_uids = {{100000, 10}, {700000, 10}},
		 .lib_gids = {{100000, 10}},
		 .avoid = {{100000, 10}, {700009, 1}},
		 .size = 10,
		 .has = {{{100000, 10}, 0, ADOPTED | TO_BOOK}},
		 .tells = {"the range 700000:10 is for one of", "700009:1", "left out"}},
		{.about = "a missing half cannot start where another one is",
		 .subuid = "alice:700000:10\nalice:800000:10\n",
		 .subgid = "alice:800000:10\n",
		 .asked = true,
		 .lib_uids = {{700000, 10}, {800000, 10}},
		 .lib_gids = {{800000, 10}},
		 .size = 10,
		 .has = {{{700000, 10}, 800000, ADOPTED | TO_BOOK}}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

static void test_chooses(void **state)
{
	static const struct row rows[] = {
		{.about = "the first on this host", .asked = true, .has = {{SLOT(0), 0, TO_ALL}}},
		{.about = "behind others",
		 .book = "a:524288:65536:uid=1\n",
		 .subuid = "b:589824:65536\n",
		 .subgid = "c:655360:65536\n",
		 .asked = true,
		 .has = {{SLOT(3), 0, TO_ALL}}},
		{.about = "in a hole",
		 .book = "a:524288:65536:uid=1\nc:655360:65536:uid=3\n",
		 .asked = true,
		 .has = {{SLOT(1), 0, TO_ALL}}},
		{.about = "not in a hole too small",
		 .subuid = "a:524288:1\n",
		 .subgid = "b:655359:1\n",
		 .asked = true,
		 .has = {{SLOT(2), 0, TO_ALL}}},
		{.about = "in a small hole when small",
		 .book = "a:524288:100:uid=1\n",
		 .subuid = "b:524400:100000\n",
		 .size = 12,
		 .asked = true,
		 .has = {{{524388, 12}, 0, TO_ALL}}},
		{.about = "not where a group range is",
		 .book = "a:1000000:65536:uid=1,gid=524288\n",
		 .asked = true,
		 .has = {{SLOT(1), 0, TO_ALL}}},
		{.about = "not what is reserved or retired",
		 .book = "a:524288:65536:reserved\nalice:589824:65536:uid=1000,retired=2020-01-"
			 "01\n",
		 .asked = true,
		 .has = {{SLOT(2), 0, TO_ALL}}},
		{.about = "not a line with no flag at all",
		 .book = "a:524288:65536:\n",
		 .asked = true,
		 .has = {{SLOT(1), 0, TO_ALL}}},
		{.about = "not what is the user's own, but that libsubid does not know",
		 .subuid = ALICE,
		 .asked = true,
		 .has = {{SLOT(1), 0, TO_ALL}}},
		{.about = "at the pool's end",
		 .subuid = "a:524288:262144\n",
		 .asked = true,
		 .has = {{SLOT(4), 0, TO_ALL}}},
		{.about = "not below 65536, whatever the pool",
		 .pool = {0, 200000},
		 .size = 10,
		 .asked = true,
		 .has = {{{65536, 10}, 0, TO_ALL}}},
		{.about = "a stranger's answer is not believed",
		 .subuid = "bob:700000:10\n",
		 .subgid = "2000:800000:10\n",
		 .asked = true,
		 .lib_uids = {{700000, 10}},
		 .lib_gids = {{800000, 10}},
		 .has = {{SLOT(0), 0, TO_ALL}}},
		{.about = "nor one that no line has",
		 .subuid = "alice:700000:9\nalice:700001:10\n",
		 .asked = true,
		 .lib_uids = {{700000, 10}},
		 .lib_gids = {{700000, 10}},
		 .has = {{SLOT(0), 0, TO_ALL}}},
		{.about = "nor one of the other file",
		 .subuid = "alice:700000:10\n",
		 .asked = true,
		 .lib_gids = {{700000, 10}},
		 .has = {{SLOT(0), 0, TO_ALL}}},
		{.about = "the name's former user is retired",
		 .book = "alice:524288:65536:uid=2000,retired=2020-01-01\n",
		 .asked = true,
		 .has = {{SLOT(1), 0, TO_ALL}}},
		{.about = "a program is called so",
		 .book = "alice:524288:65536:reserved\n",
		 .asked = true,
		 .has = {{SLOT(1), 0, TO_ALL}}},
		{.about = "not what is to be avoided",
		 .asked = true,
		 .avoid = {{655360, 1}, {0, 524289}, {524289, 65536}},
		 .has = {{SLOT(3), 0, TO_ALL}}},
		{.about = "just beside what is to be avoided",
		 .asked = true,
		 .avoid = {{0, 524288}, {589824, 4000000}},
		 .has = {{SLOT(0), 0, TO_ALL}}},
		{.about = "not where real users and groups are",
		 .asked = true,
		 .users = {{524288, 1}, {655359, 1}},
		 .groups = {{700000, 1}},
		 .has = {{SLOT(3), 0, TO_ALL}}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

/* Directories that do not list their users do not list this one either. */
static void test_chooses_clear_of_own_id(void **state)
{
	static const struct row rows[] = {
		{.about = "uid", .uid = 524300, .asked = true, .has = {{SLOT(1), 0, TO_ALL}}},
		{.about = "gid", .gid = 524288, .asked = true, .has = {{SLOT(1), 0, TO_ALL}}},
		{.about = "both",
		 .uid = 589823,
		 .gid = 600000,
		 .asked = true,
		 .has = {{SLOT(2), 0, TO_ALL}}},
		{.about = "when growing",
		 .uid = 600000,
		 .book = "alice:524288:65536:uid=600000\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .size = 131072,
		 .asked = true,
		 .has = {{SLOT(0), 0, 0}, {SLOT(2), 0, TO_ALL}}},
		{.about = "by uid",
		 .uid = 524300,
		 .asked = true,
		 .by_uid = true,
		 .r = -EEXIST,
		 .tells = {"alice", "524288:65536"}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

static void test_grows(void **state)
{
	static const struct row rows[] = {
		{.about = "by one range of the difference",
		 .book = OWN,
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .size = 196608,
		 .asked = true,
		 .has = {{SLOT(0), 0, 0}, {{SLOT_START(1), 131072}, 0, TO_ALL}}},
		{.about = "by a few ids",
		 .book = OWN "bob:589824:5:uid=2000\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .size = 65546,
		 .asked = true,
		 .has = {{SLOT(0), 0, 0}, {{589829, 10}, 0, TO_ALL}}},
		{.about = "into a hole before",
		 .book = "alice:589824:65536:uid=1000\n",
		 .size = 131072,
		 .asked = true,
		 .has = {{SLOT(1), 0, TO_COPIES}, {SLOT(0), 0, TO_ALL}}},
		{.about = "several become one more",
		 .book = "alice:786432:65536:uid=1000,adopted\n" OWN,
		 .size = 196608,
		 .asked = true,
		 .has = {{SLOT(4), 0, ADOPTED | TO_COPIES},
			 {SLOT(0), 0, TO_COPIES},
			 {SLOT(1), 0, TO_ALL}}},
		{.about = "what shadow's files have besides is not taken",
		 .book = OWN,
		 .subuid = ALICE "alice:589824:65536\n",
		 .subgid = ALICE,
		 .lib_uids = {SLOT(0), SLOT(1)},
		 .lib_gids = {SLOT(0)},
		 .size = 131072,
		 .asked = true,
		 .has = {{SLOT(0), 0, 0}, {SLOT(2), 0, TO_ALL}}},
		{.about = "clear of avoided and real ids",
		 .book = OWN,
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .size = 131072,
		 .asked = true,
		 .avoid = {{589900, 1}},
		 .users = {{655360, 1}},
		 .groups = {{786431, 1}},
		 .has = {{SLOT(0), 0, 0}, {SLOT(4), 0, TO_ALL}}},
		{.about = "deny-setgroups goes on",
		 .book = "alice:524288:65536:uid=1000,deny-setgroups\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .size = 131072,
		 .asked = true,
		 .has = {{SLOT(0), 0, 0}, {SLOT(1), 0, TO_ALL}},
		 .deny_setgroups = true},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

/* What was handed out keeps working, also where nothing more can be. */
static void test_stays(void **state)
{
	static const struct row rows[] = {
		{.about = "the pool is full",
		 .book = OWN "bob:589824:262144:uid=2000\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .size = 131072,
		 .asked = true,
		 .has = {{SLOT(0), 0, 0}},
		 .tells = {"alice stays at 65536 ids", "no 65536 ids", "userns.conf"}},
		{.about = "it is full, and copies are missing",
		 .book = OWN "bob:589824:262144:uid=2000\n",
		 .size = 131072,
		 .asked = true,
		 .has = {{SLOT(0), 0, TO_COPIES}},
		 .tells = {"alice stays at 65536 ids"}},
		{.about = "a malformed line in the book",
		 .book = "x\n" OWN,
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .size = 131072,
		 .asked = true,
		 .has = {{SLOT(0), 0, 0}},
		 .tells = {"alice stays at 65536 ids", BOOK ":1", "malformed"}},
		{.about = "a malformed line in subgid, and copies are missing",
		 .book = OWN,
		 .subgid = "bob:1\n",
		 .size = 131072,
		 .asked = true,
		 .has = {{SLOT(0), 0, TO_COPIES}},
		 .tells = {"alice stays at 65536 ids", SUBGID ":1", "malformed"}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

static void test_most_ranges(void **state)
{
	char book[USER_RANGES_MAX * 40 + 80] = "";
	struct settlement settled;
	struct reason why = {""};
	struct row row = {.asked = true, .book = book, .size = USER_RANGES_MAX * 10};
	size_t used = 0;

	(void)state;
	for (unsigned int i = 0; i < USER_RANGES_MAX; i++) {
		used += (size_t)snprintf(book + used, sizeof(book) - used, "alice:%u:10:uid=1000\n",
					 700000 - i * 10);
		if (i != USER_RANGES_MAX - 2)
			continue;
		/* One less than the most, so there is room for one more. */
		assert_int_equal(decide(&row, &settled, &why), 0);
		assert_string_equal(why.text, "");
		assert_int_equal(settled.count, USER_RANGES_MAX);
		assert_true(id_range_equal(settled.ranges[USER_RANGES_MAX - 1].uids,
					   (struct id_range){SLOT_START(0), 10}));
	}
	assert_int_equal(decide(&row, &settled, &why), 0);
	assert_string_equal(why.text, "");
	for (unsigned int i = 0; i < USER_RANGES_MAX; i++)
		assert_int_equal(settled.ranges[i].uids.start, 700000 - i * 10);
	row.size++;
	assert_int_equal(decide(&row, &settled, &why), 0);
	assert_int_equal(settled.count, USER_RANGES_MAX);
	TELLS("no more", &why, "alice stays at 640 ids", "more than 64 ranges");
	snprintf(book + used, sizeof(book) - used, "alice:800000:1:uid=1000\n");
	assert_int_equal(decide(&row, &settled, &why), -E2BIG);
	TELLS("too many", &why, "more than 64 ranges");
}

static void test_by_uid(void **state)
{
	static const struct row rows[] = {
		{.about = "the first slot",
		 .by_uid = true,
		 .asked = true,
		 .has = {{SLOT(0), 0, TO_ALL}}},
		{.about = "another slot, though the first is free",
		 .uid = 1003,
		 .by_uid = true,
		 .asked = true,
		 .has = {{SLOT(3), 0, TO_ALL}}},
		{.about = "the last slot",
		 .uid = 1004,
		 .by_uid = true,
		 .asked = true,
		 .has = {{SLOT(4), 0, TO_ALL}}},
		{.about = "whoever came before",
		 .uid = 1003,
		 .book = "bob:524288:65536:uid=1000\ncarol:786432:65536:uid=1004\n",
		 .subuid = "dave:589824:65536\n",
		 .by_uid = true,
		 .asked = true,
		 .has = {{SLOT(3), 0, TO_ALL}}},
		{.about = "the largest uid",
		 .uid = 4294967294,
		 .by_uid = true,
		 .asked = true,
		 .has = {{SLOT(4), 0, TO_ALL}}},
		{.about = "what is behind the last whole slot belongs to none",
		 .uid = 1004,
		 .pool = {SLOT_START(0), 5 * 65536 - 1},
		 .by_uid = true,
		 .asked = true,
		 .has = {{SLOT(0), 0, TO_ALL}}},
		{.about = "small slots",
		 .uid = 1007,
		 .pool = {600001, 1000},
		 .size = 10,
		 .by_uid = true,
		 .asked = true,
		 .has = {{{600071, 10}, 0, TO_ALL}}},
		{.about = "a slot as large as the pool",
		 .uid = 1007,
		 .size = 5 * 65536,
		 .by_uid = true,
		 .asked = true,
		 .has = {{{SLOT_START(0), 5 * 65536}, 0, TO_ALL}}},
		{.about = "slots of 65536 start at multiples of it, as all such ranges do",
		 .pool = {600000, 655360},
		 .by_uid = true,
		 .asked = true,
		 .has = {{SLOT(3), 0, TO_ALL}}}, /* the second of nine */
		{.about = "the pool is too small",
		 .size = 5 * 65536 + 1,
		 .by_uid = true,
		 .asked = true,
		 .r = -ENOSPC,
		 .tells = {"pool", "327681 ids"}},
		{.about = "adoption goes first",
		 .subuid = "alice:700000:65536\n",
		 .subgid = "alice:700000:65536\n",
		 .lib_uids = {{700000, 65536}},
		 .lib_gids = {{700000, 65536}},
		 .by_uid = true,
		 .asked = true,
		 .has = {{{700000, 65536}, 0, ADOPTED | TO_BOOK}}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

#define ALICES_SLOT .by_uid = true, .asked = true, .r = -EEXIST

/* Never another place: it would not be the same on every host. */
static void test_by_uid_conflicts(void **state)
{
	static const struct row rows[] = {
		{.about = "another uid of the same slot",
		 .book = "bob:524288:65536:uid=1005\n",
		 ALICES_SLOT,
		 .tells = {"alice's place 524288:65536", "bob", "524288:65536", BOOK ":1"}},
		{.about = "and its neighbours are not what is met",
		 .book = "bob:524288:65536:uid=1005\ncarol:589824:65536:uid=1001\n",
		 ALICES_SLOT,
		 .tells = {"bob's 524288:65536", BOOK ":1"}},
		{.about = "a line of subuid",
		 .subuid = "carol:400000:1\nbob:589823:10\n",
		 ALICES_SLOT,
		 .tells = {"alice's place", "bob", "589823:10", SUBUID ":2"}},
		{.about = "a line of subgid",
		 .subgid = "bob:500000:65536\n",
		 ALICES_SLOT,
		 .tells = {"alice's place", "bob", "500000:65536", SUBGID ":1"}},
		{.about = "a group range of the book",
		 .book = "bob:700000:65536:uid=7,gid=589823\n",
		 ALICES_SLOT,
		 .tells = {"alice's place", "bob", BOOK ":1"}},
		{.about = "own former range",
		 .book = "alice:524288:65536:uid=1000,retired=2020-01-01\n",
		 ALICES_SLOT,
		 .tells = {"alice's place", BOOK ":1"}},
		{.about = "avoided",
		 .avoid = {{524290, 5}},
		 ALICES_SLOT,
		 .tells = {"alice's place", "524290:5", "avoid"}},
		{.about = "a real user",
		 .users = {{524299, 1}},
		 ALICES_SLOT,
		 .tells = {"alice's place", "524299"}},
		{.about = "a real group",
		 .groups = {{589823, 1}},
		 ALICES_SLOT,
		 .tells = {"alice's place", "589823"}},
		{.about = "the host's own ids",
		 .pool = {0, 200000},
		 .size = 10,
		 ALICES_SLOT,
		 .tells = {"alice's place 10000:10"}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

/* The directory did not answer: who has something keeps it, and nobody gets anything. */
static void test_unknown(void **state)
{
	static const struct row rows[] = {
		{.about = "kept",
		 .book = OWN,
		 .size = 131072,
		 .unknown = "slapd is down",
		 .has = {{SLOT(0), 0, TO_COPIES}},
		 .tells = {"alice stays at 65536 ids", "slapd is down"}},
		{.about = "kept, and that is all there is to give",
		 .book = OWN,
		 .subuid = ALICE,
		 .unknown = "slapd is down",
		 .has = {{SLOT(0), 0, TO_SUBGID}}},
		{.about = "new", .unknown = "slapd is down", .r = -EIO, .tells = {"slapd is down"}},
		{.about = "new, by uid",
		 .unknown = "slapd is down",
		 .by_uid = true,
		 .r = -EIO,
		 .tells = {"slapd is down"}},
		{.about = "a conflict is one all the same",
		 .book = OWN "bob:524288:1:uid=2000\n",
		 .size = 131072,
		 .unknown = "slapd is down",
		 .r = -EEXIST,
		 .tells = {"alice's range", "bob's"}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

/* The policy names the range: this one, wherever it is, and no other. */
static void test_fixed(void **state)
{
	static const struct row rows[] = {
		{.about = "in the pool, and by-uid gives way",
		 .fixed = SLOT(3),
		 .by_uid = true,
		 .asked = true,
		 .has = {{SLOT(3), 0, TO_ALL}}},
		{.about = "outside the pool, not aligned",
		 .fixed = {1200000001, 10},
		 .size = 10,
		 .asked = true,
		 .has = {{{1200000001, 10}, 0, TO_ALL}}},
		{.about = "taken",
		 .book = "bob:720896:65536:uid=2000\n",
		 .fixed = SLOT(3),
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {"alice's place 720896:65536", "range =", "bob's 720896:65536",
			   BOOK ":1"}},
		{.about = "avoided",
		 .avoid = {{0, 4294967295}},
		 .fixed = SLOT(3),
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {"alice's place", "avoid"}},
		{.about = "the host's own ids",
		 .fixed = {65535, 10},
		 .size = 10,
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {"alice's place 65535:10"}},
		{.about = "malformed",
		 .subgid = "x\n",
		 .fixed = SLOT(3),
		 .asked = true,
		 .r = -EINVAL,
		 .tells = {SUBGID ":1"}},
		{.about = "who has another keeps it",
		 .book = OWN,
		 .fixed = SLOT(3),
		 .has = {{SLOT(0), 0, TO_COPIES}}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

/* nsswitch.conf names another source than shadow's files, to which nothing can be written. */
static void test_other_source(void **state)
{
	static const struct row rows[] = {
		{.about = "adopted, and in need of no copies",
		 .source = "sss",
		 .asked = true,
		 .lib_uids = {{2147500000, 65536}},
		 .lib_gids = {{2147500000, 65536}},
		 .has = {{{2147500000, 65536}, 0, ADOPTED | TO_BOOK}}},
		{.about = "kept", .source = "sss", .book = OWN, .has = {{SLOT(0), 0, 0}}},
		{.about = "less than the size",
		 .source = "sss",
		 .asked = true,
		 .lib_uids = {{2147500000, 10}},
		 .lib_gids = {{2147500000, 10}},
		 .has = {{{2147500000, 10}, 0, ADOPTED | TO_BOOK}}},
		{.about = "none",
		 .source = "sss",
		 .asked = true,
		 .r = -EOPNOTSUPP,
		 .tells = {"'sss'", "alice", "nsswitch.conf"}},
		{.about = "another's all the same",
		 .source = "sss",
		 .book = "bob:524288:10:uid=2000\n",
		 .asked = true,
		 .lib_uids = {SLOT(0)},
		 .lib_gids = {SLOT(0)},
		 .r = -EEXIST,
		 .tells = {"alice's range", "bob's", BOOK ":1"}},
		{.about = "not what the name had as another's",
		 .source = "sss",
		 .book = "alice:524288:10:uid=2000\n",
		 .asked = true,
		 .lib_uids = {SLOT(0), SLOT(1)},
		 .lib_gids = {SLOT(0), SLOT(1)},
		 .r = -EOPNOTSUPP,
		 .tells = {"'sss'", "alice"}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

#define NAMESAKE "alice:524288:65536:uid=2000\n"

static void test_name_was_anothers(void **state)
{
	static const struct row rows[] = {
		{.about = "a new range",
		 .book = NAMESAKE,
		 .asked = true,
		 .has = {{SLOT(1), 0, TO_ALL}},
		 .retire_name = true},
		{.about = "the namesake's lines are not adopted",
		 .book = NAMESAKE,
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .lib_uids = {SLOT(0)},
		 .lib_gids = {SLOT(0)},
		 .asked = true,
		 .has = {{SLOT(1), 0, TO_ALL}},
		 .retire_name = true},
		{.about = "nor where the gids are elsewhere, or only a part",
		 .book = "alice:524288:65536:uid=2000,gid=700000\n",
		 .subuid = "alice:524288:10\n",
		 .subgid = "alice:765535:10\n",
		 .lib_uids = {{524288, 10}},
		 .lib_gids = {{765535, 10}},
		 .asked = true,
		 .has = {{SLOT(1), 0, TO_ALL}},
		 .retire_name = true},
		{.about = "nor of any of several lines",
		 .book = NAMESAKE "alice:700000:10:uid=2000\nalice:800000:10:uid=3000\n",
		 .subuid = ALICE "alice:700000:10\nalice:800000:10\n",
		 .subgid = "alice:800000:10\n",
		 .lib_uids = {SLOT(0), {700000, 10}, {800000, 10}},
		 .lib_gids = {{800000, 10}},
		 .size = 10,
		 .asked = true,
		 .has = {{{589824, 10}, 0, TO_ALL}},
		 .retire_name = true},
		{.about = "nor what may be the new person's: nobody can tell",
		 .book = NAMESAKE,
		 .subuid = ALICE "alice:1000000:65536\n1000:1100000:65536\n",
		 .subgid = ALICE "alice:1000000:65536\n1000:1100000:65536\n",
		 .lib_uids = {SLOT(0), {1000000, 65536}, {1100000, 65536}},
		 .lib_gids = {SLOT(0), {1000000, 65536}, {1100000, 65536}},
		 .asked = true,
		 .has = {{SLOT(1), 0, TO_ALL}},
		 .retire_name = true},
		{.about = "once that is retired, what is there is adopted",
		 .book = "alice:524288:65536:uid=2000,retired=2020-01-01\n",
		 .subuid = "alice:1000000:65536\n",
		 .subgid = "alice:1000000:65536\n",
		 .lib_uids = {{1000000, 65536}},
		 .lib_gids = {{1000000, 65536}},
		 .asked = true,
		 .has = {{{1000000, 65536}, 0, ADOPTED | TO_BOOK}}},
		{.about = "with nothing to give, nothing is retired",
		 .book = NAMESAKE "bob:589824:262144:uid=3000\n",
		 .asked = true,
		 .r = -ENOSPC,
		 .tells = {"65536 ids"}},
		{.about = "nor while a line is malformed",
		 .book = NAMESAKE "x\n",
		 .asked = true,
		 .r = -EINVAL,
		 .tells = {BOOK ":2"}},
		{.about = "a name of digits is nobody's name in the book",
		 .book = "2000:524288:65536:uid=2000\n",
		 .subuid = "2000:524288:65536\n",
		 .subgid = "2000:524288:65536\n",
		 .name = "2000",
		 .lib_uids = {SLOT(0)},
		 .lib_gids = {SLOT(0)},
		 .asked = true,
		 .has = {{SLOT(1), 0, TO_ALL}}},
		{.about = "who is written by uid is known by that",
		 .book = "1000:524288:65536:uid=3000\n",
		 .name = "a:b",
		 .asked = true,
		 .has = {{SLOT(1), 0, TO_ALL}},
		 .retire_name = true},
		{.about = "another case is another name",
		 .book = "Alice:524288:65536:uid=2000\n",
		 .asked = true,
		 .has = {{SLOT(1), 0, TO_ALL}}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

static void test_refuses_names(void **state)
{
	static const struct row rows[] = {
		{.about = "it is not said whose it is",
		 .book = "alice:524288:65536:\n",
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {BOOK ":1", "'alice'", "add uid=1000"}},
		{.about = "also where there is something to adopt",
		 .book = "alice:524288:65536:adopted\n",
		 .subuid = "alice:700000:10\n",
		 .subgid = "alice:700000:10\n",
		 .asked = true,
		 .lib_uids = {{700000, 10}},
		 .lib_gids = {{700000, 10}},
		 .r = -EEXIST,
		 .tells = {BOOK ":1", "add uid=1000"}},
		{.about = "the uid was another's",
		 .book = "maid:524288:65536:uid=1000\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .r = -EEXIST,
		 .tells = {BOOK ":1", "uid 1000", "'maid'", "'alice'", "userns revoke"}},
		{.about = "the uid was another's, in a later line",
		 .book = OWN "# x\nmaid:589824:65536:uid=1000\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .r = -EEXIST,
		 .tells = {BOOK ":3", "'maid'", "'alice'"}},
		{.about = "the uid was one's that is written by uid",
		 .book = "1000:524288:65536:uid=1000\n",
		 .r = -EEXIST,
		 .tells = {BOOK ":1", "'1000'", "'alice'"}},
		{.about = "and the other way round",
		 .book = OWN,
		 .name = "a b",
		 .r = -EEXIST,
		 .tells = {BOOK ":1", "'alice'", "'1000'"}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

#define ADOPT_FIRST .asked = true, .lib_uids = {SLOT(0)}, .lib_gids = {SLOT(0)}

static void test_refuses_overlaps(void **state)
{
	static const struct row rows[] = {
		{.about = "kept, the book gives it twice",
		 .book = OWN "bob:589823:10:uid=2000\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .r = -EEXIST,
		 .tells = {"alice's range 524288:65536", "bob's 589823:10", BOOK ":2"}},
		{.about = "kept, the second range",
		 .book = OWN "alice:700000:10:uid=1000\nbob:700009:10:uid=2000\n",
		 .r = -EEXIST,
		 .tells = {"alice's range 700000:10", "bob's 700009:10", BOOK ":3"}},
		{.about = "kept, another's group range",
		 .book = OWN "bob:700000:10:uid=2000,gid=524288\n",
		 .r = -EEXIST,
		 .tells = {"alice's", "bob's", BOOK ":2"}},
		{.about = "kept, own group range",
		 .book = "alice:524288:65536:uid=1000,gid=700000\nbob:700009:10:uid=2000\n",
		 .r = -EEXIST,
		 .tells = {"alice's range 700000:65536", "bob's", BOOK ":2"}},
		{.about = "kept, just the uids",
		 .book = "alice:524288:10:uid=1000,gid=700000\nbob:524288:10:uid=2000\n",
		 .size = 10,
		 .r = -EEXIST,
		 .tells = {"alice's range 524288:10", "bob's", BOOK ":2"}},
		{.about = "kept, reserved since",
		 .book = OWN "incus:500000:100000:reserved\n",
		 .r = -EEXIST,
		 .tells = {"alice's", "incus's", BOOK ":2"}},
		{.about = "kept, own former range",
		 .book = OWN "alice:524288:1:uid=1000,retired=2020-01-01\n",
		 .r = -EEXIST,
		 .tells = {BOOK ":2"}},
		{.about = "kept, a namesake's",
		 .book = OWN "alice:524288:1:uid=2000\n",
		 .r = -EEXIST,
		 .tells = {BOOK ":2"}},
		{.about = "kept, a line without uid",
		 .book = OWN "alice:524288:65536:\n",
		 .r = -EEXIST,
		 .tells = {BOOK ":2"}},
		{.about = "kept, subuid",
		 .book = OWN,
		 .subuid = ALICE "\nbob:524287:2\n",
		 .subgid = ALICE,
		 .r = -EEXIST,
		 .tells = {"alice's", "bob's 524287:2", SUBUID ":3"}},
		{.about = "kept, subgid by uid",
		 .book = OWN,
		 .subuid = ALICE,
		 .subgid = "2000:589823:1\n" ALICE,
		 .r = -EEXIST,
		 .tells = {"alice's", "2000's 589823:1", SUBGID ":1"}},
		{.about = "adopted, book",
		 .book = "bob:524288:65536:uid=2000\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 ADOPT_FIRST,
		 .r = -EEXIST,
		 .tells = {"alice's", "bob's", BOOK ":1"}},
		{.about = "adopted, the second range",
		 .book = "bob:700000:10:uid=2000\n",
		 .subuid = ALICE "alice:700000:10\n",
		 .subgid = ALICE "alice:700000:10\n",
		 .asked = true,
		 .lib_uids = {SLOT(0), {700000, 10}},
		 .lib_gids = {SLOT(0), {700000, 10}},
		 .r = -EEXIST,
		 .tells = {"alice's range 700000:10", "bob's", BOOK ":1"}},
		{.about = "adopted, retired",
		 .book = "alice:524288:65536:uid=2000,retired=2020-01-01\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 ADOPT_FIRST,
		 .r = -EEXIST,
		 .tells = {"alice's", BOOK ":1"}},
		{.about = "adopted, reserved",
		 .book = "incus:524288:65536:reserved\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 ADOPT_FIRST,
		 .r = -EEXIST,
		 .tells = {"alice's", "incus's", BOOK ":1"}},
		{.about = "adopted, subuid",
		 .subuid = ALICE "bob:500000:65536\n",
		 .subgid = ALICE,
		 ADOPT_FIRST,
		 .r = -EEXIST,
		 .tells = {"alice's", "bob's", SUBUID ":2"}},
		{.about = "adopted, the missing half is another's",
		 .subuid = ALICE,
		 .subgid = "bob:524288:65536\n",
		 .asked = true,
		 .lib_uids = {SLOT(0)},
		 .r = -EEXIST,
		 .tells = {"alice's", "bob's", SUBGID ":1"}},
		{.about = "adopted, the missing uids are to be avoided",
		 .subgid = ALICE,
		 .asked = true,
		 .lib_gids = {SLOT(0)},
		 .avoid = {{589823, 10}},
		 .r = -EEXIST,
		 .tells = {"alice's range 524288:65536 is for one of", "589823:10"}},
		{.about = "a name of digits has no claim to that uid's range",
		 .book = "1000:524288:65536:uid=1000\n",
		 .subuid = "2000:524288:65536\n",
		 .name = "2000",
		 .r = -EEXIST,
		 .tells = {"2000's", SUBUID ":1"}},
		{.about = "growth does not hide it",
		 .book = OWN "bob:589823:10:uid=2000\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .size = 131072,
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {"alice's range 524288:65536", "bob's 589823:10", BOOK ":2"}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

static void test_refuses_real_accounts(void **state)
{
	static const struct row rows[] = {
		{.about = "kept, a user",
		 .book = OWN,
		 .users = {{400000, 1}, {524300, 1}},
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {"alice's range 524288:65536", "524300", "real user"}},
		{.about = "kept, a group",
		 .book = OWN,
		 .groups = {{589823, 1}},
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {"alice's range 524288:65536", "589823", "real group"}},
		{.about = "kept, in the gids' own place",
		 .book = "alice:524288:65536:uid=1000,gid=700000\n",
		 .groups = {{700000, 1}},
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {"alice's range 700000:65536", "700000", "real group"}},
		{.about = "a user among the gids is none of these ids",
		 .book = "alice:524288:65536:uid=1000,gid=700000\n",
		 .users = {{700000, 1}},
		 .groups = {{524288, 1}},
		 .asked = true,
		 .has = {{SLOT(0), 700000, TO_COPIES}}},
		{.about = "beside the range",
		 .book = OWN,
		 .users = {{524287, 1}, {589824, 1}},
		 .groups = {{524287, 1}, {589824, 1}},
		 .asked = true,
		 .has = {{SLOT(0), 0, TO_COPIES}}},
		{.about = "adopted",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 ADOPT_FIRST,
		 .users = {{524288, 1}},
		 .r = -EEXIST,
		 .tells = {"alice's", "524288", "real user"}},
		{.about = "the second range",
		 .book = OWN "alice:700000:10:uid=1000\n",
		 .users = {{700009, 1}},
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {"alice's range 700000:10", "700009"}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

/* Else another's containers would run as this user. */
static void test_refuses_own_ids_in_ranges(void **state)
{
	static const struct row rows[] = {
		{.about = "uid in the book, kept",
		 .book = "bob:600000:10:uid=2000\nalice:700000:10:uid=600009\n",
		 .uid = 600009,
		 .size = 10,
		 .r = -EEXIST,
		 .tells = {"alice's own uid 600009", "bob's range 600000:10", BOOK ":1"}},
		{.about = "uid in the book, new",
		 .book = "bob:600000:10:uid=2000\n",
		 .uid = 600000,
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {"alice's own uid 600000", "bob's range", BOOK ":1"}},
		{.about = "uid in what is reserved",
		 .book = "incus:1000000:1000000000:reserved\n",
		 .uid = 1000000,
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {"alice's own uid 1000000", "incus's range", BOOK ":1"}},
		{.about = "uid in one's own range",
		 .book = "alice:600000:10:uid=600005\n",
		 .uid = 600005,
		 .size = 10,
		 .r = -EEXIST,
		 .tells = {"alice's own uid 600005", "600000:10", BOOK ":1"}},
		{.about = "gid in the book",
		 .book = "bob:600000:10:uid=2000,gid=700000\n",
		 .gid = 700000,
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {"alice's own gid 700000", "bob's range", BOOK ":1"}},
		{.about = "uids and gids are no matter of each other",
		 .book = "bob:600000:10:uid=2000,gid=700000\n",
		 .uid = 700000,
		 .gid = 600000,
		 .subuid = "carol:600000:10\n",
		 .subgid = "carol:700000:10\n",
		 .asked = true,
		 .size = 10,
		 .has = {{{524288, 10}, 0, TO_ALL}}},
		{.about = "uid in subuid",
		 .subuid = "# x\nbob:600000:10\n",
		 .uid = 600000,
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {"alice's own uid 600000", "bob's range 600000:10", SUBUID ":2"}},
		{.about = "gid in subgid",
		 .subgid = "bob:600000:10\n",
		 .gid = 600009,
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {"alice's own gid 600009", "bob's range 600000:10", SUBGID ":1"}},
		{.about = "beside",
		 .book = "bob:600000:10:uid=2000\nalice:700000:10:uid=599999\n",
		 .uid = 599999,
		 .gid = 600010,
		 .subuid = "bob:600000:10\n",
		 .subgid = "bob:600000:10\n",
		 .size = 10,
		 .has = {{{700000, 10}, 0, TO_COPIES}}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

static void test_refuses_low_ids(void **state)
{
	static const struct row rows[] = {
		{.about = "kept",
		 .book = "alice:65535:10:uid=1000\n",
		 .size = 10,
		 .r = -EEXIST,
		 .tells = {"alice", "65535:10", "below 65536"}},
		{.about = "kept, just the uids",
		 .book = "alice:100:10:uid=1000,gid=524288\n",
		 .size = 10,
		 .r = -EEXIST,
		 .tells = {"alice", "below 65536"}},
		{.about = "kept, just the gids",
		 .book = "alice:524288:10:uid=1000,gid=0\n",
		 .size = 10,
		 .r = -EEXIST,
		 .tells = {"alice", "below 65536"}},
		{.about = "kept, the second range",
		 .book = OWN "alice:60000:10:uid=1000\n",
		 .r = -EEXIST,
		 .tells = {"alice", "60000:10", "below 65536"}},
		{.about = "adopted",
		 .subuid = "alice:2000:100000\n",
		 .subgid = "alice:2000:100000\n",
		 .asked = true,
		 .lib_uids = {{2000, 100000}},
		 .lib_gids = {{2000, 100000}},
		 .r = -EEXIST,
		 .tells = {"alice", "2000:100000", "below 65536"}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

static void test_refuses_while_malformed(void **state)
{
	static const struct row rows[] = {
		{.about = "book",
		 .book = "bob:1:1:uid=2\nx\n",
		 .asked = true,
		 .r = -EINVAL,
		 .tells = {BOOK ":2", "malformed"}},
		{.about = "subuid",
		 .subuid = "alice:x:65536\n",
		 .asked = true,
		 .r = -EINVAL,
		 .tells = {SUBUID ":1"}},
		{.about = "subgid",
		 .subgid = "bob:100000:65536\r\n",
		 .asked = true,
		 .r = -EINVAL,
		 .tells = {SUBGID ":1"}},
		{.about = "nothing is adopted either",
		 .subuid = ALICE "x\n",
		 .subgid = ALICE,
		 ADOPT_FIRST,
		 .r = -EINVAL,
		 .tells = {SUBUID ":2"}},
		{.about = "nor by-uid",
		 .subuid = "x\n",
		 .asked = true,
		 .by_uid = true,
		 .r = -EINVAL,
		 .tells = {SUBUID ":1"}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

/* What was asked for, what is left, where, and which settings help. */
#define HELP "a larger pool, a smaller size, or less to avoid"

static void test_refuses_when_full(void **state)
{
	static const struct row rows[] = {
		{.about = "full",
		 .subuid = "a:524288:327680\n",
		 .asked = true,
		 .r = -ENOSPC,
		 .tells = {"no 65536 ids", "alice", "524288-851967 has 0 left;", HELP,
			   "userns.conf"}},
		{.about = "an id in each slot",
		 .book = "a:524288:1:uid=1\n",
		 .subuid = "b:589824:1\nc:655360:1\n",
		 .subgid = "d:786431:1\ne:851967:1\n",
		 .asked = true,
		 .r = -ENOSPC,
		 .tells = {"no 65536 ids", "has 327675 left", "131070 in a row (from 655361)",
			   HELP}},
		{.about = "there is room, but not from a multiple of 65536",
		 .pool = {524289, 131070},
		 .asked = true,
		 .r = -ENOSPC,
		 .tells = {"no 65536 ids", "has 131070 left", "131070 in a row (from 524289)",
			   "multiple of 65536"}},
		{.about = "one id is left",
		 .subuid = "a:524288:100\na:524389:327579\n",
		 .size = 2,
		 .asked = true,
		 .r = -ENOSPC,
		 .tells = {"no 2 ids", "has 1 left", "1 in a row (from 524388)", HELP}},
		{.about = "all is avoided",
		 .avoid = {{0, 600000}, {600000, 600000}},
		 .asked = true,
		 .r = -ENOSPC,
		 .tells = {"no 65536 ids", "has 0 left;", HELP}},
		{.about = "a real user in each slot",
		 .pool = {524288, 131072},
		 .users = {{524288, 1}},
		 .groups = {{655359, 1}},
		 .asked = true,
		 .r = -ENOSPC,
		 .tells = {"no 65536 ids", "has 131070 left", HELP}},
		{.about = "size larger than the pool",
		 .size = 393216,
		 .asked = true,
		 .r = -ENOSPC,
		 .tells = {"no 393216 ids", "has 327680 left", "327680 in a row (from 524288)"}},
		{.about = "a pool of the host's ids",
		 .pool = {0, 65536},
		 .size = 1,
		 .asked = true,
		 .r = -ENOSPC,
		 .tells = {"0-65535 has 0 left;"}},
	};

	(void)state;
	check_rows(rows, COUNT_OF(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps),
		cmocka_unit_test(test_keeps_several),
		cmocka_unit_test(test_asks),
		cmocka_unit_test(test_adopts),
		cmocka_unit_test(test_adopts_several),
		cmocka_unit_test(test_adopts_shorter_half),
		cmocka_unit_test(test_own_ranges_never_overlap),
		cmocka_unit_test(test_chooses),
		cmocka_unit_test(test_chooses_clear_of_own_id),
		cmocka_unit_test(test_grows),
		cmocka_unit_test(test_stays),
		cmocka_unit_test(test_most_ranges),
		cmocka_unit_test(test_by_uid),
		cmocka_unit_test(test_by_uid_conflicts),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_other_source),
		cmocka_unit_test(test_name_was_anothers),
		cmocka_unit_test(test_refuses_names),
		cmocka_unit_test(test_refuses_overlaps),
		cmocka_unit_test(test_refuses_real_accounts),
		cmocka_unit_test(test_refuses_own_ids_in_ranges),
		cmocka_unit_test(test_refuses_low_ids),
		cmocka_unit_test(test_refuses_while_malformed),
		cmocka_unit_test(test_refuses_when_full),
	};

	return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
