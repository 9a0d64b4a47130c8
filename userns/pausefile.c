/* SPDX-License-Identifier: BSD-3-Clause */
/* podman's pause.pid: see pausefile.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "namespace/process.h"
#include "userns/pausefile.h"
#include "util/cleanup.h"
#include "util/file.h"
#include "util/parse.h"
#include "util/userns.h"

/* No environment is larger: the kernel's limit is a quarter of the stack's, 6 MiB at most. */
#define ENVIRONMENT_MAX (6u << 20)

/* Below the user's directory. */
#define BELOW "/libpod/tmp/pause.pid"

int pausefile_path(uid_t uid, char ret[static PATH_MAX], struct reason *why)
{
	const char *base = getenv("XDG_RUNTIME_DIR");
	char usual[32];
	struct stat st;

	snprintf(usual, sizeof(usual), "/run/user/%u", uid);
	if (!base || !base[0])
		base = usual;
	if (base[0] != '/' || stat(base, &st) < 0 || !S_ISDIR(st.st_mode))
		return refuse(why, -ENOENT,
			      "%s is no directory; set XDG_RUNTIME_DIR to the one that podman uses",
			      base);
	if (st.st_uid != uid)
		return refuse(why, -EPERM,
			      "%s is uid %u's, not yours; set XDG_RUNTIME_DIR to your own", base,
			      st.st_uid);
	if (snprintf(ret, PATH_MAX, "%s" BELOW, base) >= PATH_MAX)
		return refuse(why, -ENAMETOOLONG, "XDG_RUNTIME_DIR is too long");
	return 0;
}

static int write_beside(char *beside, pid_t pid)
{
	CLEANUP_FD int fd = mkostemp(beside, O_CLOEXEC);
	char text[16];
	int n = snprintf(text, sizeof(text), "%d", pid);
	ssize_t written;

	if (fd < 0)
		return -errno;
	written = write(fd, text, (size_t)n);
	if (written < 0)
		return -errno;
	return written == n ? 0 : -ENOSPC;
}

/* -EEXIST: there is one. */
static int make_file(const char *path, pid_t pid)
{
	char beside[PATH_MAX + sizeof(".XXXXXX")];
	int r;

	snprintf(beside, sizeof(beside), "%s.XXXXXX", path);
	r = write_beside(beside, pid);
	if (r == 0 && renameat2(AT_FDCWD, beside, AT_FDCWD, path, RENAME_NOREPLACE) < 0)
		r = -errno;
	if (r < 0)
		unlink(beside);
	return r;
}

/*
 * The file, locked against podman and others of us, until *ret_fd is closed. -ENOENT: it has gone,
 * or somebody has put another in its place.
 */
static int open_locked(const char *path, int *ret_fd)
{
	CLEANUP_FD int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct stat locked, named;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &locked) < 0 || !S_ISREG(locked.st_mode))
		return -EINVAL;
	while (fcntl(fd, F_SETLKW, &lock) < 0)
		if (errno != EINTR)
			return -errno;
	if (lstat(path, &named) < 0 || !same_file(&locked, &named))
		return -ENOENT;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* 0: the file names no process. */
static pid_t read_pid(int fd)
{
	CLEANUP_FREE char *text = NULL;
	size_t length;
	uint64_t pid;

	if (file_read(fd, 64, &text, &length) < 0 ||
	    parse_number((struct slice){text, length}, INT32_MAX, &pid) < 0)
		return 0;
	return (pid_t)pid;
}

/* Is it a pause process? Where podman may not look at it, it cannot join it either: no. */
static int has_mark(pid_t pid, bool *ret)
{
	CLEANUP_FD int fd = process_open(pid, "environ", O_RDONLY);
	CLEANUP_FREE char *text = NULL;
	size_t length = 0;
	int r;

	*ret = false;
	r = fd < 0 ? fd : file_read(fd, ENVIRONMENT_MAX, &text, &length);
	if (r == -ENOENT || r == -ESRCH || r == -EACCES)
		return 0;
	if (r < 0)
		return r;
	for (const char *entry = text; entry < text + length; entry += strlen(entry) + 1)
		if (strcmp(entry, PAUSE_MARK "=1") == 0)
			*ret = true;
	return 0;
}

/* 1: a pause process that podman would join. 0: it would not, or there is none. */
static int find_other(pid_t pid, const struct stat *here, struct pause_other *ret)
{
	struct stat theirs, ours;
	bool paused;
	int r;

	r = pid > 0 ? has_mark(pid, &paused) : 0;
	if (r < 0 || pid <= 0 || !paused)
		return r;
	r = process_user_namespace(pid, &theirs);
	if (r < 0)
		return r == -ENOENT || r == -ESRCH || r == -EACCES ? 0 : r;
	r = own_user_namespace(&ours);
	if (r < 0)
		return r;
	if (same_file(&theirs, &ours))
		return 0;
	*ret = (struct pause_other){.pid = pid, .here = same_file(&theirs, here)};
	return 1;
}

/* 1: the file names a pause process. 0: it did not, and is gone. */
static int clear_stale(const char *path, const struct stat *here, struct pause_other *ret_other,
		       struct reason *why)
{
	CLEANUP_FD int fd = -1;
	int r;

	r = open_locked(path, &fd);
	if (r == -ENOENT)
		return 0;
	if (r == -EINVAL || r == -ELOOP)
		return refuse(why, r, "%s is not a regular file; remove it", path);
	if (r < 0)
		return refuse_errno(why, r, "cannot open %s", path);
	r = find_other(read_pid(fd), here, ret_other);
	if (r < 0)
		return refuse_errno(why, r, "cannot tell what the process in %s is", path);
	if (r == 0 && unlink(path) < 0)
		return refuse_errno(why, -errno, "cannot remove the stale %s", path);
	return r;
}

/* The two directories that the path ends with. */
static int make_directories(const char *path, struct reason *why)
{
	size_t base = strlen(path) - strlen(BELOW);

	for (const char *slash = path + base + 1; (slash = strchr(slash, '/')); slash++) {
		CLEANUP_FREE char *directory = strndup(path, (size_t)(slash - path));

		if (!directory || (mkdir(directory, 0700) < 0 && errno != EEXIST))
			return refuse_errno(why, -errno, "cannot make the directories of %s", path);
	}
	return 0;
}

int pausefile_publish(const char *path, pid_t pid, const struct stat *here,
		      struct pause_other *ret_other, struct reason *why)
{
	int r;

	r = make_directories(path, why);
	if (r < 0)
		return r;
	while ((r = make_file(path, pid)) == -EEXIST) {
		r = clear_stale(path, here, ret_other, why);
		if (r != 0)
			return r;
	}
	return r < 0 ? refuse_errno(why, r, "cannot write %s", path) : 0;
}

int pausefile_find(uid_t uid, const struct stat *here, struct pause_other *ret)
{
	CLEANUP_FD int fd = -1;
	char path[PATH_MAX];
	struct reason why;

	if (pausefile_path(uid, path, &why) < 0)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	return find_other(read_pid(fd), here, ret);
}

void pausefile_withdraw(const char *path, pid_t pid)
{
	CLEANUP_FD int fd = -1;

	if (open_locked(path, &fd) == 0 && read_pid(fd) == pid)
		unlink(path);
}
