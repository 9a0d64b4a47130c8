/* SPDX-License-Identifier: BSD-3-Clause */
/* A walk over a file system for ids: see traces.h. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "traces/traces.h"
#include "util/cleanup.h"

static void cleanup_fts(FTS **fts)
{
	if (*fts)
		fts_close(*fts);
}

static int compare_names(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* A copy of the mount alone, without what is mounted below it, and seen by nobody else. */
static int open_mount(const char *mount_point)
{
	return (int)syscall(SYS_open_tree, AT_FDCWD, mount_point,
			    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
}

/*
 * Was all of it looked at before the walk came to that path? By the order of the walk, which
 * compares names, so that a slash sorts before every byte.
 */
static bool is_behind(const char *path, const char *skip_to)
{
	while (*path && *path == *skip_to) {
		path++;
		skip_to++;
	}
	/* The path itself, or a directory on the way to it. */
	if (!*path)
		return false;
	if (!*skip_to)
		return false;
	if (*path == '/' || *skip_to == '/')
		return *path == '/';
	return (unsigned char)*path < (unsigned char)*skip_to;
}

/* For people: "/a/b" of "./a/b", and "/" of ".". */
static const char *shown_path(const FTSENT *entry)
{
	return entry->fts_path[1] ? entry->fts_path + 1 : "/";
}

/* 1, 0, or -errno. What went away meanwhile is gone. */
static int look_at(FTS *fts, FTSENT *entry, struct walk *walk, struct reason *why)
{
	switch (entry->fts_info) {
	case FTS_DP:
		return 0;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		if (entry->fts_errno == ENOENT)
			return 0;
		return refuse_errno(why, -entry->fts_errno, "cannot look at %s", shown_path(entry));
	default:
		break;
	}
	if (walk->skip_to && is_behind(entry->fts_path, walk->skip_to)) {
		fts_set(fts, entry, FTS_SKIP);
		return 0;
	}
	walk->entries++;
	if (walk->watch)
		walk->watch(entry->fts_path, walk->entries, walk->argument);
	if (!is_wanted(walk->wanted, entry->fts_statp->st_uid, entry->fts_statp->st_gid))
		return 0;
	note(why, "%s belongs to %u:%u", shown_path(entry), entry->fts_statp->st_uid,
	     entry->fts_statp->st_gid);
	return 1;
}

static int walk_here(struct walk *walk, struct reason *why)
{
	char here[] = ".";
	char *const paths[] = {here, NULL};
	CLEANUP(cleanup_fts) FTS *fts = fts_open(paths, FTS_PHYSICAL, compare_names);
	FTSENT *entry;
	int r = 0;

	if (!fts)
		return refuse_errno(why, -errno, "cannot begin to walk");
	while (r == 0 && (errno = 0, entry = fts_read(fts)))
		r = look_at(fts, entry, walk, why);
	if (r == 0 && errno != 0)
		return refuse_errno(why, -errno, "cannot walk on");
	return r;
}

int traces_in_files(const char *mount_point, struct walk *walk, struct reason *why)
{
	CLEANUP_FD int fd = open_mount(mount_point);
	struct stat st;
	int r;

	/* Single files are mounted as well. */
	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode)) {
		r = is_wanted(walk->wanted, st.st_uid, st.st_gid);
		if (r > 0)
			note(why, "%s belongs to %u:%u", mount_point, st.st_uid, st.st_gid);
		return r;
	}
	if (fd < 0 && errno == EINVAL)
		return refuse(
			why, -EINVAL,
			"the mount on %s is unbindable, so it cannot be looked at alone; mount "
			"--make-private %s changes that",
			mount_point, mount_point);
	if (fd < 0 || fchdir(fd) < 0)
		return refuse_errno(why, -errno, "cannot look at the file system on %s",
				    mount_point);
	r = walk_here(walk, why);
	if (chdir("/") < 0 && r == 0)
		r = refuse_errno(why, -errno, "cannot leave %s", mount_point);
	return r;
}
