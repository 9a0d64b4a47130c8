/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of util/file: files replaced whole or not at all, and files that may be believed. */
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>

#include "tests/unit/scratch.h"
#include "util/file.h"

static void test_replace_makes(void **state)
{
	struct scratch *s = *state;
	struct reason why;
	mode_t old = umask(077);
	int r = file_replace(scratch_path(s, "f"), "one\n", 4, &why);

	umask(old);
	assert_int_equal(r, 0);
	assert_file(s, "f", "one\n", 4);
	assert_int_equal(mode_of_file(s, "f"), 0644);
	assert_int_equal(count_files(s), 1);
}

static void test_replace_keeps_mode(void **state)
{
	static const mode_t modes[] = {0600, 0640, 0444};
	struct scratch *s = *state;
	struct reason why;

	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		const char *path;

		unlinkat(s->fd, "f", 0);
		path = scratch_write(s, "f", "an older, longer text\n", 22, modes[i]);
		assert_int_equal(file_replace(path, "a\0b", 3, &why), 0);
		assert_file(s, "f", "a\0b", 3);
		assert_int_equal(mode_of_file(s, "f"), modes[i]);
	}
	assert_int_equal(count_files(s), 1);
}

/* Who has the old file open reads the old text to its end. */
static void test_replace_is_a_rename(void **state)
{
	struct scratch *s = *state;
	struct reason why;
	struct stat before, after;
	const char *path = scratch_write(s, "f", "old", 3, 0644);

	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(linkat(s->fd, "f", s->fd, "other", 0), 0);
	assert_int_equal(file_replace(path, "new", 3, &why), 0);
	assert_int_equal(stat(path, &after), 0);
	assert_int_not_equal(before.st_ino, after.st_ino);
	assert_file(s, "other", "old", 3);
}

/* "PATH+" that a crash left, and one that somebody else put there to have us write elsewhere. */
static void test_replace_over_leftover(void **state)
{
	struct scratch *s = *state;
	struct reason why;

	scratch_write(s, "f+", "half", 4, 0666);
	assert_int_equal(file_replace(scratch_path(s, "f"), "whole", 5, &why), 0);
	assert_file(s, "f", "whole", 5);
	assert_int_equal(mode_of_file(s, "f"), 0644);

	scratch_write(s, "victim", "safe", 4, 0644);
	assert_int_equal(symlinkat("victim", s->fd, "f+"), 0);
	assert_int_equal(file_replace(scratch_path(s, "f"), "again", 5, &why), 0);
	assert_file(s, "victim", "safe", 4);
	assert_file(s, "f", "again", 5);
	assert_int_equal(count_files(s), 2);
}

static void test_replace_not_through_link(void **state)
{
	struct scratch *s = *state;
	struct reason why;

	scratch_write(s, "victim", "safe", 4, 0600);
	assert_int_equal(symlinkat("victim", s->fd, "f"), 0);
	assert_int_equal(file_replace(scratch_path(s, "f"), "new", 3, &why), 0);
	assert_file(s, "victim", "safe", 4);
	assert_file(s, "f", "new", 3);
	assert_int_equal(mode_of_file(s, "f"), 0644);
}

/* A limit on file sizes stands in for a full disk: both end a write in its middle. */
static void test_replace_on_full_disk(void **state)
{
	static const char large[100000];
	struct scratch *s = *state;
	struct reason why = {""};
	struct rlimit old, small;
	void (*handler)(int);
	int r, r_at;

	scratch_write(s, "f", "old", 3, 0644);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){4096, old.rlim_max};
	handler = signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	r = file_replace(scratch_path(s, "f"), large, sizeof(large), &why);
	r_at = file_replace_at(s->fd, "f", large, sizeof(large));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, handler);

	assert_int_equal(r, -EFBIG);
	assert_int_equal(r_at, -EFBIG);
	TELLS("full disk", &why, s->path, "cannot write");
	assert_file(s, "f", "old", 3);
	assert_int_equal(count_files(s), 1);
}

