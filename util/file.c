/* SPDX-License-Identifier: BSD-3-Clause */
/* Files that a privileged program may believe: see file.h. Runs as root, without capabilities. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/file.h"

int file_open_trusted_at(int dir, const char *name, const char *path, size_t max_size, int *ret_fd,
			 struct reason *why)
{
	CLEANUP_FD int fd = -1;
	struct stat st;

	/* O_NONBLOCK: a FIFO in the file's place must not hold us. */
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		if (errno == ENOENT)
			return -ENOENT;
		if (errno == ELOOP)
			return refuse(why, -ELOOP, "%s is a symbolic link; it must be a file",
				      path);
		return refuse_errno(why, -errno, "cannot open %s", path);
	}
	if (fstat(fd, &st) < 0)
		return refuse_errno(why, -errno, "cannot look at %s", path);
	if (!S_ISREG(st.st_mode))
		return refuse(why, -EINVAL, "%s is not a regular file", path);
	if (st.st_uid != 0)
		return refuse(why, -EPERM, "%s belongs to uid %u; it must belong to root", path,
			      st.st_uid);
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return refuse(why, -EPERM, "%s is writable for others than root (mode %04o)", path,
			      st.st_mode & 07777);
	if (st.st_size < 0 || (size_t)st.st_size > max_size)
		return refuse(why, -EFBIG, "%s is larger than %zu bytes", path, max_size);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int file_open_trusted(const char *path, size_t max_size, int *ret_fd, struct reason *why)
{
	return file_open_trusted_at(AT_FDCWD, path, path, max_size, ret_fd, why);
}

int file_read(int fd, size_t max_size, char **ret_text, size_t *ret_length)
{
	CLEANUP_FREE char *text = NULL;
	size_t length = 0, room = 0;

	for (;;) {
		ssize_t n;

		if (room - length < 2) {
			size_t more = room ? room * 2 : 8192;
			char *larger = realloc(text, more);

			if (!larger)
				return -ENOMEM;
			text = larger;
			room = more;
		}
		n = pread(fd, text + length, room - length - 1, (off_t)length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		length += (size_t)n;
		if (length > max_size)
			return -EFBIG;
	}
	text[length] = '\0';
	*ret_text = TAKE_PTR(text);
	*ret_length = length;
	return 0;
}

int file_read_trusted(const char *path, size_t max_size, char **ret_text, size_t *ret_length,
		      struct reason *why)
{
	CLEANUP_FD int fd = -1;
	int r;

	r = file_open_trusted(path, max_size, &fd, why);
	if (r < 0)
		return r;
	r = file_read(fd, max_size, ret_text, ret_length);
	if (r < 0)
		return refuse_errno(why, r, "cannot read %s", path);
	return 0;
}

static int write_all(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		length -= (size_t)n;
	}
	return 0;
}

/* A file's successor gets its mode, and its group where that is not root's (takes CAP_CHOWN). */
static int inherit(int dir, const char *name, int fd)
{
	struct stat old;

	if (fstatat(dir, name, &old, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return -errno;
		old.st_mode = 0;
	}
	if (!S_ISREG(old.st_mode))
		return fchmod(fd, 0644) < 0 ? -errno : 0;
	if (old.st_gid != getegid() && fchown(fd, (uid_t)-1, old.st_gid) < 0)
		return -errno;
	return fchmod(fd, old.st_mode & 0777) < 0 ? -errno : 0;
}

/* Writes the successor of name as beside, not yet in its place. */
static int write_beside(int dir, const char *name, const char *beside, const char *text,
			size_t length, bool sync)
{
	CLEANUP_FD int fd = -1;
	int r;

	/* What a crash left; whoever holds the lock owns the name. */
	if (unlinkat(dir, beside, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dir, beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	r = write_all(fd, text, length);
	if (r == 0)
		r = inherit(dir, name, fd);
	if (r < 0)
		return r;
	if (sync && fsync(fd) < 0)
		return -errno;
	/* NFS and quota tell of a full disk only here. */
	if (close(TAKE_FD(fd)) < 0)
		return -errno;
	return 0;
}

static int replace(int dir, const char *name, const char *text, size_t length, bool sync)
{
	char beside[NAME_MAX + 1];
	int r;

	if (snprintf(beside, sizeof(beside), "%s+", name) >= (int)sizeof(beside))
		return -ENAMETOOLONG;
	r = write_beside(dir, name, beside, text, length, sync);
	if (r == 0 && renameat(dir, beside, dir, name) < 0)
		r = -errno;
	if (r < 0) {
		unlinkat(dir, beside, 0);
		return r;
	}
	if (sync && fsync(dir) < 0)
		return -errno;
	return 0;
}

int file_replace(const char *path, const char *text, size_t length, struct reason *why)
{
	CLEANUP_FD int dir = -1;
	char parent[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int r;

	if (path[0] != '/' || (size_t)(slash - path) >= sizeof(parent) - 1)
		return refuse(why, -EINVAL, "%s is not an absolute path", path);
	/* With its slash, so that there is one for what lies in the root. */
	memcpy(parent, path, (size_t)(slash - path) + 1);
	parent[slash - path + 1] = '\0';
	dir = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return refuse_errno(why, -errno, "cannot open %s", parent);
	r = replace(dir, slash + 1, text, length, true);
	if (r < 0)
		return refuse_errno(why, r, "cannot write %s", path);
	return 0;
}

int file_replace_at(int dir, const char *name, const char *text, size_t length)
{
	return replace(dir, name, text, length, false);
}
