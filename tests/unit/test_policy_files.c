/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of conf/files: which files make a policy, in which order, and which are not believed. */
#include "conf/files.h"
#include "tests/unit/tree.h"

#define NAME "userns.conf"

static int read_tree(struct tree *tree, struct policy_files *ret, struct reason *why)
{
	return policy_files_read_in(tree->directories, 3, NAME, ret, why);
}

/* The texts of all files, one after the other; each test file says where it lies. */
static void assert_texts(struct tree *tree, const char *name, const char *wanted)
{
	struct policy_files files = {.count = 0};
	struct reason why = {""};
	char found[1024] = "";
	size_t used = 0;

	if (read_tree(tree, &files, &why) < 0)
		fail_msg("%s: %s", name, why.text);
	for (size_t i = 0; i < files.count; i++)
		used += (size_t)snprintf(found + used, sizeof(found) - used, "%s ",
					 files.files[i].text);
	if (strcmp(found, wanted) != 0)
		fail_msg("%s: '%s', not '%s'", name, found, wanted);
	policy_files_free(&files);
}

static void test_order(void **state)
{
	static const struct {
		const char *files; /* a blank between */
		const char *wanted;
	} rows[] = {
		{"", ""},
		{"etc/userns.conf", "etc/userns.conf "},
		{"usr/userns.conf", "usr/userns.conf "},
		/* A main file stands for all below it. */
		{"usr/userns.conf etc/userns.conf run/userns.conf", "etc/userns.conf "},
		{"usr/userns.conf run/userns.conf", "run/userns.conf "},
		/* Drop-ins hold without one, and behind it, by name, wherever they lie. */
		{"etc/userns.conf.d/a.conf", "etc/userns.conf.d/a.conf "},
		{"etc/userns.conf usr/userns.conf.d/50-a.conf etc/userns.conf.d/10-b.conf "
		 "run/userns.conf.d/60-c.conf",
		 "etc/userns.conf etc/userns.conf.d/10-b.conf usr/userns.conf.d/50-a.conf "
		 "run/userns.conf.d/60-c.conf "},
		{"etc/userns.conf.d/b.conf etc/userns.conf.d/B.conf etc/userns.conf.d/a.conf "
		 "etc/userns.conf.d/9.conf etc/userns.conf.d/10.conf",
		 "etc/userns.conf.d/10.conf etc/userns.conf.d/9.conf etc/userns.conf.d/B.conf "
		 "etc/userns.conf.d/a.conf etc/userns.conf.d/b.conf "},
		/* One of the same name masks those below. */
		{"usr/userns.conf.d/x.conf etc/userns.conf.d/x.conf run/userns.conf.d/x.conf",
		 "etc/userns.conf.d/x.conf "},
		{"usr/userns.conf.d/x.conf run/userns.conf.d/x.conf usr/userns.conf.d/y.conf",
		 "run/userns.conf.d/x.conf usr/userns.conf.d/y.conf "},
		/* A drop-in may be called like the main file. */
		{"usr/userns.conf etc/userns.conf.d/userns.conf",
		 "usr/userns.conf etc/userns.conf.d/userns.conf "},
		/* What editors and packages leave is no drop-in. */
		{"etc/userns.conf etc/userns.conf.d/a.conf~ etc/userns.conf.d/.b.conf "
		 "etc/userns.conf.d/c etc/userns.conf.d/README etc/userns.conf.d/d.conf.dpkg-old "
		 "etc/userns.conf.d/.conf",
		 "etc/userns.conf "},
	};

	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char list[512], *name, *rest = list;

		snprintf(list, sizeof(list), "%s", rows[i].files);
		while ((name = strsep(&rest, " ")))
			if (*name)
				tree_write(*state, name, name);
		assert_texts(*state, rows[i].files, rows[i].wanted);
		tree_teardown(state);
		assert_int_equal(tree_setup(state), 0);
	}
}

/* An empty file in /etc switches one of the vendor's off. */
static void test_empty_masks(void **state)
{
	struct tree *tree = *state;

	if (geteuid() != 0)
		skip();
	tree_write(tree, "usr/userns.conf", "usr");
	tree_write(tree, "usr/userns.conf.d/a.conf", "usr a");
	tree_write(tree, "etc/userns.conf", "");
	tree_write(tree, "etc/userns.conf.d/a.conf", "");
	assert_texts(tree, "empty", "  ");
	/* And so does a link to nothing. */
	assert_int_equal(unlink(tree_path(tree, "etc/userns.conf.d/a.conf")), 0);
	assert_int_equal(symlink("/dev/null", tree_path(tree, "etc/userns.conf.d/a.conf")), 0);
	assert_texts(tree, "a link", "  ");
}

static void assert_refused(struct tree *tree, int error, const char *place, const char *says)
{
	struct policy_files files = {.count = 77};
	struct reason why = {""};
	int r = read_tree(tree, &files, &why);

	if (r != error)
		fail_msg("%s: %d, %s", place, r, why.text);
	TELLS(place, &why, place, says);
	assert_int_equal(files.count, 77);
}

