/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of subid/subfile, and of reading such files in a directory. */
#include "subid/subfile.h"
#include "tests/unit/parsed.h"
#include "tests/unit/scratch.h"

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
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice line = slice_of(rows[i].line);
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
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice line = slice_of(rows[i].line);
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
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct id_entry e = {.owner = {rows[i].owner, strlen(rows[i].owner)}};

		if (subfile_owned_by(&e, rows[i].name, rows[i].uid) != rows[i].owned)
			fail_msg("owner %s, user %s, uid %u", rows[i].owner, rows[i].name,
				 rows[i].uid);
	}
}

static void test_format(void **state)
{
	static const struct {
		const char *owner;
		struct id_range range;
		const char *line;
	} rows[] = {
		{"alice", {100000, 65536}, "alice:100000:65536\n"},
		{"1000", {0, 1}, "1000:0:1\n"},
		{"DOM\\user", {4294967294, 1}, "DOM\\user:4294967294:1\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char line[SUBFILE_LINE_SIZE + 1];

		memset(line, '!', sizeof(line));
		subfile_format(slice_of(rows[i].owner), rows[i].range, line);
		assert_string_equal(line, rows[i].line);
		assert_int_equal(line[SUBFILE_LINE_SIZE], '!');
	}
	/* The owner is a piece of a longer text. */
	{
		char line[SUBFILE_LINE_SIZE];

		subfile_format((struct slice){"alice:x", 5}, (struct id_range){1, 2}, line);
		assert_string_equal(line, "alice:1:2\n");
	}
}

static void test_longest_line(void **state)
{
	char name[257], line[SUBFILE_LINE_SIZE], wanted[512];

	(void)state;
	memset(name, 'n', 256);
	name[256] = '\0';
	subfile_format((struct slice){name, 256}, (struct id_range){1000000000, 3294967295}, line);
	snprintf(wanted, sizeof(wanted), "%s:1000000000:3294967295\n", name);
	assert_string_equal(line, wanted);
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
	assert_int_equal(file.malformed, 1);
	assert_int_equal(file.malformed_lines[0].line, 3);
	assert_int_equal(file.entries[1].line, 4);
	assert_string_equal(file.path, s->path);
	id_file_free(&file);
}

/* What has not changed is not parsed again. */
static void test_refresh(void **state)
{
	static const char text[] = "alice:100000:65536\n";
	struct scratch *s = *state;
	struct id_file file = {.path = NULL};
	struct reason why = {""};
	struct id_entry *entries;
	bool changed = false;
	const char *path;

	if (geteuid() != 0)
		skip();
	path = scratch_write(s, "f", text, sizeof(text) - 1, 0644);
	assert_int_equal(id_file_refresh(path, subfile_parse_entry, &file, &changed, &why), 0);
	assert_true(changed);
	assert_int_equal(file.count, 1);
	entries = file.entries;
	changed = false;
	assert_int_equal(id_file_refresh(path, subfile_parse_entry, &file, &changed, &why), 0);
	assert_false(changed);
	assert_ptr_equal(file.entries, entries);
	/* As long, but another text. */
	scratch_write(s, "f", "alice:100001:65536\n", sizeof(text) - 1, 0644);
	assert_int_equal(id_file_refresh(path, subfile_parse_entry, &file, &changed, &why), 0);
	assert_true(changed);
	assert_int_equal(file.entries[0].range.start, 100001);
	/* An error leaves what was read. */
	scratch_write(s, "f", text, sizeof(text) - 1, 0666);
	changed = false;
	assert_int_equal(id_file_refresh(path, subfile_parse_entry, &file, &changed, &why), -EPERM);
	assert_false(changed);
	assert_int_equal(file.entries[0].range.start, 100001);
	/* Gone. */
	assert_int_equal(unlinkat(s->fd, "f", 0), 0);
	assert_int_equal(id_file_refresh(path, subfile_parse_entry, &file, &changed, &why), 0);
	assert_true(changed);
	assert_int_equal(file.count, 0);
	assert_null(file.text);
	/* There, and empty: not the same as gone, to libsubid. */
	changed = false;
	scratch_write(s, "f", "", 0, 0644);
	assert_int_equal(id_file_refresh(path, subfile_parse_entry, &file, &changed, &why), 0);
	assert_true(changed);
	assert_non_null(file.text);
	id_file_free(&file);
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
		cmocka_unit_test(test_good_entries),  cmocka_unit_test(test_malformed_entries),
		cmocka_unit_test(test_owned_by),      cmocka_unit_test(test_format),
		cmocka_unit_test(test_longest_line),  SCRATCH_TEST(test_read),
		SCRATCH_TEST(test_refresh),	      SCRATCH_TEST(test_read_nothing),
		SCRATCH_TEST(test_read_unbelievable),
	};

	return cmocka_run_group_tests_name("subfile", tests, NULL, NULL);
}
