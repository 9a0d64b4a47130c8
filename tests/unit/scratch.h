/* SPDX-License-Identifier: BSD-3-Clause */
/* A temporary directory for one test: made before it, gone after it, however the test ended. */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "util/cleanup.h"

struct scratch {
	char dir[32];
	char path[320]; /* of the file that scratch_path() named last */
	int fd;
};

static inline int scratch_setup(void **state)
{
	struct scratch *s = calloc(1, sizeof(*s));

	if (!s)
		return -1;
	strcpy(s->dir, "/tmp/userns-unit-XXXXXX");
	s->fd = mkdtemp(s->dir) ? open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	*state = s;
	return s->fd < 0 ? -1 : 0;
}

/* Tests make no deeper trees than files and empty directories. */
static inline int scratch_teardown(void **state)
{
	struct scratch *s = *state;
	DIR *dir = fdopendir(s->fd);
	struct dirent *entry;
	int r;

	while (dir && (entry = readdir(dir)))
		if (unlinkat(s->fd, entry->d_name, 0) < 0)
			unlinkat(s->fd, entry->d_name, AT_REMOVEDIR);
	if (dir)
		closedir(dir);
	r = rmdir(s->dir);
	free(s);
	return r;
}

#define SCRATCH_TEST(function)                                                                     \
	cmocka_unit_test_setup_teardown(function, scratch_setup, scratch_teardown)

static inline const char *scratch_path(struct scratch *s, const char *name)
{
	int n = snprintf(s->path, sizeof(s->path), "%s/%s", s->dir, name);

	assert_in_range(n, 1, sizeof(s->path) - 1);
	return s->path;
}

/* Makes a file with just this mode, whatever the umask. */
static inline const char *scratch_write(struct scratch *s, const char *name, const void *text,
					size_t length, mode_t mode)
{
	CLEANUP_FD int fd = openat(s->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, length), length);
	assert_int_equal(fchmod(fd, mode), 0);
	return scratch_path(s, name);
}

/* Is this the whole of the file? */
static inline void assert_file(const struct scratch *s, const char *name, const void *text,
			       size_t length)
{
	CLEANUP_FD int fd = openat(s->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	CLEANUP_FREE char *found = NULL;
	struct stat st;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, length);
	found = malloc(length + 1);
	assert_non_null(found);
	assert_int_equal(read(fd, found, length), length);
	assert_memory_equal(found, text, length);
}

static inline mode_t mode_of_file(const struct scratch *s, const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(s->fd, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_mode & 07777;
}

/* How many names are in the directory? */
static inline unsigned int count_files(const struct scratch *s)
{
	CLEANUP_DIR DIR *dir = opendir(s->dir);
	unsigned int count = 0;
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	return count;
}

#endif