#define DROPIN "etc/userns.conf.d/x.conf"

static void test_bad_dropins(void **state)
{
	struct tree *tree = *state;

	if (geteuid() != 0)
		skip();
	tree_write(tree, "etc/userns.conf", "main");
	tree_write(tree, DROPIN, "x");
	assert_int_equal(chmod(tree_path(tree, DROPIN), 0664), 0);
	assert_refused(tree, -EPERM, DROPIN, "writable for others");
	assert_int_equal(chmod(tree_path(tree, DROPIN), 0644), 0);
	assert_int_equal(chown(tree_path(tree, DROPIN), 12345, 0), 0);
	assert_refused(tree, -EPERM, DROPIN, "must belong to root");
	assert_int_equal(unlink(tree_path(tree, DROPIN)), 0);
	assert_int_equal(mkdir(tree_path(tree, DROPIN), 0755), 0);
	assert_refused(tree, -EINVAL, DROPIN, "not a regular file");
	assert_int_equal(rmdir(tree_path(tree, DROPIN)), 0);
	assert_int_equal(mkfifo(tree_path(tree, DROPIN), 0644), 0);
	alarm(5);
	assert_refused(tree, -EINVAL, DROPIN, "not a regular file");
	alarm(0);
	assert_int_equal(unlink(tree_path(tree, DROPIN)), 0);
	assert_int_equal(symlink("x.conf", tree_path(tree, DROPIN)), 0);
	assert_refused(tree, -ELOOP, DROPIN, "symbolic link");
	assert_int_equal(unlink(tree_path(tree, DROPIN)), 0);
	assert_int_equal(symlink("/dev/zero", tree_path(tree, DROPIN)), 0);
	assert_refused(tree, -ELOOP, DROPIN, "symbolic link");
}

static void test_bad_directories(void **state)
{
	static const char directory[] = "usr/userns.conf.d";
	struct tree *tree = *state;
	char moved[64];

	if (geteuid() != 0)
		skip();
	snprintf(moved, sizeof(moved), "%s/moved", tree->root);
	tree_write(tree, "usr/userns.conf.d/x.conf", "x");
	assert_int_equal(chmod(tree_path(tree, directory), 0775), 0);
	assert_refused(tree, -EPERM, directory, "writable for others");
	/* The sticky bit keeps nobody from adding a link to an old file of root's. */
	assert_int_equal(chmod(tree_path(tree, directory), 01777), 0);
	assert_refused(tree, -EPERM, directory, "writable for others");
	assert_int_equal(chmod(tree_path(tree, directory), 0755), 0);
	assert_int_equal(chown(tree_path(tree, directory), 12345, 0), 0);
	assert_refused(tree, -EPERM, directory, "must belong to root");
	assert_int_equal(chown(tree_path(tree, directory), 0, 0), 0);
	assert_int_equal(rename(tree_path(tree, directory), moved), 0);
	assert_int_equal(symlink(moved, tree_path(tree, directory)), 0);
	assert_refused(tree, -ENOTDIR, directory, "not a directory");
	assert_int_equal(unlink(tree_path(tree, directory)), 0);
	assert_int_equal(rename(moved, tree_path(tree, directory)), 0);
	/* The main file's own. */
	assert_int_equal(chmod(tree->directories[0], 0777), 0);
	assert_refused(tree, -EPERM, tree->directories[0], "writable for others");
	assert_int_equal(chmod(tree->directories[0], 01777), 0);
	assert_texts(tree, "sticky", "x ");
}

static void test_no_directories(void **state)
{
	struct tree *tree = *state;

	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(rmdir(tree->directories[i]), 0);
	assert_texts(tree, "none", "");
}

/* One that is not the installed one: itself and its drop-ins, and no vendor's. */
static void test_named(void **state)
{
	struct tree *tree = *state;
	struct policy_files files = {.count = 0};
	struct reason why = {""};

	if (geteuid() != 0)
		skip();
	tree_write(tree, "etc/mine.conf.d/a.conf", "a");
	assert_int_equal(policy_files_read(tree_path(tree, "etc/mine.conf"), &files, &why),
			 -ENOENT);
	TELLS("none", &why, tree->path, "there is no policy file");
	tree_write(tree, "etc/mine.conf", "mine");
	assert_int_equal(policy_files_read(tree_path(tree, "etc/mine.conf"), &files, &why), 0);
	assert_int_equal(files.count, 2);
	assert_string_equal(files.files[0].path, tree->path);
	assert_string_equal(files.files[1].text, "a");
	policy_files_free(&files);
	assert_int_equal(policy_files_read("mine.conf", &files, &why), -EINVAL);
	assert_int_equal(policy_files_read("/", &files, &why), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(test_order),		TREE_TEST(test_empty_masks),
		TREE_TEST(test_bad_dropins),	TREE_TEST(test_bad_directories),
		TREE_TEST(test_no_directories), TREE_TEST(test_named),
	};

	return cmocka_run_group_tests_name("policy files", tests, NULL, NULL);
}