static void test_replace_failures(void **state)
{
	struct scratch *s = *state;
	struct reason why;
	char name[NAME_MAX + 1];

	assert_int_equal(mkdirat(s->fd, "d", 0755), 0);
	assert_int_equal(file_replace(scratch_path(s, "d"), "x", 1, &why), -EISDIR);
	TELLS("directory", &why, s->path);
	assert_int_equal(count_files(s), 1);

	assert_int_equal(file_replace(scratch_path(s, "none/f"), "x", 1, &why), -ENOENT);
	TELLS("no directory", &why, s->dir, "none");
	assert_int_equal(file_replace("relative", "x", 1, &why), -EINVAL);
	TELLS("relative", &why, "relative is not an absolute path");

	memset(name, 'n', NAME_MAX);
	name[NAME_MAX] = '\0';
	assert_int_equal(file_replace(scratch_path(s, name), "x", 1, &why), -ENAMETOOLONG);
	assert_int_equal(count_files(s), 1);
}

static void test_replace_at(void **state)
{
	struct scratch *s = *state;

	assert_int_equal(file_replace_at(s->fd, "state", "one", 3), 0);
	assert_file(s, "state", "one", 3);
	assert_int_equal(file_replace_at(s->fd, "state", "", 0), 0);
	assert_file(s, "state", "", 0);
	assert_int_equal(mode_of_file(s, "state"), 0644);
	assert_int_equal(count_files(s), 1);
	assert_int_equal(file_replace_at(-1, "state", "x", 1), -EBADF);
}

static void test_read(void **state)
{
	static const size_t lengths[] = {0, 1, 8190, 8191, 8192, 8193, 100000};
	struct scratch *s = *state;
	CLEANUP_FREE char *text = malloc(100000);

	assert_non_null(text);
	for (size_t i = 0; i < 100000; i++)
		text[i] = (char)(i * 7 % 251);
	for (size_t i = 0; i < COUNT_OF(lengths); i++) {
		CLEANUP_FD int fd = -1;
		CLEANUP_FREE char *found = NULL;
		size_t length = 99;

		fd = open(scratch_write(s, "f", text, lengths[i], 0644), O_RDONLY | O_CLOEXEC);
		/* From its beginning, wherever the descriptor stands. */
		assert_int_equal(lseek(fd, 1, SEEK_SET), 1);
		assert_int_equal(file_read(fd, lengths[i], &found, &length), 0);
		assert_int_equal(length, lengths[i]);
		assert_memory_equal(found, text, length);
		assert_int_equal(found[length], '\0');
		if (lengths[i] == 0)
			continue;
		free(found);
		found = NULL;
		assert_int_equal(file_read(fd, lengths[i] - 1, &found, &length), -EFBIG);
		assert_null(found);
		assert_int_equal(length, lengths[i]);
	}
}

static void test_read_failure(void **state)
{
	struct scratch *s = *state;
	char *text = NULL;
	size_t length = 99;

	assert_int_equal(file_read(s->fd, 10, &text, &length), -EISDIR);
	assert_int_equal(file_read(-1, 10, &text, &length), -EBADF);
	assert_null(text);
	assert_int_equal(length, 99);
}

static void assert_untrusted(const char *name, const char *path, int error, const char *tells)
{
	struct reason why = {""};
	char *text = NULL;
	size_t length = 99;
	int fd = -7, r;

	r = file_open_trusted(path, 4, &fd, &why);
	if (r != error || fd != -7)
		fail_msg("%s: %d, descriptor %d: %s", name, r, fd, why.text);
	TELLS(name, &why, path, tells);
	assert_int_equal(file_read_trusted(path, 4, &text, &length, &why), error);
	assert_null(text);
	assert_int_equal(length, 99);
}

