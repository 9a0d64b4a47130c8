/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of subid/book and of the lines it shares with subuid and subgid: reading, writing and
 * names. */
#include "subid/book.h"
#include "tests/unit/parsed.h"

#define UNFLAGGED "has not four fields"
#define BAD_FLAG  "a flag is unknown, repeated or has a wrong value"
#define BAD_START "its start is no decimal id"
#define BAD_COUNT "its length is no decimal number"

/* The same flags as in struct id_entry. */
enum {
	HAS_UID = 1,
	DENY = 2,
	ADOPTED = 4,
	RESERVED = 8,
	RETIRED = 16,
};

static unsigned int flags_of(const struct id_entry *e)
{
	return (e->has_uid ? HAS_UID : 0u) | (e->deny_setgroups ? DENY : 0u) |
	       (e->adopted ? ADOPTED : 0u) | (e->reserved ? RESERVED : 0u) |
	       (e->retired ? RETIRED : 0u);
}

static void test_good_entries(void **state)
{
	static const struct {
		const char *line, *owner;
		uint32_t start, count, gid_start;
		unsigned int flags;
		uid_t uid;
	} rows[] = {
		{"alice:524288:65536:", "alice", 524288, 65536, 524288, 0, 0},
		{"alice:524288:65536:uid=1000", "alice", 524288, 65536, 524288, HAS_UID, 1000},
		{"a:1:2:uid=0", "a", 1, 2, 1, HAS_UID, 0},
		{"a:1:2:uid=4294967294", "a", 1, 2, 1, HAS_UID, 4294967294},
		{"a:1:2:gid=7", "a", 1, 2, 7, 0, 0},
		{"a:1:2:gid=4294967293", "a", 1, 2, 4294967293, 0, 0},
		{"a:1:2:deny-setgroups", "a", 1, 2, 1, DENY, 0},
		{"a:1:2:adopted", "a", 1, 2, 1, ADOPTED, 0},
		{"a:1:2:reserved", "a", 1, 2, 1, RESERVED, 0},
		{"a:1:2:retired=2026-01-31", "a", 1, 2, 1, RETIRED, 0},
		{"a:1:2:retired=2026-01-31,adopted,uid=5,deny-setgroups,gid=9,reserved", "a", 1, 2,
		 9, HAS_UID | DENY | ADOPTED | RESERVED | RETIRED, 5},
		{"a:1:4294967294:", "a", 1, 4294967294, 1, 0, 0},
		{"a:4294967294:1:", "a", 4294967294, 1, 4294967294, 0, 0},
		{"1000:7:1:uid=1000", "1000", 7, 1, 7, HAS_UID, 1000},
		{"DOM\\user name@x:7:1:", "DOM\\user name@x", 7, 1, 7, 0, 0},
		{"j\xc3\xb6rg:7:1:", "j\xc3\xb6rg", 7, 1, 7, 0, 0},
		{"a:0010:0010:", "a", 10, 10, 10, 0, 0}, /* decimal, not octal */
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct id_entry e = {.line = 3};
		const char *wrong = book_parse_entry(slice_of(rows[i].line), &e);

		if (wrong)
			fail_msg("%s: %s", rows[i].line, wrong);
		if (!slice_equals(e.owner, rows[i].owner) || e.range.start != rows[i].start ||
		    e.range.count != rows[i].count || e.gid_start != rows[i].gid_start ||
		    flags_of(&e) != rows[i].flags || e.uid != rows[i].uid)
			fail_msg("%s: '%.*s' %u+%u gid %u flags %u uid %u", rows[i].line,
				 (int)e.owner.length, e.owner.text, e.range.start, e.range.count,
				 e.gid_start, flags_of(&e), e.uid);
		assert_int_equal(e.line, 3);
		assert_true(id_range_equal(book_entry_gids(&e),
					   (struct id_range){rows[i].gid_start, rows[i].count}));
	}
}

