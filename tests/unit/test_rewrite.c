/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of id_file_rewrite(): what is kept, dropped, flagged and added, to the byte. */
#include "subid/book.h"
#include "subid/subfile.h"
#include "tests/unit/parsed.h"
#include "tests/unit/scratch.h"

#define LITERAL(text) text, sizeof(text) - 1

/* By its owner a line says what is to become of it. */
static enum line_fate judge(const struct id_entry *entry, const void *argument)
{
	assert_string_equal(argument, "argument");
	if (slice_equals(entry->owner, "drop"))
		return LINE_DROP;
	return slice_equals(entry->owner, "flag") ? LINE_FLAG : LINE_KEEP;
}

struct row {
	const char *before;
	size_t before_length;
	const char *added; /* may be NULL */
	const char *after;
	size_t after_length;
};

static void check_rows(struct scratch *s, const struct row *rows, size_t count,
		       id_entry_parser *parse, line_judge *decides)
{
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];
		const struct id_file_change change = {.judge = decides,
						      .argument = "argument",
						      .flag = "retired=2026-01-31",
						      .added = row->added};
		const char *path = scratch_write(s, "f", row->before, row->before_length, 0640);
		struct id_file file = parsed(path, row->before, row->before_length, parse);
		struct reason why = {""};

		if (id_file_rewrite(&file, &change, &why) < 0)
			fail_msg("row %zu: %s", i, why.text);
		assert_file(s, "f", row->after, row->after_length);
		assert_int_equal(mode_of_file(s, "f"), 0640);
		/* What was parsed is what was there, so the same can be done again from it. */
		assert_int_equal(file.length, row->before_length);
		assert_memory_equal(file.text, row->before, row->before_length);
		id_file_free(&file);
	}
	assert_int_equal(count_files(s), 1);
}

static void test_adds(void **state)
{
	static const struct row rows[] = {
		{LITERAL(""), "alice:1:2\n", LITERAL("alice:1:2\n")},
		{LITERAL("\n"), "alice:1:2\n", LITERAL("\nalice:1:2\n")},
		{LITERAL("bob:3:4\n"), "alice:1:2\n", LITERAL("bob:3:4\nalice:1:2\n")},
		{LITERAL("bob:3:4"), "alice:1:2\n", LITERAL("bob:3:4\nalice:1:2\n")},
		{LITERAL("# top\n\n \tbob:3:4 # odd\r\n\n\n"), "alice:1:2\n",
		 LITERAL("# top\n\n \tbob:3:4 # odd\r\n\n\nalice:1:2\n")},
		{LITERAL("\xff\0\0broken"), "alice:1:2\n", LITERAL("\xff\0\0broken\nalice:1:2\n")},
		{LITERAL("alice:1:2\n"), "alice:1:2\n", LITERAL("alice:1:2\nalice:1:2\n")},
		{LITERAL("bob:3:4\n"), "a:1:2\nb:5:6\n", LITERAL("bob:3:4\na:1:2\nb:5:6\n")},
		{LITERAL("bob:3:4\n"), "", LITERAL("bob:3:4\n")},
		{LITERAL("bob:3:4\n"), NULL, LITERAL("bob:3:4\n")},
		/* libsubid 4.20 refuses a whole file without a final newline. */
		{LITERAL("bob:3:4"), NULL, LITERAL("bob:3:4\n")},
		/* With no judge, no owner says anything. */
		{LITERAL("drop:3:4\nflag:5:6\n"), NULL, LITERAL("drop:3:4\nflag:5:6\n")},
	};

	check_rows(*state, rows, COUNT_OF(rows), subfile_parse_entry, NULL);
}

static void test_drops(void **state)
{
	static const struct row rows[] = {
		{LITERAL("drop:1:2\n"), NULL, LITERAL("")},
		{LITERAL("drop:1:2"), NULL, LITERAL("")},
		{LITERAL("drop:1:2\nbob:3:4\n"), NULL, LITERAL("bob:3:4\n")},
		{LITERAL("drop:1:2\nbob:3:4"), NULL, LITERAL("bob:3:4\n")},
		{LITERAL("bob:3:4\ndrop:1:2\n"), NULL, LITERAL("bob:3:4\n")},
		{LITERAL("bob:3:4\ndrop:1:2"), NULL, LITERAL("bob:3:4\n")},
		{LITERAL("bob:3:4\ndrop:1:2"), "a:5:6\n", LITERAL("bob:3:4\na:5:6\n")},
		{LITERAL("a:3:4\ndrop:1:2\nb:3:4\n"), NULL, LITERAL("a:3:4\nb:3:4\n")},
		{LITERAL("drop:1:2\ndrop:3:4\nb:3:4\ndrop:5:6\n"), NULL, LITERAL("b:3:4\n")},
		{LITERAL("drop:1:2\n\ndrop:3:4\n"), NULL, LITERAL("\n")},
		{LITERAL("#drop:1:2\n# x\n\ndrop:1:2\n \t\n#y"), "a:5:6\n",
		 LITERAL("#drop:1:2\n# x\n\n \t\n#y\na:5:6\n")},
		/* What cannot be read is nobody's to drop. */
		{LITERAL("drop:1\n drop:1:2\ndrop:1:2\r\ndrop:1:2:\ndrop:1:2\n\xff\0\n"), NULL,
		 LITERAL("drop:1\n drop:1:2\ndrop:1:2\r\ndrop:1:2:\n\xff\0\n")},
		{LITERAL("bob:1:2\n"), NULL, LITERAL("bob:1:2\n")},
		{LITERAL(""), NULL, LITERAL("")},
	};

	check_rows(*state, rows, COUNT_OF(rows), subfile_parse_entry, judge);
}

