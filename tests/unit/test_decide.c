/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of settle_decide(): what is kept, adopted, chosen or refused, and what is to be written. */
#include "subid/book.h"
#include "subid/settle.h"
#include "subid/subfile.h"
#include "tests/unit/parsed.h"

#define BOOK   "/etc/book"
#define SUBUID "/etc/uids"
#define SUBGID "/etc/gids"

/* The fields of struct settlement that are true. */
enum {
	DENY = 1,
	ADOPTED = 2,
	TO_BOOK = 4,
	TO_SUBUID = 8,
	TO_SUBGID = 16,
	TO_COPIES = TO_SUBUID | TO_SUBGID,
	TO_ALL = TO_BOOK | TO_COPIES,
};

/* The user is alice, uid 1000, and the pool five times 65536 ids from 524288, if not said. */
struct row {
	const char *about;
	const char *book, *subuid, *subgid;
	bool asked;
	struct id_range lib_uids[3], lib_gids[3];
	const char *name;
	struct id_range pool;
	uint32_t size;

	int r;
	struct id_range uids, gids; /* gids 0+0: as uids */
	unsigned int flags;
	const char *tells[4];
};

static unsigned int flags_of(const struct settlement *s)
{
	return (s->deny_setgroups ? DENY : 0u) | (s->adopted ? ADOPTED : 0u) |
	       (s->write_book ? TO_BOOK : 0u) | (s->write_subuid ? TO_SUBUID : 0u) |
	       (s->write_subgid ? TO_SUBGID : 0u);
}

static struct id_file file_of(const char *path, const char *text, id_entry_parser *parse)
{
	return parsed(path, text, text ? strlen(text) : 0, parse);
}

static struct id_set answers_of(const struct id_range ranges[3])
{
	struct id_set set = {NULL, 0, 0};

	for (size_t i = 0; i < 3 && ranges[i].count; i++)
		assert_int_equal(id_set_add(&set, ranges[i]), 0);
	return set;
}

static int decide(const struct row *row, struct settlement *ret, struct reason *why)
{
	const struct settle_request request = {
		.name = row->name ? row->name : "alice",
		.uid = 1000,
		.pool = row->pool.count ? row->pool : (struct id_range){524288, 5 * 65536},
		.size = row->size ? row->size : 65536,
	};
	struct settle_sources sources = {
		.book = file_of(BOOK, row->book, book_parse_entry),
		.subuid = file_of(SUBUID, row->subuid, subfile_parse_entry),
		.subgid = file_of(SUBGID, row->subgid, subfile_parse_entry),
		.asked_libsubid = row->asked,
		.lib_uids = answers_of(row->lib_uids),
		.lib_gids = answers_of(row->lib_gids),
	};
	int r = settle_decide(&sources, &request, ret, why);

	id_file_free(&sources.book);
	id_file_free(&sources.subuid);
	id_file_free(&sources.subgid);
	id_set_free(&sources.lib_uids);
	id_set_free(&sources.lib_gids);
	return r;
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		struct id_range gids = row->gids.count ? row->gids : row->uids;
		struct settlement found, untouched;
		struct reason why = {""};
		int r;

		memset(&untouched, 1, sizeof(untouched));
		memset(&found, 1, sizeof(found));
		r = decide(row, &found, &why);
		if (r != row->r)
			fail_msg("%s: %d, %s", row->about, r, why.text);
		assert_tells(row->about, &why, row->tells, COUNT(row->tells));
		if (r < 0) {
			assert_memory_equal(&found, &untouched, sizeof(found));
			continue;
		}
		if (!id_range_equal(found.uids, row->uids) || !id_range_equal(found.gids, gids) ||
		    flags_of(&found) != row->flags)
			fail_msg("%s: uids %u+%u, gids %u+%u, flags %u", row->about,
				 found.uids.start, found.uids.count, found.gids.start,
				 found.gids.count, flags_of(&found));
	}
}

#define ALICE "alice:524288:65536\n"
#define OWN   "alice:524288:65536:uid=1000\n"
#define FIRST ((struct id_range){524288, 65536})

