/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of userns/text: names of any bytes on a terminal, and as UTF-8. */
#include <locale.h>
#include <stdlib.h>

#include "tests/unit/unit.h"
#include "userns/text.h"

#define SLICE(text) ((struct slice){text, sizeof(text) - 1})

static void test_show(void **state)
{
	static const struct {
		struct slice text;
		size_t width;
		const char *shown;
		size_t columns;
	} rows[] = {
		{SLICE("alice"), 5, "alice", 5},
		{SLICE("alice"), 4, "ali\xe2\x80\xa6", 4},
		{SLICE("alice"), 1, "\xe2\x80\xa6", 1},
		{SLICE("alice"), 0, "", 0},
		{SLICE("\xc3\xa9t\xc3\xa9"), 3, "\xc3\xa9t\xc3\xa9", 3},
		/* Two columns each. */
		{SLICE("\xe4\xba\xba\xe4\xba\xba"), 4, "\xe4\xba\xba\xe4\xba\xba", 4},
		{SLICE("\xe4\xba\xba\xe4\xba\xba"), 3, "\xe4\xba\xba\xe2\x80\xa6", 3},
		/* What a terminal would obey, is no character, or has no width. */
		{SLICE("\033[2J"), 9, "\\x1b[2J", 7},
		{SLICE("\xff"), 9, "\\xff", 4},
		{SLICE("\xe4\xba"), 9, "\\xe4\\xba", 8},
		{SLICE("a\xcc\x81"), 20, "a\\xcc\\x81", 9},
		{SLICE("\xe2\x80\xae"), 20, "\\xe2\\x80\\xae", 12},
		{SLICE("\xff\xff"), 5, "\\xff\xe2\x80\xa6", 5},
	};

	(void)state;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char shown[TEXT_SHOWN_SIZE(20)];

		assert_int_equal(text_show(rows[i].text, rows[i].width, shown), rows[i].columns);
		assert_string_equal(shown, rows[i].shown);
	}
	setlocale(LC_CTYPE, "C");
	{
		char shown[TEXT_SHOWN_SIZE(20)];

		assert_int_equal(text_show(SLICE("\xc3\xa9"), 20, shown), 8);
		assert_string_equal(shown, "\\xc3\\xa9");
		assert_int_equal(text_show(SLICE("alice"), 4, shown), 4);
		assert_string_equal(shown, "ali~");
	}
}

static void test_utf8(void **state)
{
	static const struct {
		struct slice text;
		size_t length;
	} rows[] = {
		{SLICE(""), 0},
		{SLICE("a"), 1},
		{SLICE("\x7f"), 1},
		{SLICE("\x80"), 0},
		{SLICE("\xc1\xbf"), 0}, /* overlong */
		{SLICE("\xc2\x80"), 2},
		{SLICE("\xc2"), 0},
		{SLICE("\xe0\x9f\xbf"), 0},
		{SLICE("\xe0\xa0\x80"), 3},
		{SLICE("\xed\x9f\xbf"), 3},
		{SLICE("\xed\xa0\x80"), 0}, /* surrogate */
		{SLICE("\xee\x80\x80"), 3},
		{SLICE("\xf0\x8f\xbf\xbf"), 0},
		{SLICE("\xf0\x90\x80\x80"), 4},
		{SLICE("\xf4\x8f\xbf\xbf"), 4},
		{SLICE("\xf4\x90\x80\x80"), 0}, /* beyond Unicode */
		{SLICE("\xf5\x80\x80\x80"), 0},
		{SLICE("\xe4\xba\x41"), 0},
	};
	char *text;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		assert_int_equal(text_utf8_length(rows[i].text), rows[i].length);
	text = text_to_utf8(SLICE("a\xff\xc3\xa9\xc3"));
	assert_string_equal(text, "a\\xff\xc3\xa9\\xc3");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_show),
		cmocka_unit_test(test_utf8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
