/* SPDX-License-Identifier: BSD-3-Clause */
/* Who is a person: util/account.h. */
#include "tests/unit/unit.h"

#include "util/account.h"

static void test_system_accounts(void **state)
{
	static const struct {
		uid_t uid, uid_min;
		bool is_system;
	} rows[] = {
		{0, 1000, true},     {1, 1000, true},	   {999, 1000, true},
		{1000, 1000, false}, {65533, 1000, false}, {65534, 1000, true},
		{65535, 1000, true}, {65536, 1000, false}, {0, 0, true},
		{1, 0, false},	     {2000, 5000, true},   {4294967294, 1000, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		if (is_system_account(rows[i].uid, rows[i].uid_min) != rows[i].is_system)
			fail_msg("uid %u, UID_MIN %u", rows[i].uid, rows[i].uid_min);
}

static void test_errno_of_getpwnam(void **state)
{
	(void)state;
	assert_true(means_no_such_user(0));
	assert_true(means_no_such_user(ENOENT));
	assert_true(means_no_such_user(ESRCH));
	/* The directory is down, or we are out of something: not known. */
	assert_false(means_no_such_user(EAGAIN));
	assert_false(means_no_such_user(EIO));
	assert_false(means_no_such_user(EMFILE));
	assert_false(means_no_such_user(ETIMEDOUT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_system_accounts),
		cmocka_unit_test(test_errno_of_getpwnam),
	};

	return cmocka_run_group_tests_name("account", tests, NULL, NULL);
}
