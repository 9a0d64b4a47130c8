/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of util/parse: strict numbers, and fields without copies. */
#include "tests/unit/unit.h"
#include "util/parse.h"

#define SLICE(literal) ((struct slice){literal, sizeof(literal) - 1})

static void test_numbers(void **state)
{
	static const struct {
		struct slice digits;
		uint64_t max;
		int r;
		uint64_t value;
	} rows[] = {
		{SLICE("0"), 0, 0, 0},
		{SLICE("1"), 0, -ERANGE, 0},
		{SLICE("7"), 7, 0, 7},
		{SLICE("8"), 7, -ERANGE, 0},
		{SLICE("10"), 7, -ERANGE, 0},
		{SLICE("65536"), UINT32_MAX, 0, 65536},
		{SLICE("007"), 7, 0, 7},
		{SLICE("0000000000000000000000000000001"), 1, 0, 1},
		{SLICE("4294967294"), UINT32_MAX - 1, 0, UINT32_MAX - 1},
		{SLICE("4294967295"), UINT32_MAX - 1, -ERANGE, 0},
		{SLICE("4294967295"), UINT32_MAX, 0, UINT32_MAX},
		{SLICE("4294967296"), UINT32_MAX, -ERANGE, 0},
		{SLICE("18446744073709551615"), UINT64_MAX, 0, UINT64_MAX},
		{SLICE("18446744073709551616"), UINT64_MAX, -ERANGE, 0},
		{SLICE("99999999999999999999999"), UINT64_MAX, -ERANGE, 0},
		{SLICE(""), UINT32_MAX, -EINVAL, 0},
		{{NULL, 0}, UINT32_MAX, -EINVAL, 0},
		{SLICE("-1"), UINT32_MAX, -EINVAL, 0},
		{SLICE("+1"), UINT32_MAX, -EINVAL, 0},
		{SLICE(" 1"), UINT32_MAX, -EINVAL, 0},
		{SLICE("1 "), UINT32_MAX, -EINVAL, 0},
		{SLICE("1\n"), UINT32_MAX, -EINVAL, 0},
		{SLICE("1\0"), UINT32_MAX, -EINVAL, 0},
		{SLICE("0x10"), UINT32_MAX, -EINVAL, 0},
		{SLICE("1e3"), UINT32_MAX, -EINVAL, 0},
		{SLICE("1.0"), UINT32_MAX, -EINVAL, 0},
		{SLICE("64K"), UINT32_MAX, -EINVAL, 0},
		{SLICE("/"), UINT32_MAX, -EINVAL, 0}, /* '0' - 1 */
		{SLICE(":"), UINT32_MAX, -EINVAL, 0}, /* '9' + 1 */
		{SLICE("\xb1"), UINT32_MAX, -EINVAL, 0},
		{{"12345", 2}, UINT32_MAX, 0, 12}, /* what is behind a slice is not its */
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const uint64_t untouched = 0xfeed;
		uint64_t value = untouched;
		int r = parse_number(rows[i].digits, rows[i].max, &value);

		if (r != rows[i].r || value != (r < 0 ? untouched : rows[i].value))
			fail_msg("'%.*s' up to %ju: %d, %ju", (int)rows[i].digits.length,
				 rows[i].digits.text, (uintmax_t)rows[i].max, r, (uintmax_t)value);
	}
}

