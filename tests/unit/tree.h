/* SPDX-License-Identifier: BSD-3-Clause */
/* A temporary tree of directories etc, run and usr for one test, gone after it. */
#ifndef TESTS_UNIT_TREE_H
#define TESTS_UNIT_TREE_H

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "util/cleanup.h"

struct tree {
	char root[32];
	char paths[3][64];	    /* of etc, run and usr */
	const char *directories[3]; /* likewise */
	char path[PATH_MAX];	    /* that tree_path() named last */
};

static inline const char *tree_path(struct tree *tree, const char *name)
{
	snprintf(tree->path, sizeof(tree->path), "%s/%s", tree->root, name);
	return tree->path;
}

static inline int tree_setup(void **state)
{
	static const char *const names[] = {"etc", "run", "usr"};
	struct tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		return -1;
	*state = tree;
	strcpy(tree->root, "/tmp/userns-unit-XXXXXX");
	if (!mkdtemp(tree->root))
		return -1;
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		snprintf(tree->paths[i], sizeof(tree->paths[i]), "%s/%s", tree->root, names[i]);
		tree->directories[i] = tree->paths[i];
		if (mkdir(tree->paths[i], 0755) < 0)
			return -1;
	}
	return 0;
}

static inline int tree_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline int tree_teardown(void **state)
{
	struct tree *tree = *state;
	int r = nftw(tree->root, tree_remove, 16, FTW_DEPTH | FTW_PHYS);

	free(tree);
	return r;
}

#define TREE_TEST(function) cmocka_unit_test_setup_teardown(function, tree_setup, tree_teardown)

/* Makes a file, and the directory that it is in. */
static inline void tree_write(struct tree *tree, const char *name, const char *text)
{
	char *slash = strrchr(tree_path(tree, name), '/');
	CLEANUP_FD int fd = -1;

	*slash = '\0';
	if (mkdir(tree->path, 0755) < 0)
		assert_int_equal(errno, EEXIST);
	assert_int_equal(chmod(tree->path, 0755), 0);
	*slash = '/';
	fd = open(tree->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, 0644), 0);
}

#endif
