/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of conf/section: headers as they may be written, and texts cut at them. */
#include "conf/section.h"
#include <stdio.h>

#include "tests/unit/unit.h"

static struct section_walk walk_of(const char *text)
{
	return (struct section_walk){"conf", {text, strlen(text)}, 0};
}

static void test_headers(void **state)
{
	static const struct {
		const char *text;
		enum section_kind kind;
		const char *name; /* NULL: ids */
		uint32_t first, last;
	} rows[] = {
		{"[host]", SECTION_HOST, NULL, 0, 0},
		{"[ host ]", SECTION_HOST, NULL, 0, 0},
		{"  [default]  # all\r", SECTION_DEFAULT, NULL, 0, 0},
		{"[user alice]", SECTION_USER, "alice", 0, 0},
		{"[user\talice ]#x", SECTION_USER, "alice", 0, 0},
		{"[user \"alice\"]", SECTION_USER, "alice", 0, 0},
		{"[user DOMAIN\\alice]", SECTION_USER, "DOMAIN\\alice", 0, 0},
		{"[user \"DOMAIN\\user name\"]", SECTION_USER, "DOMAIN\\user name", 0, 0},
		{"[user \" a \"]", SECTION_USER, " a ", 0, 0},
		{"[user \"a]#[b\"] # c", SECTION_USER, "a]#[b", 0, 0},
		{"[user alice@example.org]", SECTION_USER, "alice@example.org", 0, 0},
		{"[user \303\244]", SECTION_USER, "\303\244", 0, 0},
		/* To a user section digits are a name. */
		{"[user 1000]", SECTION_USER, "1000", 0, 0},
		{"[user -]", SECTION_USER, "-", 0, 0},
		{"[group hpc]", SECTION_GROUP, "hpc", 0, 0},
		{"[group \"domain users\"]", SECTION_GROUP, "domain users", 0, 0},
		{"[group 100]", SECTION_GROUP, NULL, 100, 100},
		{"[group 0]", SECTION_GROUP, NULL, 0, 0},
		{"[group 4294967294]", SECTION_GROUP, NULL, 4294967294, 4294967294},
		{"[group \"100\"]", SECTION_GROUP, "100", 0, 0},
		{"[group 100x]", SECTION_GROUP, "100x", 0, 0},
		{"[uid 0-0]", SECTION_UID, NULL, 0, 0},
		{"[uid 1000-4294967294]", SECTION_UID, NULL, 1000, 4294967294},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct section_walk walk = walk_of(rows[i].text);
		struct reason why = {""};
		struct section section;

		if (section_next(&walk, &section, &why) != 1)
			fail_msg("%s: %s", rows[i].text, why.text);
		if (section.kind != rows[i].kind || section.first != rows[i].first ||
		    section.last != rows[i].last || section.line != 1 ||
		    !(rows[i].name ? slice_equals(section.name, rows[i].name)
				   : section.name.length == 0))
			fail_msg("%s: kind %d, '%.*s', %u-%u", rows[i].text, section.kind,
				 (int)section.name.length, section.name.text, section.first,
				 section.last);
		assert_int_equal(section_next(&walk, &section, &why), 0);
	}
}

