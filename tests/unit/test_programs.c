/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of subid/programs: ids that are kept off on every host, and one list of them for all. */
#include "subid/programs.h"
#include "tests/unit/unit.h"

static bool lists(struct id_range wanted)
{
	struct id_range range;
	const char *name;

	for (size_t i = 0; programs_get(i, &name, &range); i++)
		if (id_range_equal(range, wanted))
			return true;
	return false;
}

/* Whatever is installed here. */
static void test_always(void **state)
{
	(void)state;
	assert_true(lists((struct id_range){0, 65536}));
	assert_true(lists((struct id_range){2147352576, 65536}));
	assert_true(lists((struct id_range){2147483648, 2147483647}));
}

static void test_get(void **state)
{
	struct id_range range;
	const char *name;
	size_t count = 0;

	(void)state;
	for (; name = NULL, range = (struct id_range){7, 0}, programs_get(count, &name, &range);
	     count++) {
		struct id_range checked;

		assert_non_null(name);
		assert_int_not_equal(name[0], '\0');
		assert_int_equal(id_range_make(range.start, range.count, &checked), 0);
		assert_in_range(count, 0, 100);
	}
	/* At the end nothing is given, and there it stays. */
	assert_null(name);
	assert_int_equal(range.count, 0);
	assert_false(programs_get(count + 1, &name, &range));
	assert_false(programs_get(SIZE_MAX, &name, &range));
	assert_null(name);
	assert_true(count >= 3);
}

/* What is avoided is what is shown to people. */
static void test_add(void **state)
{
	const struct id_range other = {700000, 1};
	struct id_set set = {NULL, 0, 0};
	struct id_range range;
	const char *name;

	(void)state;
	assert_int_equal(id_set_add(&set, other), 0);
	assert_int_equal(programs_add(&set), 0);
	assert_true(id_range_equal(set.ranges[0], other));
	for (size_t i = 1; i < set.count; i++) {
		assert_true(programs_get(i - 1, &name, &range));
		assert_true(id_range_equal(set.ranges[i], range));
	}
	assert_false(programs_get(set.count - 1, &name, &range));
	id_set_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_always),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_add),
	};

	return cmocka_run_group_tests_name("programs", tests, NULL, NULL);
}