static void test_malformed_entries(void **state)
{
	static const struct {
		const char *line, *wrong;
	} rows[] = {
		{"alice", "less than three fields"},
		{"alice:524288", "less than three fields"},
		{"alice 524288 65536", "less than three fields"},
		{"alice:524288:65536", UNFLAGGED},
		{"alice:524288:65536:uid=1000:", UNFLAGGED},
		{"a:b:524288:65536:", BAD_START},
		{":524288:65536:", "names no owner"},
		{"a::65536:", BAD_START},
		{"a:-1:65536:", BAD_START},
		{"a:+1:65536:", BAD_START},
		{"a: 1:65536:", BAD_START},
		{"a:0x80000:65536:", BAD_START},
		{"a:4294967295:1:", BAD_START},
		{"a:4294967296:1:", BAD_START},
		{"a:99999999999999999999999999:1:", BAD_START},
		{"a:524288::", BAD_COUNT},
		{"a:524288:-1:", BAD_COUNT},
		{"a:524288:64K:", BAD_COUNT},
		{"a:524288:65536 :", BAD_COUNT},
		{"a:524288:0x10:", BAD_COUNT},
		{"a:524288:4294967295:", BAD_COUNT},
		{"a:524288:18446744073709551617:", BAD_COUNT},
		{"a:524288:0:", "its length is 0"},
		{"a:4294967294:2:", "beyond id 4294967294"},
		{"a:1:4294967294:x", BAD_FLAG},
		{"a:2:4294967294:", "beyond id 4294967294"},
		{"a:1:2:unknown", BAD_FLAG},
		{"a:1:2:,", BAD_FLAG},
		{"a:1:2:adopted,", BAD_FLAG},
		{"a:1:2:,adopted", BAD_FLAG},
		{"a:1:2: adopted", BAD_FLAG},
		{"a:1:2:adopted # why", BAD_FLAG},
		{"a:1:2:Adopted", BAD_FLAG},
		{"a:1:2:adopted=", BAD_FLAG},
		{"a:1:2:adopted=yes", BAD_FLAG},
		{"a:1:2:reserved=1", BAD_FLAG},
		{"a:1:2:deny-setgroups=1", BAD_FLAG},
		{"a:1:2:deny", BAD_FLAG},
		{"a:1:2:uid", BAD_FLAG},
		{"a:1:2:uid=", BAD_FLAG},
		{"a:1:2:uid=alice", BAD_FLAG},
		{"a:1:2:uid=-1", BAD_FLAG},
		{"a:1:2:uid=0x3e8", BAD_FLAG},
		{"a:1:2:uid=4294967295", BAD_FLAG},
		{"a:1:2:uid=1=2", BAD_FLAG},
		{"a:1:2:gid", BAD_FLAG},
		{"a:1:2:gid=", BAD_FLAG},
		{"a:1:2:gid=4294967294", BAD_FLAG}, /* two ids of which one is none */
		{"a:1:2:gid=4294967295", BAD_FLAG},
		{"a:1:2:retired", BAD_FLAG},
		{"a:1:2:retired=", BAD_FLAG},
		{"a:1:2:retired=2026-1-1", BAD_FLAG},
		{"a:1:2:retired=2026-01-011", BAD_FLAG},
		{"a:1:2:retired=2026/01/01", BAD_FLAG},
		{"a:1:2:retired=today12345", BAD_FLAG},
		{"a:1:2:uid=5,uid=6", BAD_FLAG},
		{"a:1:2:adopted,uid=5,adopted", BAD_FLAG},
		{"a:1:2:adopted\r", BAD_FLAG},
		{"a:1:2:\r", BAD_FLAG},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct id_entry e = {.line = 1};
		const char *wrong = book_parse_entry(slice_of(rows[i].line), &e);

		if (!wrong || !strstr(wrong, rows[i].wrong))
			fail_msg("%s: %s", rows[i].line, wrong ? wrong : "taken");
	}
}

static struct id_file book_of(const char *text, size_t length)
{
	return parsed("/etc/book", text, length, book_parse_entry);
}

#define FILE_ROW(name, text) name, text, sizeof(text) - 1

