/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of subid/subfile, and of reading and adding to the files in a directory. */
#include "subid/book.h"
#include "subid/subfile.h"
#include "tests/unit/parsed.h"
#include "tests/unit/scratch.h"

#define LITERAL(text) text, sizeof(text) - 1

static void test_good_entries(void **state)
{
	static const struct {
		const char *line, *owner;
		uint32_t start, count;
	} rows[] = {
		{"alice:100000:65536", "alice", 100000, 65536},
		{"1000:100000:65536", "1000", 100000, 65536},
		{"DOM\\user:1:4294967294", "DOM\\user", 1, 4294967294},
		{"%group:4294967294:1", "%group", 4294967294, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct slice line = {rows[i].line, strlen(rows[i].line)};
		struct id_entry e = {.line = 1};

		if (subfile_parse_entry(line, &e))
			fail_msg("%s is malformed", rows[i].line);
		assert_true(slice_equals(e.owner, rows[i].owner));
		assert_int_equal(e.range.start, rows[i].start);
		assert_int_equal(e.range.count, rows[i].count);
		/* So that "the group range starts elsewhere" holds for no line of these files. */
		assert_int_equal(e.gid_start, rows[i].start);
		assert_false(e.has_uid || e.retired || e.reserved || e.adopted || e.deny_setgroups);
	}
}

static void test_malformed_entries(void **state)
{
	static const struct {
		const char *line, *wrong;
	} rows[] = {
		{"alice", "less than three fields"},
		{"alice:100000", "less than three fields"},
		{"alice:100000:65536:", "more than three fields"},
		{"alice:100000:65536:uid=1000", "more than three fields"},
		{":100000:65536", "names no owner"},
		{"alice::65536", "its start"},
		{"alice:100000:", "its length"},
		{"alice:100000:65536\r", "its length"},
		{"alice:100000:65536 ", "its length"},
		{"alice:100000:65536 # x", "its length"},
		{"alice:-1:65536", "its start"},
		{"alice:0x186a0:65536", "its start"},
		{"alice:4294967296:65536", "its start"},
		{"alice:100000:0", "its length is 0"},
		{"alice:4294901760:65536", "beyond id 4294967294"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct slice line = {rows[i].line, strlen(rows[i].line)};
		struct id_entry e = {.line = 1};
		const char *wrong = subfile_parse_entry(line, &e);

		if (!wrong || !strstr(wrong, rows[i].wrong))
			fail_msg("%s: %s", rows[i].line, wrong ? wrong : "taken");
	}
}

static void test_owned_by(void **state)
{
	static const struct {
		const char *owner, *name;
		uid_t uid;
		bool owned;
	} rows[] = {
		{"alice", "alice", 1000, true},
		{"1000", "alice", 1000, true},
		{"0", "root", 0, true},
		{"4294967294", "last", 4294967294, true},
		{"alice", "bob", 1000, false},
		{"alic", "alice", 1000, false},
		{"alicex", "alice", 1000, false},
		{"Alice", "alice", 1000, false},
		{"1001", "alice", 1000, false},
		{"100", "alice", 1000, false},
		/* Digits are a uid, also where somebody is called so. */
		{"2000", "2000", 1000, false},
		{"2000", "alice", 2000, true},
		/* 32 bits more are no other user. */
		{"4294968296", "alice", 1000, false},
		{"+1000", "alice", 1000, false},
		{"01000", "alice", 1000, false}, /* shadow compares texts */
		{"1000x", "alice", 1000, false},
		{"1000x", "1000x", 7, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct id_entry e = {.owner = {rows[i].owner, strlen(rows[i].owner)}};

		if (subfile_owned_by(&e, rows[i].name, rows[i].uid) != rows[i].owned)
			fail_msg("owner %s, user %s, uid %u", rows[i].owner, rows[i].name,
				 rows[i].uid);
	}
}

static const struct slice alice = {"alice", 5};

static void test_append_keeps_bytes(void **state)
{
	static const struct {
		const char *before;
		size_t before_length;
		const char *after;
		size_t after_length;
	} rows[] = {
		{LITERAL(""), LITERAL("alice:1:2\n")},
		{LITERAL("\n"), LITERAL("\nalice:1:2\n")},
		{LITERAL("bob:3:4\n"), LITERAL("bob:3:4\nalice:1:2\n")},
		{LITERAL("bob:3:4"), LITERAL("bob:3:4\nalice:1:2\n")},
		{LITERAL("# top\n\n \tbob:3:4 # odd\r\n\n\n"),
		 LITERAL("# top\n\n \tbob:3:4 # odd\r\n\n\nalice:1:2\n")},
		{LITERAL("\xff\0\0broken"), LITERAL("\xff\0\0broken\nalice:1:2\n")},
		{LITERAL("alice:1:2\n"), LITERAL("alice:1:2\nalice:1:2\n")},
	};
	struct scratch *s = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *path =
			scratch_write(s, "f", rows[i].before, rows[i].before_length, 0640);
		struct id_file file =
			parsed(path, rows[i].before, rows[i].before_length, subfile_parse_entry);
		struct reason why;

		assert_int_equal(subfile_append(&file, alice, (struct id_range){1, 2}, &why), 0);
		assert_file(s, "f", rows[i].after, rows[i].after_length);
		assert_int_equal(mode_of_file(s, "f"), 0640);
		id_file_free(&file);
	}
	assert_int_equal(count_files(s), 1);
}

static void test_append_makes_file(void **state)
{
	struct scratch *s = *state;
	struct id_file file = parsed(scratch_path(s, "f"), NULL, 0, subfile_parse_entry);
	struct reason why;

	assert_int_equal(id_file_append(&file, "any line\n", &why), 0);
	assert_file(s, "f", LITERAL("any line\n"));
	assert_int_equal(mode_of_file(s, "f"), 0644);
	id_file_free(&file);
}

static void test_append_failure(void **state)
{
	struct scratch *s = *state;
	struct id_file file = parsed(scratch_path(s, "none/f"), NULL, 0, subfile_parse_entry);
	struct reason why;

	assert_int_equal(subfile_append(&file, alice, (struct id_range){1, 2}, &why), -ENOENT);
	TELLS("no directory", &why, s->dir);
	assert_int_equal(count_files(s), 0);
	id_file_free(&file);
}

static void test_book_append(void **state)
{
	static const struct {
		struct id_entry entry;
		const char *line;
	} rows[] = {
		{{.owner = {"alice:", 5}, .range = {10, 2}, .gid_start = 10, .uid = 1000},
		 "alice:10:2:uid=1000\n"},
		{{.owner = {"a", 1}, .range = {10, 2}, .gid_start = 10, .uid = 0},
		 "a:10:2:uid=0\n"},
		{{.owner = {"a", 1}, .range = {10, 2}, .gid_start = 30, .uid = 5},
		 "a:10:2:uid=5,gid=30\n"},
		{{.owner = {"a", 1}, .range = {10, 2}, .gid_start = 10, .uid = 5, .adopted = true},
		 "a:10:2:uid=5,adopted\n"},
		{{.owner = {"a", 1}, .range = {10, 2}, .gid_start = 0, .uid = 5, .adopted = true},
		 "a:10:2:uid=5,gid=0,adopted\n"},
	};
	struct scratch *s = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct id_file book = parsed(scratch_path(s, "book"), NULL, 0, book_parse_entry);
		struct reason why;

		assert_int_equal(book_append(&book, &rows[i].entry, &why), 0);
		assert_file(s, "book", rows[i].line, strlen(rows[i].line));
		id_file_free(&book);
	}
}

/* The longest line there is comes whole, and is read back as it was meant. */
static void test_longest_lines(void **state)
{
	struct scratch *s = *state;
	char name[257], wanted[512];
	struct id_entry entry = {.owner = {name, 256},
				 .range = {4294901759, 65536},
				 .gid_start = 4294901758,
				 .has_uid = true,
				 .uid = 4294967294,
				 .adopted = true};
	const struct id_entry *found;
	struct id_file file;
	struct reason why;
	int n;

	memset(name, 'n', 256);
	name[256] = '\0';
	file = parsed(scratch_path(s, "book"), NULL, 0, book_parse_entry);
	assert_int_equal(book_append(&file, &entry, &why), 0);
	id_file_free(&file);
	n = snprintf(wanted, sizeof(wanted),
		     "%s:4294901759:65536:uid=4294967294,gid=4294901758,adopted\n", name);
	assert_file(s, "book", wanted, (size_t)n);
	file = parsed("book", wanted, (size_t)n, book_parse_entry);
	found = book_find(&file, 4294967294);
	assert_non_null(found);
	assert_true(slice_equals(found->owner, name));
	assert_int_equal(found->gid_start, 4294901758);
	assert_true(found->adopted);
	id_file_free(&file);

	file = parsed(scratch_path(s, "subuid"), NULL, 0, subfile_parse_entry);
	assert_int_equal(subfile_append(&file, entry.owner, (struct id_range){4294967294, 1}, &why),
			 0);
	assert_int_equal(
		subfile_append(&file, entry.owner, (struct id_range){1000000000, 3294967295}, &why),
		0);
	n = snprintf(wanted, sizeof(wanted), "%s:1000000000:3294967295\n", name);
	assert_file(s, "subuid", wanted, (size_t)n);
	id_file_free(&file);
}

static void test_read(void **state)
{
	static const char text[] = "# mine\nalice:100000:65536\nbad\nbob:200000:65536\n";
	struct scratch *s = *state;
	struct id_file file = {.path = NULL};
	struct reason why = {""};

	if (geteuid() != 0)
		skip();
	assert_int_equal(id_file_read(scratch_write(s, "f", text, sizeof(text) - 1, 0644),
				      subfile_parse_entry, &file, &why),
			 0);
	assert_int_equal(file.count, 2);
	assert_int_equal(file.malformed, 3);
	assert_int_equal(file.entries[1].line, 4);
	assert_string_equal(file.path, s->path);
	assert_int_equal(subfile_append(&file, alice, (struct id_range){1, 2}, &why), 0);
	id_file_free(&file);
	assert_file(s, "f",
		    LITERAL("# mine\nalice:100000:65536\nbad\nbob:200000:65536\nalice:1:2\n"));
}

static void test_read_nothing(void **state)
{
	struct scratch *s = *state;
	struct id_file file = {.count = 99};
	struct reason why = {""};

	assert_int_equal(id_file_read(scratch_path(s, "none"), subfile_parse_entry, &file, &why),
			 0);
	assert_int_equal(file.count, 0);
	assert_int_equal(file.malformed, 0);
	assert_null(file.text);
}

static void test_read_unbelievable(void **state)
{
	struct scratch *s = *state;
	struct id_file file = {.count = 99};
	struct reason why = {""};

	assert_int_equal(mkdirat(s->fd, "d", 0755), 0);
	assert_int_equal(id_file_read(scratch_path(s, "d"), subfile_parse_entry, &file, &why),
			 -EINVAL);
	TELLS("directory", &why, s->path);
	scratch_write(s, "f", "alice:1:2\n", 10, 0666);
	assert_int_equal(id_file_read(s->path, subfile_parse_entry, &file, &why), -EPERM);
	TELLS("anybody's", &why, s->path);
	assert_int_equal(file.count, 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_entries),
		cmocka_unit_test(test_malformed_entries),
		cmocka_unit_test(test_owned_by),
		SCRATCH_TEST(test_append_keeps_bytes),
		SCRATCH_TEST(test_append_makes_file),
		SCRATCH_TEST(test_append_failure),
		SCRATCH_TEST(test_book_append),
		SCRATCH_TEST(test_longest_lines),
		SCRATCH_TEST(test_read),
		SCRATCH_TEST(test_read_nothing),
		SCRATCH_TEST(test_read_unbelievable),
	};

	return cmocka_run_group_tests_name("subfile", tests, NULL, NULL);
}
