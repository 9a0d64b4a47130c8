/* SPDX-License-Identifier: BSD-3-Clause */
/* A walk while directories are moved under it: traces_here() of traces/walk. */
#include "tests/unit/tree.h"
#include "traces/traces.h"

/* What is done to the tree when the walk comes to a path; and what the walk has seen. */
struct meddler {
	const char *at;
	void (*act)(void);
	unsigned int times; /* how often it is done; 0: each time */
	unsigned int done;
	const char *then_at; /* and when it comes to another; NULL: nothing more */
	void (*then)(void);
	unsigned int marks;  /* how often a file "mark" was seen */
	unsigned int firsts; /* and one "first" */
};

static void meddle(const char *path, uint64_t entries, void *argument)
{
	struct meddler *m = argument;
	const char *name = strrchr(path, '/');

	(void)entries;
	m->marks += name && strcmp(name, "/mark") == 0;
	m->firsts += name && strcmp(name, "/first") == 0;
	if (m->then_at && strcmp(path, m->then_at) == 0) {
		m->then_at = NULL;
		m->then();
	}
	if (strcmp(path, m->at) != 0 || (m->times > 0 && m->done == m->times))
		return;
	m->done++;
	m->act();
}

/* The tree's root: the walk goes from directory to directory. */
static int top;

static void rename_away(void)
{
	assert_int_equal(renameat(top, "b", top, "0"), 0);
}

static void swap(void)
{
	assert_int_equal(renameat2(top, "b", top, "c", RENAME_EXCHANGE), 0);
}

static void put_empty(void)
{
	rename_away();
	assert_int_equal(mkdirat(top, "b", 0755), 0);
}

static void put_file(void)
{
	int fd;

	rename_away();
	fd = openat(top, "b", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static void put_link(void)
{
	rename_away();
	assert_int_equal(symlinkat("/", top, "b"), 0);
}

static void remove_it(void)
{
	assert_int_equal(unlinkat(top, "b/mark", 0), 0);
	assert_int_equal(unlinkat(top, "b", AT_REMOVEDIR), 0);
}

/* Whenever b is come to, it is new. */
static void renew(void)
{
	static unsigned int number;
	char name[32];

	snprintf(name, sizeof(name), "z%u", number++);
	assert_int_equal(renameat(top, "b", top, name), 0);
	assert_int_equal(mkdirat(top, "b", 0755), 0);
}

static void rename_inner(void)
{
	assert_int_equal(renameat(top, "b/b", top, "b/0"), 0);
}

static int walk_in(struct tree *tree, struct walk *walk, struct reason *why)
{
	int r;

	top = open(tree->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(fchdir(top), 0);
	r = traces_here(walk, why);
	assert_int_equal(chdir("/"), 0);
	close(top);
	return r;
}

static int walk_tree(struct tree *tree, struct meddler *m, const char *skip_to, struct reason *why)
{
	const struct wanted_ids nobodys = {{4000000000, 1}, {4000000000, 1}};
	struct walk walk = {.wanted = &nobodys, .skip_to = skip_to, .watch = meddle, .argument = m};

	tree_write(tree, "a/first", "");
	tree_write(tree, "b/mark", "");
	tree_write(tree, "c/other", "");
	return walk_in(tree, &walk, why);
}

static void test_moved(void **state)
{
	static const struct {
		const char *name;
		void (*act)(void);
	} rows[] = {
		{"renamed to where the walk was", rename_away},
		{"swapped with another", swap},
		{"another put in its place", put_empty},
		{"a file put in its place", put_file},
		{"a link put in its place", put_link},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct meddler m = {.at = "./a/first", .act = rows[i].act, .times = 1};
		struct reason why = {""};

		if (i > 0) {
			assert_int_equal(tree_teardown(state), 0);
			assert_int_equal(tree_setup(state), 0);
		}
		assert_int_equal(walk_tree(*state, &m, NULL, &why), 0);
		if (m.done != 1 || m.marks != 1)
			fail_msg("%s: the file was seen %u times", rows[i].name, m.marks);
		/* What the walk was through with is not walked again. */
		assert_int_equal(m.firsts, 1);
	}
}

/* Where an earlier walk was makes nothing that is new there one that was looked at. */
static void test_moved_behind(void **state)
{
	struct meddler m = {.at = "./a/first", .act = rename_away, .times = 1};
	struct reason why = {""};

	assert_int_equal(walk_tree(*state, &m, "./a/first", &why), 0);
	assert_int_equal(m.done, 1);
	assert_int_equal(m.marks, 1);
}

static void test_removed(void **state)
{
	struct meddler m = {.at = "./a/first", .act = remove_it, .times = 1};
	struct reason why = {""};

	assert_int_equal(walk_tree(*state, &m, NULL, &why), 0);
	assert_int_equal(m.done, 1);
	assert_int_equal(m.marks, 0);
}

/* The directory that b was in is another when it is read again for b. */
static void test_moved_twice(void **state)
{
	static void (*const acts[])(void) = {rename_away, put_empty, put_file};

	for (size_t i = 0; i < COUNT_OF(acts); i++) {
		const struct wanted_ids nobodys = {{4000000000, 1}, {4000000000, 1}};
		struct meddler m = {
			.at = "./b/a", .act = rename_inner, .then_at = "./b/c", .then = acts[i]};
		struct walk walk = {.wanted = &nobodys, .watch = meddle, .argument = &m};
		struct reason why = {""};

		if (i > 0) {
			assert_int_equal(tree_teardown(state), 0);
			assert_int_equal(tree_setup(state), 0);
		}
		tree_write(*state, "b/first", "");
		tree_write(*state, "b/a/none", "");
		tree_write(*state, "b/b/mark", "");
		tree_write(*state, "b/c/none", "");
		assert_int_equal(walk_in(*state, &walk, &why), 0);
		assert_int_equal(m.marks, 1);
	}
}

/* One who goes on for ever is told of. */
static void test_moved_for_ever(void **state)
{
	struct meddler m = {.at = "./b", .act = renew};
	struct reason why = {""};

	assert_int_equal(walk_tree(*state, &m, NULL, &why), -EAGAIN);
	TELLS("renewed", &why, "/ lists what is not there");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(test_moved),		TREE_TEST(test_moved_behind),
		TREE_TEST(test_moved_twice),	TREE_TEST(test_removed),
		TREE_TEST(test_moved_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