static void test_files(void **state)
{
	static const struct {
		const char *name, *text;
		size_t length, count;
		unsigned int malformed;
		unsigned int last_line; /* of the last entry */
	} rows[] = {
		{"no file", NULL, 0, 0, 0, 0},
		{FILE_ROW("empty", ""), 0, 0, 0},
		{FILE_ROW("newline", "\n"), 0, 0, 0},
		{FILE_ROW("comments", "# a\n  # b:1:2:\n\t#\n#"), 0, 0, 0},
		{FILE_ROW("blanks", "\n \n\t \n"), 0, 0, 0},
		{FILE_ROW("one", "a:1:2:\n"), 1, 0, 1},
		{FILE_ROW("no final newline", "a:1:2:\nb:3:4:"), 2, 0, 2},
		{FILE_ROW("lines between", "# x\n\na:1:2:\n\n#y\nb:3:4:\n"), 2, 0, 6},
		{FILE_ROW("malformed first", "x\na:1:2:\n"), 1, 1, 2},
		{FILE_ROW("the first malformed counts", "a:1:2:\nx\nb:1:2:\ny\n"), 2, 2, 3},
		{FILE_ROW("all malformed", "x\ny\n"), 0, 1, 0},
		{FILE_ROW("CRLF", "a:1:2:\r\nb:3:4:\n"), 1, 1, 2},
		{FILE_ROW("CRLF alone", "\r\n"), 0, 1, 0},
		{FILE_ROW("old Mac", "a:1:2:\rb:3:4:"), 0, 1, 0},
		{FILE_ROW("NUL in an owner", "a\0b:1:2:\nb:3:4:\n"), 1, 1, 2},
		{FILE_ROW("NUL behind", "a:1:2:\0uid=1\n"), 0, 1, 0},
		{FILE_ROW("NULs after a crash", "a:1:2:\n\0\0\0\0"), 1, 2, 1},
		{FILE_ROW("a truncated line", "a:1:2:\nb:3:4"), 1, 2, 1},
		{FILE_ROW("UTF-8 BOM", "\xef\xbb\xbf# x\n"), 0, 1, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct id_file file = book_of(rows[i].text, rows[i].length);

		struct reason why;
		unsigned int first = file.malformed ? file.malformed_lines[0].line : 0;

		if (file.count != rows[i].count || first != rows[i].malformed)
			fail_msg("%s: %zu entries, malformed %u", rows[i].name, file.count, first);
		if (file.count)
			assert_int_equal(file.entries[file.count - 1].line, rows[i].last_line);
		if (id_file_malformed(&file, 0, &why)) {
			char place[32];

			snprintf(place, sizeof(place), "/etc/book:%u: ", first);
			TELLS(rows[i].name, &why, place, "malformed");
		}
		id_file_free(&file);
		assert_null(file.text);
		assert_null(file.entries);
	}
}

/* Who has the line: its flags say, and the name only where somebody else has it. */
static void test_whose(void **state)
{
	static const struct {
		const char *line;
		bool own, namesakes; /* of alice, uid 1000 */
	} rows[] = {
		{"alice:1:2:uid=1000", true, false},
		{"maid:1:2:uid=1000", true, false},
		{"alice:1:2:uid=1000,gid=7,adopted,deny-setgroups", true, false},
		{"alice:1:2:uid=2000", false, true},
		{"alice:1:2:uid=0", false, true},
		{"alice:1:2:uid=2000,adopted", false, true},
		{"alice:1:2:", false, false},
		{"alice:1:2:uid=1000,reserved", false, false},
		{"alice:1:2:uid=2000,reserved", false, false},
		{"alice:1:2:uid=1000,retired=2020-01-01", false, false},
		{"alice:1:2:uid=2000,retired=2020-01-01", false, false},
		{"Alice:1:2:uid=2000", false, false},
		{"alic:1:2:uid=2000", false, false},
		{"alicex:1:2:uid=2000", false, false},
		{"1000:1:2:uid=2000", false, false},
		{"1000:1:2:", false, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct id_entry e = {.line = 1};

		assert_null(book_parse_entry(slice_of(rows[i].line), &e));
		if (book_entry_is_of(&e, 1000) != rows[i].own ||
		    book_entry_is_of_namesake(&e, "alice", 1000) != rows[i].namesakes)
			fail_msg("%s", rows[i].line);
	}
}

/*
 * Digits stand for who cannot be written by name (owner_in_files()), so whoever is called so is
 * another person.
 */
static void test_digits_are_no_namesake(void **state)
{
	static const char line[] = "2000:1:2:uid=2000";
	char owner[ID_OWNER_SIZE];
	struct id_entry e = {.line = 1};

	(void)state;
	assert_null(book_parse_entry((struct slice){line, sizeof(line) - 1}, &e));
	owner_in_files("2000", 1000, owner);
	assert_true(book_entry_is_of(&e, 2000));
	assert_false(book_entry_is_of_namesake(&e, owner, 1000));
}

/* Each of them is told, up to a bound; all are counted. */
static void test_every_malformed_line(void **state)
{
	char text[3 * 250 + 1] = "";
	struct id_file file;
	struct reason why;
	char place[32];

	(void)state;
	for (unsigned int i = 0; i < 250; i++)
		memcpy(text + (size_t)3 * i, i % 2 ? "x:\n" : "#y\n", 4);
	file = book_of(text, sizeof(text) - 1);
	assert_int_equal(file.malformed, 125);
	for (unsigned int i = 0; i < MALFORMED_KEPT; i++) {
		assert_true(id_file_malformed(&file, i, &why));
		snprintf(place, sizeof(place), "/etc/book:%u: ", 2 * i + 2);
		TELLS("a line", &why, place, "malformed");
	}
	assert_false(id_file_malformed(&file, MALFORMED_KEPT, &why));
	id_file_free(&file);
}

static void test_format(void **state)
{
	static const struct {
		struct id_entry entry;
		const char *line;
	} rows[] = {
		{{.owner = {"alice:", 5},
		  .range = {10, 2},
		  .gid_start = 10,
		  .has_uid = true,
		  .uid = 1000},
		 "alice:10:2:uid=1000\n"},
		{{.owner = {"a", 1}, .range = {10, 2}, .gid_start = 10, .has_uid = true, .uid = 0},
		 "a:10:2:uid=0\n"},
		{{.owner = {"a", 1}, .range = {10, 2}, .gid_start = 30, .has_uid = true, .uid = 5},
		 "a:10:2:uid=5,gid=30\n"},
		{{.owner = {"a", 1},
		  .range = {10, 2},
		  .gid_start = 10,
		  .has_uid = true,
		  .uid = 5,
		  .adopted = true},
		 "a:10:2:uid=5,adopted\n"},
		{{.owner = {"a", 1},
		  .range = {10, 2},
		  .gid_start = 0,
		  .has_uid = true,
		  .uid = 5,
		  .adopted = true},
		 "a:10:2:uid=5,gid=0,adopted\n"},
		{{.owner = {"incus", 5}, .range = {10, 2}, .gid_start = 10, .reserved = true},
		 "incus:10:2:reserved\n"},
		{{.owner = {"a", 1}, .range = {10, 2}, .gid_start = 10}, "a:10:2:\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char line[BOOK_LINE_SIZE + 1];

		memset(line, '!', sizeof(line));
		book_format(&rows[i].entry, line);
		assert_string_equal(line, rows[i].line);
		assert_int_equal(line[BOOK_LINE_SIZE], '!');
	}
}

/* What is written with today's date is read back as retired. */
static void test_format_retired(void **state)
{
	static const struct id_entry entry = {.owner = {"a", 1},
					      .range = {10, 2},
					      .gid_start = 10,
					      .has_uid = true,
					      .uid = 5,
					      .adopted = true,
					      .retired = true};
	char line[BOOK_LINE_SIZE], flag[BOOK_RETIRED_SIZE];
	struct id_entry read;

	(void)state;
	book_format(&entry, line);
	book_format_retired(flag);
	assert_non_null(strstr(line, "a:10:2:uid=5,adopted,retired=2"));
	assert_non_null(strstr(line, flag));
	assert_null(book_parse_entry((struct slice){line, strlen(line) - 1}, &read));
	assert_true(read.retired);
	assert_true(read.adopted);
	assert_int_equal(read.uid, 5);
}

/* The longest line there is comes whole, and is read back as it was meant. */
static void test_longest_line(void **state)
{
	char name[257], line[BOOK_LINE_SIZE], wanted[512];
	const struct id_entry entry = {.owner = {name, 256},
				       .range = {4294901759, 65536},
				       .gid_start = 4294901758,
				       .has_uid = true,
				       .uid = 4294967294,
				       .adopted = true};
	const struct id_entry *found;
	struct id_file file;

	(void)state;
	memset(name, 'n', 256);
	name[256] = '\0';
	book_format(&entry, line);
	snprintf(wanted, sizeof(wanted),
		 "%s:4294901759:65536:uid=4294967294,gid=4294901758,adopted\n", name);
	assert_string_equal(line, wanted);
	file = book_of(line, strlen(line));
	found = book_find(&file, 4294967294);
	assert_non_null(found);
	assert_true(slice_equals(found->owner, name));
	assert_true(id_range_equal(found->range, entry.range));
	assert_int_equal(found->gid_start, 4294901758);
	assert_true(found->adopted);
	id_file_free(&file);
}

static void test_many_lines(void **state)
{
	enum { LINES = 1000, WIDTH = 32 };
	char text[LINES * WIDTH];
	size_t length = 0;
	struct id_file book;

	(void)state;
	for (unsigned int i = 0; i < LINES; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length,
					   "u%u:%u:10:uid=%u\n", i, 100000 + i * 10, i);
	book = book_of(text, length);
	assert_int_equal(book.count, LINES);
	assert_int_equal(book.malformed, 0);
	for (unsigned int i = 0; i < LINES; i++) {
		const struct id_entry *entry = book_find(&book, i);

		assert_ptr_equal(entry, &book.entries[i]);
		assert_int_equal(entry->range.start, 100000 + i * 10);
		assert_int_equal(entry->line, i + 1);
	}
	id_file_free(&book);
}

static void test_find(void **state)
{
	static const char text[] = "retired:100000:10:uid=1,retired=2020-01-01\n"
				   "reserved:100010:10:uid=2,reserved\n"
				   "3:100020:10:\n"
				   "no-uid:100030:10:adopted\n"
				   "zero:100040:10:uid=0\n"
				   "back:100050:10:uid=1\n"
				   "back-again:100060:10:uid=1\n"
				   "x\n"
				   "behind:100070:10:uid=5\n";
	static const struct {
		uid_t uid;
		const char *owner; /* NULL: not found */
	} rows[] = {
		{0, "zero"}, {1, "back"}, {2, NULL}, {3, NULL}, {4, NULL}, {5, "behind"},
	};
	struct id_file book = book_of(text, sizeof(text) - 1);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct id_entry *entry = book_find(&book, rows[i].uid);

		if (!entry != !rows[i].owner ||
		    (entry && !slice_equals(entry->owner, rows[i].owner)))
			fail_msg("uid %u: line %u", rows[i].uid, entry ? entry->line : 0);
	}
	id_file_free(&book);
}

#define X16  "xxxxxxxxxxxxxxxx"
#define X240 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16 X16

static void test_owner_in_files(void **state)
{
	static const struct {
		const char *name;
		bool by_name;
	} rows[] = {
		{"alice", true},
		{"DOM\\user", true},
		{"alice@example.org", true},
		{"machine$", true},
		{"j\xc3\xb6rg", true},
		{"\xe5\xbc\xa0\xe4\xb8\x89", true},
		{"a-b", true},
		{"a#b", true},
		{"a+b", true},
		{"1000x", true},
		{"0x3e8", true},
		{"1.5", true},
		{"a,b=c", true},
		{".", true},
		{X240 X16, true}, /* 256 bytes */
		{X240 X16 "x", false},
		{X240 X240 X240, false},
		{"", false},
		{"1000", false},
		{"0", false},
		{"007", false},
		{"99999999999999999999", false},
		{"-x", false},
		{"+x", false},
		{"#x", false},
		{"a:b", false},
		{":", false},
		{"a:1:2\nroot:0:1", false},
		{"a\nb", false},
		{"\na", false},
		{"a\n", false},
		{"a b", false},
		{" a", false},
		{"a\tb", false},
		{"a\rb", false},
		{"a\x1b[m", false},
		{"a\x7f", false},
		{"\x01", false},
		{"a/b", false},
		{"../a", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char owner[ID_OWNER_SIZE + 1];

		memset(owner, '!', sizeof(owner));
		owner_in_files(rows[i].name, 4294967294, owner);
		if (strcmp(owner, rows[i].by_name ? rows[i].name : "4294967294") != 0)
			fail_msg("'%s' is called '%s'", rows[i].name, owner);
		assert_int_equal(owner[ID_OWNER_SIZE], '!');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_entries),
		cmocka_unit_test(test_malformed_entries),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_whose),
		cmocka_unit_test(test_digits_are_no_namesake),
		cmocka_unit_test(test_every_malformed_line),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_format_retired),
		cmocka_unit_test(test_longest_line),
		cmocka_unit_test(test_many_lines),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_owner_in_files),
	};

	return cmocka_run_group_tests_name("book", tests, NULL, NULL);
}