/* What nobody's file can be, root's or not. */
static void test_untrusted_kinds(void **state)
{
	struct scratch *s = *state;

	scratch_write(s, "f", "x", 1, 0644);
	assert_int_equal(symlinkat("f", s->fd, "link"), 0);
	assert_int_equal(symlinkat("nowhere", s->fd, "dangling"), 0);
	assert_int_equal(mkdirat(s->fd, "dir", 0755), 0);
	assert_int_equal(mkfifoat(s->fd, "fifo", 0644), 0);
	/* A FIFO that holds us is the end of this program. */
	alarm(5);
	assert_untrusted("link", scratch_path(s, "link"), -ELOOP, "symbolic link");
	assert_untrusted("dangling", scratch_path(s, "dangling"), -ELOOP, "symbolic link");
	assert_untrusted("directory", scratch_path(s, "dir"), -EINVAL, "not a regular file");
	assert_untrusted("fifo", scratch_path(s, "fifo"), -EINVAL, "not a regular file");
	assert_untrusted("device", "/dev/null", -EINVAL, "not a regular file");
	assert_untrusted("below a file", scratch_path(s, "f/x"), -ENOTDIR, "cannot open");
	alarm(0);
}

static void test_no_file_is_no_reason(void **state)
{
	struct scratch *s = *state;
	struct reason why = {"untouched"};
	int fd = -7;

	assert_int_equal(file_open_trusted(scratch_path(s, "none"), 4, &fd, &why), -ENOENT);
	assert_int_equal(fd, -7);
	assert_string_equal(why.text, "untouched");
}

static void test_untrusted_owner(void **state)
{
	struct scratch *s = *state;
	const char *path = scratch_write(s, "f", "x", 1, 0644);

	if (geteuid() == 0)
		assert_int_equal(chown(path, 65534, 0), 0);
	assert_untrusted("owner", path, -EPERM, "it must belong to root");
}

static void test_untrusted_modes(void **state)
{
	static const mode_t modes[] = {0664, 0646, 0666, 0620, 0602};
	struct scratch *s = *state;

	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		char mode[16];

		snprintf(mode, sizeof(mode), "(mode %04o)", modes[i]);
		assert_untrusted(mode, scratch_write(s, "f", "x", 1, modes[i]), -EPERM, mode);
	}
	assert_untrusted("large", scratch_write(s, "f", "12345", 5, 0644), -EFBIG,
			 "larger than 4 bytes");
}

static void test_trusted(void **state)
{
	static const mode_t modes[] = {0644, 0600, 0444, 0755, 0000};
	struct scratch *s = *state;
	struct reason why = {""};

	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < COUNT_OF(modes); i++) {
		const char *path = scratch_write(s, "f", "1234", 4, modes[i]);
		CLEANUP_FREE char *text = NULL;
		CLEANUP_FD int fd = -1;
		size_t length = 0;

		assert_int_equal(file_open_trusted(path, 4, &fd, &why), 0);
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		assert_int_equal(file_read_trusted(path, 4, &text, &length, &why), 0);
		assert_int_equal(length, 4);
		assert_string_equal(text, "1234");
	}
	assert_string_equal(why.text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_replace_makes),
		SCRATCH_TEST(test_replace_keeps_mode),
		SCRATCH_TEST(test_replace_is_a_rename),
		SCRATCH_TEST(test_replace_over_leftover),
		SCRATCH_TEST(test_replace_not_through_link),
		SCRATCH_TEST(test_replace_on_full_disk),
		SCRATCH_TEST(test_replace_failures),
		SCRATCH_TEST(test_replace_at),
		SCRATCH_TEST(test_read),
		SCRATCH_TEST(test_read_failure),
		SCRATCH_TEST(test_untrusted_kinds),
		SCRATCH_TEST(test_no_file_is_no_reason),
		SCRATCH_TEST(test_untrusted_owner),
		SCRATCH_TEST(test_untrusted_modes),
		SCRATCH_TEST(test_trusted),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