#define RETIRED "retired=2026-01-31"

static void test_flags(void **state)
{
	static const struct row rows[] = {
		{LITERAL("flag:1:2:\n"), NULL, LITERAL("flag:1:2:" RETIRED "\n")},
		{LITERAL("flag:1:2:uid=5\n"), NULL, LITERAL("flag:1:2:uid=5," RETIRED "\n")},
		{LITERAL("flag:1:2:gid=7,uid=5,adopted\n"), NULL,
		 LITERAL("flag:1:2:gid=7,uid=5,adopted," RETIRED "\n")},
		{LITERAL("flag:1:2:"), NULL, LITERAL("flag:1:2:" RETIRED "\n")},
		{LITERAL("flag:1:2:uid=5"), "b:3:4:\n",
		 LITERAL("flag:1:2:uid=5," RETIRED "\nb:3:4:\n")},
		{LITERAL("flag:1:2:uid=5\nb:3:4:\n"), NULL,
		 LITERAL("flag:1:2:uid=5," RETIRED "\nb:3:4:\n")},
		{LITERAL("# x\na:0:1:\nflag:1:2:uid=5\n\nb:3:4:"), "c:5:6:uid=7\n",
		 LITERAL("# x\na:0:1:\nflag:1:2:uid=5," RETIRED "\n\nb:3:4:\nc:5:6:uid=7\n")},
		/* Numbers as they were written. */
		{LITERAL("flag:0001:002:uid=05\n"), NULL,
		 LITERAL("flag:0001:002:uid=05," RETIRED "\n")},
		{LITERAL("flag:1:2:\ndrop:1:2:\nflag:3:4:uid=5\nb:3:4:\ndrop:5:6:"), "c:7:8:\n",
		 LITERAL("flag:1:2:" RETIRED "\nflag:3:4:uid=5," RETIRED "\nb:3:4:\nc:7:8:\n")},
		{LITERAL("flag:1:2\nflag:1:2:x\n#flag:1:2:\nflag:1:2:\0\n"), NULL,
		 LITERAL("flag:1:2\nflag:1:2:x\n#flag:1:2:\nflag:1:2:\0\n")},
	};

	check_rows(*state, rows, COUNT_OF(rows), book_parse_entry, judge);
}

static void test_makes_file(void **state)
{
	const struct id_file_change change = {
		.judge = judge, .argument = "argument", .added = "any line\n"};
	struct scratch *s = *state;
	struct id_file file = parsed(scratch_path(s, "f"), NULL, 0, subfile_parse_entry);
	struct reason why = {""};

	assert_int_equal(id_file_rewrite(&file, &change, &why), 0);
	assert_file(s, "f", LITERAL("any line\n"));
	assert_int_equal(mode_of_file(s, "f"), 0644);
	id_file_free(&file);
}

static void test_failure(void **state)
{
	const struct id_file_change change = {.added = "alice:1:2\n"};
	struct scratch *s = *state;
	struct id_file file = parsed(scratch_path(s, "none/f"), NULL, 0, subfile_parse_entry);
	struct reason why = {""};

	assert_int_equal(id_file_rewrite(&file, &change, &why), -ENOENT);
	TELLS("no directory", &why, s->dir);
	assert_int_equal(count_files(s), 0);
	id_file_free(&file);
}

/* A large file comes whole: as many lines as a large site has users. */
static void test_many_lines(void **state)
{
	enum { LINES = 100000 };
	const struct id_file_change change = {
		.judge = judge, .argument = "argument", .added = "end:1:1\n"};
	CLEANUP_FREE char *before = NULL, *after = NULL;
	size_t before_length, after_length;
	FILE *all = open_memstream(&before, &before_length);
	FILE *kept = open_memstream(&after, &after_length);
	struct scratch *s = *state;
	struct reason why = {""};
	struct id_file file;

	for (unsigned int i = 0; i < LINES; i++) {
		fprintf(all, "%s:%u:10\n", i % 3 ? "user" : "drop", 100000 + i * 10);
		if (i % 3)
			fprintf(kept, "user:%u:10\n", 100000 + i * 10);
	}
	fputs("end:1:1\n", kept);
	fclose(all);
	fclose(kept);
	file = parsed(scratch_path(s, "f"), before, before_length, subfile_parse_entry);
	assert_int_equal(file.count, LINES);
	assert_int_equal(id_file_rewrite(&file, &change, &why), 0);
	assert_file(s, "f", after, after_length);
	id_file_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_adds),    SCRATCH_TEST(test_drops),
		SCRATCH_TEST(test_flags),   SCRATCH_TEST(test_makes_file),
		SCRATCH_TEST(test_failure), SCRATCH_TEST(test_many_lines),
	};

	return cmocka_run_group_tests_name("rewrite", tests, NULL, NULL);
}