static void test_bad_headers(void **state)
{
	static const struct {
		const char *text;
		const char *says;
	} rows[] = {
		{"[", "no closing bracket"},
		{"[host", "no closing bracket"},
		{"[user \"a]", "no closing bracket"},
		{"[user a#b]", "unknown section [user a#b]"},
		{"[host] size = 1", "text behind"},
		{"[host]]", "text behind"},
		{"[]", "unknown section []"},
		{"[ ]", "unknown section"},
		{"[Host]", "unknown section [Host]"},
		{"[host x]", "unknown section"},
		{"[default x]", "unknown section"},
		{"[hosts]", "unknown section"},
		{"[user]", "unknown section"},
		{"[user ]", "unknown section"},
		{"[user \"\"]", "unknown section"},
		{"[user a b]", "in double quotes"},
		{"[user a\"b]", "no closing bracket"},
		{"[user \"a\"b]", "unknown section"},
		{"[user \"a\"b\"c\"]", "unknown section"},
		{"[user a\033b]", "unknown section"},
		{"[user \"a\tb\"]", "unknown section"},
		{"[users alice]", "unknown section"},
		{"[group]", "unknown section"},
		{"[group 4294967295]", "unknown section"},
		{"[group 99999999999999999999]", "unknown section"},
		{"[uid]", "unknown section"},
		{"[uid 5]", "unknown section"},
		{"[uid 5-]", "unknown section"},
		{"[uid -5]", "unknown section"},
		{"[uid 6-5]", "unknown section"},
		{"[uid 5 - 6]", "unknown section"},
		{"[uid 0-4294967295]", "unknown section"},
		{"[uid \"5-6\"]", "unknown section"},
		{"size = 1", "key 'size' stands before any section"},
		{" = 1", "key '' stands before any section"},
		{"x", "key 'x' stands before any section"},
		{"\357\273\277[host]", "stands before any section"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct section section = {.line = 77};
		struct reason why = {""};
		char text[128];
		struct section_walk walk;

		snprintf(text, sizeof(text), "# one\n\n%s\n", rows[i].text);
		walk = walk_of(text);
		if (section_next(&walk, &section, &why) != -EINVAL)
			fail_msg("%s: taken", rows[i].text);
		TELLS(rows[i].text, &why, "conf:3: ", rows[i].says);
		assert_int_equal(section.line, 77);
	}
}

static void test_cutting(void **state)
{
	static const struct {
		unsigned int line;
		const char *header;
		const char *body;
	} wanted[] = {
		{3, "[host]", "a = 1\n# [no]\n b"},
		{7, "[default]", ""},
		{8, "[user \"]\"]", "\n\nc = 2\n"},
	};
	struct section_walk walk = walk_of("# x\n\n[host]\na = 1\n# [no]\n b\n [default] # y\n"
					   "[user \"]\"]\n\n\nc = 2\n");
	struct section section;
	struct reason why;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(wanted); i++) {
		assert_int_equal(section_next(&walk, &section, &why), 1);
		assert_int_equal(section.line, wanted[i].line);
		assert_true(slice_equals(section.header, wanted[i].header));
		if (!slice_equals(section.body, wanted[i].body))
			fail_msg("%zu: '%.*s'", i, (int)section.body.length, section.body.text);
	}
	assert_int_equal(section_next(&walk, &section, &why), 0);
}

static void test_nothing(void **state)
{
	static const char *const texts[] = {"", "\n", "# [host]", "\n  \n\t# x\n"};
	struct section section;
	struct reason why;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct section_walk walk = walk_of(texts[i]);

		assert_int_equal(section_next(&walk, &section, &why), 0);
	}
}

static void test_long_lines(void **state)
{
	char text[POLICY_LINE_MAX + 32];
	struct section section;
	struct section_walk walk;
	struct reason why;
	int n = snprintf(text, sizeof(text), "[host]\n");

	(void)state;
	memset(text + n, '#', POLICY_LINE_MAX);
	text[n + POLICY_LINE_MAX] = '\0';
	walk = walk_of(text);
	assert_int_equal(section_next(&walk, &section, &why), 1);
	text[n + POLICY_LINE_MAX] = '#';
	text[n + POLICY_LINE_MAX + 1] = '\0';
	walk = walk_of(text);
	assert_int_equal(section_next(&walk, &section, &why), -EINVAL);
	TELLS("long", &why, "conf:2: ", "longer than 8000 bytes");
}

/* Equal are those that are for the same people, however they are written. */
static void test_equal(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		bool equal;
	} rows[] = {
		{"[host]", "[ host ] # x", true},	   {"[user a]", "[user \"a\"]", true},
		{"[user a]", "[group a]", false},	   {"[user a]", "[user ab]", false},
		{"[group 100]", "[group \"100\"]", false}, {"[group 100]", "[group 0100]", true},
		{"[uid 1-2]", "[uid 1-3]", false},	   {"[uid 1-2]", "[uid 01-2]", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct section_walk a = walk_of(rows[i].a), b = walk_of(rows[i].b);
		struct section one, other;
		struct reason why;

		assert_int_equal(section_next(&a, &one, &why), 1);
		assert_int_equal(section_next(&b, &other, &why), 1);
		if (section_equal(&one, &other) != rows[i].equal)
			fail_msg("%s and %s", rows[i].a, rows[i].b);
		if (rows[i].equal)
			assert_int_equal(section_hash(&one), section_hash(&other));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),	   cmocka_unit_test(test_bad_headers),
		cmocka_unit_test(test_cutting),	   cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_long_lines), cmocka_unit_test(test_equal),
	};

	return cmocka_run_group_tests_name("section", tests, NULL, NULL);
}
