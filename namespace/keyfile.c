/* SPDX-License-Identifier: BSD-3-Clause */
/* The small files of a run directory: see keyfile.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "namespace/keyfile.h"
#include "util/cleanup.h"
#include "util/file.h"
#include "util/userns.h"

#define KEYFILE_MAX 65536

struct slice keyfile_find(const char *text, const char *key)
{
	struct slice rest = slice_of(text), line, name;

	while (next_field(&rest, '\n', &line)) {
		next_field(&line, '=', &name);
		if (line.text && slice_equals(name, key))
			return line;
	}
	return (struct slice){NULL, 0};
}

/* Inside a user namespace root's files seem to be nobody's. */
static int check_owner(const struct stat *st, struct reason *why)
{
	if (in_initial_user_namespace() == 1 && st->st_uid != 0 && st->st_uid != geteuid())
		return refuse(why, -EINVAL, "it belongs to uid %u", st->st_uid);
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return refuse(why, -EINVAL, "it is writable for others (mode %04o)",
			      st->st_mode & 07777);
	return 0;
}

static int open_file(int dir, const char *name, int *ret_fd, struct reason *why)
{
	CLEANUP_FD int fd = -1;
	struct stat st;
	int r;

	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0 && (errno == ELOOP || errno == ENXIO))
		return refuse(why, -EINVAL, "it is no file");
	if (fd < 0 || fstat(fd, &st) < 0)
		return refuse_errno(why, -errno, "it cannot be opened");
	if (!S_ISREG(st.st_mode))
		return refuse(why, -EINVAL, "it is no file");
	r = check_owner(&st, why);
	if (r == 0)
		*ret_fd = TAKE_FD(fd);
	return r;
}

/* The version comes first: what another one has in it is not known. */
static int judge(const char *text, size_t length, uid_t uid, const char *last_key,
		 struct reason *why)
{
	struct slice version = keyfile_find(text, "version");
	struct slice whose = keyfile_find(text, "uid");
	uint64_t number;

	if (version.text && parse_number(version, UINT32_MAX, &number) == 0 &&
	    !slice_equals(version, KEYFILE_VERSION))
		return refuse(why, -EINVAL, "it is of version %.*s", (int)version.length,
			      version.text);
	if (strlen(text) != length || !version.text || !slice_equals(version, KEYFILE_VERSION) ||
	    !keyfile_find(text, last_key).text || text[length - 1] != '\n')
		return refuse(why, -EINVAL, "it is cut short");
	if (!whose.text || parse_number(whose, UINT32_MAX, &number) < 0 || number != uid)
		return refuse(why, -EINVAL, "it is not uid %u's", uid);
	return 0;
}

int keyfile_read(int dir, const char *name, uid_t uid, const char *last_key, char **ret_text,
		 struct reason *why)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FD int fd = -1;
	size_t length;
	int r;

	r = open_file(dir, name, &fd, why);
	if (r < 0)
		return r;
	r = file_read(fd, KEYFILE_MAX, &text, &length);
	if (r == -EFBIG)
		return refuse(why, -EINVAL, "it is larger than %d bytes", KEYFILE_MAX);
	if (r < 0)
		return refuse_errno(why, r, "it cannot be read");
	r = judge(text, length, uid, last_key, why);
	if (r == 0)
		*ret_text = TAKE_PTR(text);
	return r;
}