static void test_ids(void **state)
{
	static const struct {
		const char *text;
		int r;
		uint32_t id;
	} rows[] = {
		{"0", 0, 0},
		{"1000", 0, 1000},
		{"4294967294", 0, 4294967294},
		{"4294967295", 0, 4294967295},
		{"4294967296", -ERANGE, 0},
		{"", -EINVAL, 0},
		{"-1", -EINVAL, 0},
		{"1000 ", -EINVAL, 0},
		{"alice", -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint32_t id = 77;
		int r = parse_id(rows[i].text, &id);

		if (r != rows[i].r || id != (r < 0 ? 77 : rows[i].id))
			fail_msg("'%s': %d, %u", rows[i].text, r, id);
	}
}

static void test_fields(void **state)
{
	static const struct {
		struct slice text;
		const char *fields[5];
	} rows[] = {
		{SLICE("a:b:c"), {"a", "b", "c"}},
		{SLICE("alone"), {"alone"}},
		{SLICE(""), {""}},
		{SLICE(":"), {"", ""}},
		{SLICE("a:"), {"a", ""}},
		{SLICE(":a"), {"", "a"}},
		{SLICE("a::b"), {"a", "", "b"}},
		{{"ab:c:d", 4}, {"ab", "c"}}, /* the text goes on, the slice does not */
		{{"ab:c", 2}, {"ab"}},
		{{"ab:c", 3}, {"ab", ""}},
		{{NULL, 0}, {NULL}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice rest = rows[i].text, field;
		size_t found = 0;

		for (; next_field(&rest, ':', &field); found++)
			if (!rows[i].fields[found] || !slice_equals(field, rows[i].fields[found]))
				fail_msg("row %zu: field %zu is '%.*s'", i, found,
					 (int)field.length, field.text);
		if (rows[i].fields[found])
			fail_msg("row %zu: %zu fields", i, found);
		assert_null(rest.text);
		assert_false(next_field(&rest, ':', &field));
	}
}

static void test_field_may_hold_nul(void **state)
{
	struct slice rest = SLICE("a\0b:c"), field;

	(void)state;
	assert_true(next_field(&rest, ':', &field));
	assert_int_equal(field.length, 3);
	assert_true(slice_equals(rest, "c"));
}

static void test_slice_equals(void **state)
{
	(void)state;
	assert_true(slice_equals((struct slice)SLICE("uid"), "uid"));
	assert_true(slice_equals((struct slice){"uid=5", 3}, "uid"));
	assert_true(slice_equals((struct slice)SLICE(""), ""));
	assert_false(slice_equals((struct slice)SLICE("uid"), "ui"));
	assert_false(slice_equals((struct slice)SLICE("ui"), "uid"));
	assert_false(slice_equals((struct slice)SLICE("uid"), "UID"));
	assert_false(slice_equals((struct slice)SLICE("uid\0"), "uid"));
	assert_false(slice_equals((struct slice)SLICE(""), "uid"));
	assert_true(slices_equal(slice_of("a"), slice_of("a")));
	assert_false(slices_equal(slice_of("a"), slice_of("ab")));
	assert_true(slices_equal((struct slice){NULL, 0}, slice_of("")));
}

static void test_slice_trim(void **state)
{
	(void)state;
	assert_true(slice_equals(slice_trim(slice_of(" \tof two words\r ")), "of two words"));
	assert_true(slice_equals(slice_trim(slice_of("word")), "word"));
	assert_int_equal(slice_trim(slice_of(" \t")).length, 0);
}

static void test_count(void **state)
{
	static const struct {
		struct slice text;
		int r;
		uint32_t count;
	} rows[] = {
		{SLICE("1"), 0, 1},
		{SLICE("65536"), 0, 65536},
		{SLICE("64K"), 0, 65536},
		{SLICE("2M"), 0, 2097152},
		{SLICE("4095M"), 0, 4293918720},
		{SLICE("4294967294"), 0, 4294967294},
		{SLICE("4294967295"), -EINVAL, 0},
		{SLICE("4096M"), -EINVAL, 0},
		{SLICE("0"), -EINVAL, 0},
		{SLICE("0K"), -EINVAL, 0},
		{SLICE(""), -EINVAL, 0},
		{SLICE("K"), -EINVAL, 0},
		{SLICE("-1"), -EINVAL, 0},
		{SLICE("5G"), -EINVAL, 0},
		{SLICE("1KK"), -EINVAL, 0},
		{SLICE("1k"), -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint32_t count = 7;

		assert_int_equal(parse_count(rows[i].text, &count), rows[i].r);
		assert_int_equal(count, rows[i].r < 0 ? 7 : rows[i].count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),	     cmocka_unit_test(test_ids),
		cmocka_unit_test(test_fields),	     cmocka_unit_test(test_field_may_hold_nul),
		cmocka_unit_test(test_slice_equals), cmocka_unit_test(test_slice_trim),
		cmocka_unit_test(test_count),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