static void test_keeps(void **state)
{
	static const struct row rows[] = {
		{.about = "recorded everywhere",
		 .book = OWN,
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .uids = FIRST},
		{.about = "copies by uid",
		 .book = OWN,
		 .subuid = "1000:524288:65536\n",
		 .subgid = "1000:524288:65536\n",
		 .uids = FIRST},
		{.about = "both copies missing, no files",
		 .book = OWN,
		 .uids = FIRST,
		 .flags = TO_COPIES},
		{.about = "subuid missing",
		 .book = OWN,
		 .subuid = "bob:100000:65536\n",
		 .subgid = ALICE,
		 .uids = FIRST,
		 .flags = TO_SUBUID},
		{.about = "subgid missing",
		 .book = OWN,
		 .subuid = ALICE,
		 .subgid = "",
		 .uids = FIRST,
		 .flags = TO_SUBGID},
		{.about = "a range elsewhere is no copy",
		 .book = OWN,
		 .subuid = "alice:100000:65536\n",
		 .subgid = "alice:100000:65536\n" ALICE,
		 .uids = FIRST,
		 .flags = TO_SUBUID},
		{.about = "another's line of the same name is in nobody's way",
		 .book = "alice:589824:65536:uid=2000\n" OWN,
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .uids = FIRST},
		{.about = "outside the pool, and of another size",
		 .book = "alice:1000000:1000:uid=1000\n",
		 .uids = {1000000, 1000},
		 .flags = TO_COPIES},
		{.about = "deny-setgroups, gid and adopted",
		 .book = "alice:524288:65536:uid=1000,gid=700000,deny-setgroups,adopted\n",
		 .subuid = ALICE,
		 .subgid = "alice:700000:65536\n",
		 .uids = FIRST,
		 .gids = {700000, 65536},
		 .flags = DENY | ADOPTED},
		{.about = "a group range's copy is looked for where it starts",
		 .book = "alice:524288:65536:uid=1000,gid=700000\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .uids = FIRST,
		 .gids = {700000, 65536},
		 .flags = TO_SUBGID},
		{.about = "malformed lines everywhere",
		 .book = "x\n" OWN,
		 .subuid = ALICE "x\n",
		 .subgid = "x\n" ALICE "y\n",
		 .uids = FIRST},
		{.about = "the first of two lines, the second is in nobody's way",
		 .book = OWN "alice:524290:10:uid=1000\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .uids = FIRST},
		{.about = "others' uids may be one's gids",
		 .book = "alice:524288:65536:uid=1000,gid=700000\n"
			 "bob:700000:65536:uid=2000,gid=524288\n",
		 .subuid = ALICE "bob:700000:65536\n",
		 .subgid = "alice:700000:65536\nbob:524288:65536\n",
		 .uids = FIRST,
		 .gids = {700000, 65536}},
		{.about = "neighbours on both sides",
		 .book = "a:458752:65536:reserved\n" OWN "b:589824:65536:uid=2\n",
		 .subuid = ALICE "a:524287:1\nb:589824:1\n",
		 .subgid = ALICE "a:524287:1\nb:589824:1\n",
		 .uids = FIRST},
		{.about = "the lowest start there may be",
		 .book = "alice:65536:10:uid=1000\n",
		 .uids = {65536, 10},
		 .flags = TO_COPIES},
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_asks_libsubid(void **state)
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
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_adopts(void **state)
{
	static const struct row rows[] = {
		{.about = "equal halves",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .asked = true,
		 .lib_uids = {FIRST},
		 .lib_gids = {FIRST},
		 .uids = FIRST,
		 .flags = ADOPTED | TO_BOOK},
		{.about = "by uid",
		 .subuid = "1000:524288:65536\n",
		 .subgid = ALICE,
		 .asked = true,
		 .lib_uids = {FIRST},
		 .lib_gids = {FIRST},
		 .uids = FIRST,
		 .flags = ADOPTED | TO_BOOK},
		{.about = "outside the pool, smaller than size",
		 .subuid = "alice:100000:1000\n",
		 .subgid = "alice:100000:1000\n",
		 .asked = true,
		 .lib_uids = {{100000, 1000}},
		 .lib_gids = {{100000, 1000}},
		 .uids = {100000, 1000},
		 .flags = ADOPTED | TO_BOOK},
		{.about = "different starts",
		 .subuid = ALICE,
		 .subgid = "alice:700000:65536\n",
		 .asked = true,
		 .lib_uids = {FIRST},
		 .lib_gids = {{700000, 65536}},
		 .uids = FIRST,
		 .gids = {700000, 65536},
		 .flags = ADOPTED | TO_BOOK},
		{.about = "no uids yet",
		 .subgid = "alice:700000:1000\n",
		 .asked = true,
		 .lib_gids = {{700000, 1000}},
		 .uids = {700000, 1000},
		 .flags = ADOPTED | TO_BOOK | TO_SUBUID},
		{.about = "no gids yet",
		 .subuid = "alice:700000:1000\n",
		 .subgid = "bob:100000:1000\n",
		 .asked = true,
		 .lib_uids = {{700000, 1000}},
		 .uids = {700000, 1000},
		 .flags = ADOPTED | TO_BOOK | TO_SUBGID},
		{.about = "the first of several, in the order of the answers",
		 .subuid = "alice:700000:10\nalice:800000:10\n",
		 .subgid = "alice:800000:10\nalice:700000:10\n",
		 .asked = true,
		 .lib_uids = {{700000, 10}, {800000, 10}},
		 .lib_gids = {{700000, 10}, {800000, 10}},
		 .uids = {700000, 10},
		 .flags = ADOPTED | TO_BOOK},
		{.about = "the own one behind a stranger's",
		 .subuid = "2000:600000:10\nalice:700000:10\n",
		 .subgid = "2000:600000:10\nalice:700000:10\n",
		 .asked = true,
		 .lib_uids = {{600000, 10}, {700000, 10}},
		 .lib_gids = {{600000, 10}, {700000, 10}},
		 .uids = {700000, 10},
		 .flags = ADOPTED | TO_BOOK},
		{.about = "a name of digits owns by its uid",
		 .subuid = "1000:700000:10\n2000:800000:10\n",
		 .subgid = "1000:700000:10\n2000:800000:10\n",
		 .name = "2000",
		 .asked = true,
		 .lib_uids = {{800000, 10}, {700000, 10}},
		 .lib_gids = {{800000, 10}, {700000, 10}},
		 .uids = {700000, 10},
		 .flags = ADOPTED | TO_BOOK},
		{.about = "not what is retired",
		 .book = "alice:524288:65536:uid=1000,retired=2020-01-01\n",
		 .subuid = "alice:700000:10\n",
		 .subgid = "alice:700000:10\n",
		 .asked = true,
		 .lib_uids = {{700000, 10}},
		 .lib_gids = {{700000, 10}},
		 .uids = {700000, 10},
		 .flags = ADOPTED | TO_BOOK},
	};

	(void)state;
	check_rows(rows, COUNT(rows));
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
		 .uids = {700000, 1000},
		 .gids = {800000, 1000},
		 .flags = ADOPTED | TO_BOOK},
		{.about = "fewer uids",
		 .subuid = "alice:700000:1000\n",
		 .subgid = "alice:700000:65536\n",
		 .asked = true,
		 .lib_uids = {{700000, 1000}},
		 .lib_gids = {{700000, 65536}},
		 .uids = {700000, 1000},
		 .flags = ADOPTED | TO_BOOK},
		{.about = "in the book since",
		 .book = "alice:700000:1000:uid=1000,adopted\n",
		 .subuid = "alice:700000:1000\n",
		 .subgid = "alice:700000:65536\n",
		 .uids = {700000, 1000},
		 .flags = ADOPTED},
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_chooses(void **state)
{
	static const struct row rows[] = {
		{.about = "the first on this host", .asked = true, .uids = FIRST, .flags = TO_ALL},
		{.about = "behind others",
		 .book = "a:524288:65536:uid=1\n",
		 .subuid = "b:589824:65536\n",
		 .subgid = "c:655360:65536\n",
		 .asked = true,
		 .uids = {720896, 65536},
		 .flags = TO_ALL},
		{.about = "in a hole",
		 .book = "a:524288:65536:uid=1\nc:655360:65536:uid=3\n",
		 .asked = true,
		 .uids = {589824, 65536},
		 .flags = TO_ALL},
		{.about = "not in a hole too small",
		 .subuid = "a:524288:1\n",
		 .subgid = "b:655359:1\n",
		 .asked = true,
		 .uids = {655360, 65536},
		 .flags = TO_ALL},
		{.about = "in a small hole when small",
		 .book = "a:524288:100:uid=1\n",
		 .subuid = "b:524400:100000\n",
		 .size = 12,
		 .asked = true,
		 .uids = {524388, 12},
		 .flags = TO_ALL},
		{.about = "not where a group range is",
		 .book = "a:1000000:65536:uid=1,gid=524288\n",
		 .asked = true,
		 .uids = {589824, 65536},
		 .flags = TO_ALL},
		{.about = "not what is reserved or retired",
		 .book = "a:524288:65536:reserved\nalice:589824:65536:uid=1000,retired=2020-01-"
			 "01\n",
		 .asked = true,
		 .uids = {655360, 65536},
		 .flags = TO_ALL},
		{.about = "not what is the user's own, but that libsubid does not know",
		 .subuid = ALICE,
		 .asked = true,
		 .uids = {589824, 65536},
		 .flags = TO_ALL},
		{.about = "at the pool's end",
		 .subuid = "a:524288:262144\n",
		 .asked = true,
		 .uids = {786432, 65536},
		 .flags = TO_ALL},
		{.about = "not below 65536, whatever the pool",
		 .pool = {0, 200000},
		 .size = 10,
		 .asked = true,
		 .uids = {65536, 10},
		 .flags = TO_ALL},
		{.about = "a stranger's answer is not believed",
		 .subuid = "bob:700000:10\n",
		 .subgid = "2000:800000:10\n",
		 .asked = true,
		 .lib_uids = {{700000, 10}},
		 .lib_gids = {{800000, 10}},
		 .uids = FIRST,
		 .flags = TO_ALL},
		{.about = "nor one that no line has",
		 .subuid = "alice:700000:9\nalice:700001:10\n",
		 .asked = true,
		 .lib_uids = {{700000, 10}},
		 .lib_gids = {{700000, 10}},
		 .uids = FIRST,
		 .flags = TO_ALL},
		{.about = "nor one of the other file",
		 .subuid = "alice:700000:10\n",
		 .asked = true,
		 .lib_gids = {{700000, 10}},
		 .uids = FIRST,
		 .flags = TO_ALL},
		{.about = "the name's former user is retired",
		 .book = "alice:524288:65536:uid=2000,retired=2020-01-01\n",
		 .asked = true,
		 .uids = {589824, 65536},
		 .flags = TO_ALL},
		{.about = "a program is called so",
		 .book = "alice:524288:65536:reserved\n",
		 .asked = true,
		 .uids = {589824, 65536},
		 .flags = TO_ALL},
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_refuses_names(void **state)
{
	static const struct row rows[] = {
		{.about = "known under another uid",
		 .book = "# x\nalice:524288:65536:uid=2000\n",
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {BOOK ":2", "'alice'", "uid 2000", "uid 1000"}},
		{.about = "also where there is something to adopt",
		 .book = "alice:524288:65536:uid=2000\n",
		 .subuid = "alice:700000:10\n",
		 .subgid = "alice:700000:10\n",
		 .asked = true,
		 .lib_uids = {{700000, 10}},
		 .lib_gids = {{700000, 10}},
		 .r = -EEXIST,
		 .tells = {BOOK ":1", "retired="}},
		{.about = "it is not said whose it is",
		 .book = "alice:524288:65536:\n",
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {BOOK ":1", "'alice'", "add uid=1000"}},
		{.about = "the uid was another's",
		 .book = "maid:524288:65536:uid=1000\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .r = -EEXIST,
		 .tells = {BOOK ":1", "uid 1000", "'maid'", "'alice'"}},
		{.about = "by what the user would be called",
		 .book = "1000:524288:65536:uid=3000\n",
		 .name = "a:b",
		 .asked = true,
		 .r = -EEXIST,
		 .tells = {BOOK ":1", "'1000'", "uid 3000"}},
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

#define ADOPT_FIRST .asked = true, .lib_uids = {FIRST}, .lib_gids = {FIRST}

static void test_refuses_overlaps(void **state)
{
	static const struct row rows[] = {
		{.about = "kept, the book gives it twice",
		 .book = OWN "bob:589823:10:uid=2000\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 .r = -EEXIST,
		 .tells = {"alice's range 524288:65536", "bob's 589823:10", BOOK ":2"}},
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
		{.about = "adopted, retired",
		 .book = "alice:524288:65536:uid=2000,retired=2020-01-01\n",
		 .subuid = ALICE,
		 .subgid = ALICE,
		 ADOPT_FIRST,
		 .r = -EEXIST,
		 .tells = {"alice's", BOOK ":1"}},
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
		 .lib_uids = {FIRST},
		 .r = -EEXIST,
		 .tells = {"alice's", "bob's", SUBGID ":1"}},
		{.about = "a name of digits has no claim to that uid's range",
		 .book = "1000:524288:65536:uid=1000\n",
		 .subuid = "2000:524288:65536\n",
		 .name = "2000",
		 .r = -EEXIST,
		 .tells = {"2000's", SUBUID ":1"}},
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_refuses_low_ids(void **state)
{
	static const struct row rows[] = {
		{.about = "kept",
		 .book = "alice:65535:10:uid=1000\n",
		 .r = -EEXIST,
		 .tells = {"alice", "65535:10", "below 65536"}},
		{.about = "kept, just the uids",
		 .book = "alice:100:10:uid=1000,gid=524288\n",
		 .r = -EEXIST,
		 .tells = {"alice", "below 65536"}},
		{.about = "kept, just the gids",
		 .book = "alice:524288:10:uid=1000,gid=0\n",
		 .r = -EEXIST,
		 .tells = {"alice", "below 65536"}},
		{.about = "adopted",
		 .subuid = "alice:1000:100000\n",
		 .subgid = "alice:1000:100000\n",
		 .asked = true,
		 .lib_uids = {{1000, 100000}},
		 .lib_gids = {{1000, 100000}},
		 .r = -EEXIST,
		 .tells = {"alice", "1000:100000", "below 65536"}},
	};

	(void)state;
	check_rows(rows, COUNT(rows));
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
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

static void test_refuses_when_full(void **state)
{
	static const struct row rows[] = {
		{.about = "full",
		 .subuid = "a:524288:327680\n",
		 .asked = true,
		 .r = -ENOSPC,
		 .tells = {"65536 ids", "alice", "524288-851967", "userns.conf"}},
		{.about = "an id in each slot",
		 .book = "a:524288:1:uid=1\n",
		 .subuid = "b:589824:1\nc:655360:1\n",
		 .subgid = "d:786431:1\ne:851967:1\n",
		 .asked = true,
		 .r = -ENOSPC,
		 .tells = {"65536 ids"}},
		{.about = "size larger than the pool",
		 .size = 393216,
		 .asked = true,
		 .r = -ENOSPC,
		 .tells = {"393216 ids"}},
		{.about = "a pool of the host's ids",
		 .pool = {0, 65536},
		 .size = 1,
		 .asked = true,
		 .r = -ENOSPC,
		 .tells = {"0-65535"}},
	};

	(void)state;
	check_rows(rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keeps),
		cmocka_unit_test(test_asks_libsubid),
		cmocka_unit_test(test_adopts),
		cmocka_unit_test(test_adopts_shorter_half),
		cmocka_unit_test(test_chooses),
		cmocka_unit_test(test_refuses_names),
		cmocka_unit_test(test_refuses_overlaps),
		cmocka_unit_test(test_refuses_low_ids),
		cmocka_unit_test(test_refuses_while_malformed),
		cmocka_unit_test(test_refuses_when_full),
	};

	return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
