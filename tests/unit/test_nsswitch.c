/* SPDX-License-Identifier: BSD-3-Clause */
/* Where nsswitch.conf(5) takes subordinate ids from: nsswitch_subid_source() of subid/nsswitch. */
#include "subid/nsswitch.h"
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
		{"subid: sss\n", "sss"},
		{"subid:sss", "sss"},
		{"  subid:   sss files\n", "sss"},
		{"passwd: files\nsubid: filesystem\n", "filesystem"},
		/* Shadow takes the first line that names one. */
		{"subid:\nsubid: sss\nsubid: files\n", "sss"},
		{"subid: files\nsubid: sss\n", NULL},
	};
	struct scratch *s = *state;

	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *path =
			scratch_write(s, "nsswitch.conf", rows[i].text, strlen(rows[i].text), 0644);
		char unset[] = "unset", *source = unset;
		struct reason why = {""};
		int r = nsswitch_subid_source(path, &source, &why);

		if (r != 0)
			fail_msg("'%s': %d %s", rows[i].text, r, why.text);
		if (!source != !rows[i].source || (source && strcmp(source, rows[i].source) != 0))
			fail_msg("'%s': %s", rows[i].text, source ? source : "the files");
		free(source);
	}
}

static void test_no_file(void **state)
{
	char unset[] = "unset", *source = unset;
	struct reason why = {""};

	assert_int_equal(nsswitch_subid_source(scratch_path(*state, "none"), &source, &why), 0);
	assert_null(source);
}

/* As authselect has it: /etc/nsswitch.conf leads elsewhere. */
static void test_link(void **state)
{
	struct scratch *s = *state;
	char link[sizeof(s->path)], *source = NULL;
	struct reason why = {""};

	if (geteuid() != 0)
		skip();
	scratch_write(s, "real", "subid: sss\n", 11, 0644);
	snprintf(link, sizeof(link), "%s", scratch_path(s, "nsswitch.conf"));
	assert_int_equal(symlink("real", link), 0);
	assert_int_equal(nsswitch_subid_source(link, &source, &why), 0);
	assert_string_equal(source, "sss");
	free(source);
	/* To libc, a link that leads nowhere is no file. */
	assert_int_equal(unlink(scratch_path(s, "real")), 0);
	assert_int_equal(nsswitch_subid_source(link, &source, &why), 0);
	assert_null(source);
	/* Nor is it believed what others can write. */
	scratch_write(s, "real", "subid: sss\n", 11, 0666);
	assert_int_equal(nsswitch_subid_source(link, &source, &why), -EPERM);
	TELLS("anybody's, by a link", &why, scratch_path(s, "real"));
}

static void test_unbelievable(void **state)
{
	struct scratch *s = *state;
	char unset[] = "unset", *source = unset;
	struct reason why = {""};

	scratch_write(s, "nsswitch.conf", "subid: sss\n", 11, 0666);
	assert_int_equal(nsswitch_subid_source(s->path, &source, &why), -EPERM);
	TELLS("anybody's", &why, s->path);
	assert_ptr_equal(source, unset);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_sources),
		SCRATCH_TEST(test_no_file),
		SCRATCH_TEST(test_link),
		SCRATCH_TEST(test_unbelievable),
	};

	return cmocka_run_group_tests_name("lookup", tests, NULL, NULL);
}
