/* SPDX-License-Identifier: BSD-3-Clause */
/* A user's run directory: see rundir.h. Runs as root, without capabilities. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "namespace/inspect.h"
#include "namespace/rundir.h"
#include "util/cleanup.h"
#include "util/parse.h"
#include "util/userns.h"

/* Room for a uid in digits, and its NUL. */
#define NAME_SIZE 16

/* How a user's directory is called. */
static void format_name(uid_t uid, char ret[static NAME_SIZE])
{
	snprintf(ret, NAME_SIZE, "%u", uid);
}

/* Is it a name that we give? */
static bool parse_name(const char *name, uid_t *ret)
{
	char given[NAME_SIZE];

	if (parse_id(name, ret) < 0)
		return false;
	format_name(*ret, given);
	return strcmp(given, name) == 0;
}

void rundir_path(uid_t uid, char ret[static RUNDIR_PATH_SIZE])
{
	char name[NAME_SIZE];

	format_name(uid, name);
	snprintf(ret, RUNDIR_PATH_SIZE, "%s/%s", USERNS_RUNDIR, name);
}

void rundir_pin_path(uid_t uid, char ret[static RUNDIR_PATH_SIZE])
{
	snprintf(ret, RUNDIR_PATH_SIZE, "%s/%u/%s", USERNS_RUNDIR, uid, PIN_NAME);
}

static int visit_all(DIR *dir, rundir_visitor *visit, void *argument, struct reason *why)
{
	struct dirent *entry;
	int r = 0;

	while (r == 0 && (errno = 0, entry = readdir(dir))) {
		uid_t uid;

		if (entry->d_name[0] != '.')
			r = visit(entry->d_name, parse_name(entry->d_name, &uid) ? &uid : NULL,
				  argument);
	}
	if (r == 0 && errno != 0)
		return refuse_errno(why, -errno, "cannot read %s", USERNS_RUNDIR);
	return r;
}

int rundirs_each(rundir_visitor *visit, void *argument, struct reason *why)
{
	CLEANUP_DIR DIR *dir = opendir(USERNS_RUNDIR);

	if (dir)
		return visit_all(dir, visit, argument, why);
	return errno == ENOENT ? 0 : refuse_errno(why, -errno, "cannot read %s", USERNS_RUNDIR);
}

static int check_directory(int fd, const char *path, struct reason *why)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return refuse_errno(why, -errno, "cannot look at %s", path);
	if (st.st_uid != 0 || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return refuse(why, -EPERM, "%s is not root's alone (uid %u, mode %04o)", path,
			      st.st_uid, st.st_mode & 07777);
	return 0;
}

/* Opens directory name below parent; path is its whole name, for people. -ESTALE: just removed. */
static int open_below(int parent, const char *name, const char *path, bool create, int *ret_fd,
		      struct reason *why)
{
	CLEANUP_FD int fd = -1;
	int r;

	if (create && mkdirat(parent, name, 0755) < 0 && errno != EEXIST)
		return refuse_errno(why, -errno, "cannot make %s", path);
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		return create ? -ESTALE : -ENOENT;
	if (fd < 0)
		return refuse_errno(why, -errno, "cannot open the directory %s", path);
	r = check_directory(fd, path, why);
	if (r == 0)
		*ret_fd = TAKE_FD(fd);
	return r;
}

static int open_directory(uid_t uid, bool create, int *ret_fd, struct reason *why)
{
	CLEANUP_FD int base = -1;
	char name[NAME_SIZE], path[RUNDIR_PATH_SIZE];
	int r;

	format_name(uid, name);
	rundir_path(uid, path);
	r = open_below(AT_FDCWD, USERNS_RUNDIR, USERNS_RUNDIR, create, &base, why);
	if (r == 0)
		r = open_below(base, name, path, create, ret_fd, why);
	return r;
}

/* Is what we locked still in its place? While we waited, a close may have removed it all. */
static bool lock_is_current(const struct rundir *dir)
{
	struct stat locked, named;

	return fstat(dir->lock, &locked) == 0 &&
	       fstatat(dir->fd, LOCK_NAME, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       same_file(&locked, &named);
}

/* -ESTALE: somebody removed the directory meanwhile. */
static int lock_directory(struct rundir *dir, int flags, struct reason *why)
{
	dir->lock = openat(dir->fd, LOCK_NAME, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (dir->lock < 0 && errno == ENOENT)
		return -ESTALE;
	if (dir->lock < 0)
		return refuse_errno(why, -errno, "cannot open the lock of the run directory");
	while (flock(dir->lock, LOCK_EX | flags) < 0)
		if (errno == EWOULDBLOCK)
			return -EWOULDBLOCK;
		else if (errno != EINTR)
			return refuse_errno(why, -errno, "cannot lock the run directory");
	return lock_is_current(dir) ? 0 : -ESTALE;
}

/* flags: LOCK_NB not to wait. */
static int open_locked(uid_t uid, bool create, int flags, struct rundir *ret, struct reason *why)
{
	int r;

	do {
		struct rundir dir = RUNDIR_INIT;

		dir.uid = uid;
		r = open_directory(uid, create, &dir.fd, why);
		if (r == 0)
			r = lock_directory(&dir, flags, why);
		if (r == 0)
			*ret = dir;
		else
			rundir_close(&dir);
		/* A close may remove a directory at any time until we have its lock. */
	} while (r == -ESTALE);
	return r;
}

int rundir_open(uid_t uid, bool create, struct rundir *ret, struct reason *why)
{
	return open_locked(uid, create, 0, ret, why);
}

int rundir_open_if_free(uid_t uid, struct rundir *ret, struct reason *why)
{
	return open_locked(uid, false, LOCK_NB, ret, why);
}

int rundir_open_to_read(uid_t uid, int *ret_fd)
{
	char path[RUNDIR_PATH_SIZE];
	int fd;

	rundir_path(uid, path);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

int rundir_open_pin(int dir, int *ret_fd)
{
	int fd;

	fd = openat(dir, PIN_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

int rundir_open_namespace(int dir, int *ret_fd)
{
	CLEANUP_FD int fd = -1;
	int r;

	r = rundir_open_pin(dir, &fd);
	if (r == 0)
		r = namespace_check_type(fd);
	if (r == 0)
		*ret_fd = TAKE_FD(fd);
	return r;
}

int rundir_remove_if_unused(const struct rundir *dir)
{
	char path[RUNDIR_PATH_SIZE];

	if (unlinkat(dir->fd, SESSIONS_NAME, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return 0;
	/* What is mounted on cannot be unlinked. */
	if (unlinkat(dir->fd, PIN_NAME, 0) < 0 && errno != ENOENT)
		return 0;
	unlinkat(dir->fd, STATE_NAME, 0);
	/* What a crash in the middle of writing it left. */
	unlinkat(dir->fd, STATE_NAME "+", 0);
	unlinkat(dir->fd, LOCK_NAME, 0);
	rundir_path(dir->uid, path);
	return rmdir(path) < 0 && errno == ENOTEMPTY ? -ENOTEMPTY : 0;
}

void rundir_close(struct rundir *dir)
{
	if (dir->fd >= 0)
		close(dir->fd);
	if (dir->lock >= 0)
		close(dir->lock);
	*dir = RUNDIR_INIT;
}
