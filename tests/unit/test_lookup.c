/* SPDX-License-Identifier: BSD-3-Clause */
/* Where nsswitch.conf(5) takes subordinate ids from: lookup_check_source() of subid/lookup. */
#include "subid/lookup.h"
#include "tests/unit/scratch.h"

static void test_sources(void **state)
{
	static const struct {
		const char *text;
		const char *source; /* NULL: files */
	} rows[] = {
		{"", NULL},
		{"passwd: files sss\n", NULL},
		{"subid: files\n", NULL},
		{"subid:\tfiles # local\n", NULL},
		{"#subid: sss\n", NULL},
		{"xsubid: sss\n", NULL},
		{"subid:\n", NULL},
		{"subid: sss\n", "'sss'"},
		{"subid:sss", "'sss'"},
		{"  subid:   sss files\n", "'sss'"},
		{"passwd: files\nsubid: filesystem\n", "'filesystem'"},
	};
	struct scratch *s = *state;

	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *path =
			scratch_write(s, "nsswitch.conf", rows[i].text, strlen(rows[i].text), 0644);
		struct reason why = {""};
		int r = lookup_check_source(path, &why);

		if (r != (rows[i].source ? -EOPNOTSUPP : 0))
			fail_msg("'%s': %d %s", rows[i].text, r, why.text);
		if (rows[i].source)
			TELLS(rows[i].text, &why, path, rows[i].source);
	}
}

static void test_no_file(void **state)
{
	struct reason why = {""};

	assert_int_equal(lookup_check_source(scratch_path(*state, "none"), &why), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_sources),
		SCRATCH_TEST(test_no_file),
	};

	return cmocka_run_group_tests_name("lookup", tests, NULL, NULL);
}
