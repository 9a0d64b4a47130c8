/* SPDX-License-Identifier: BSD-3-Clause */
/* Which process is in a namespace, or below it: namespace_find_process() of namespace.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "helper/namespace.h"
#include "util/cleanup.h"
#include "util/parse.h"

static bool is(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Gone, or a zombie: it is in no namespace any more. */
static bool has_ended(int error)
{
	return error == ENOENT || error == ESRCH;
}

/* Walks up from a process's namespace. 1: inside, 0: not, -errno: cannot be known. */
static int is_inside(int proc, uint32_t pid, const struct stat *target, const struct stat *ours)
{
	CLEANUP_FD int fd = -1;
	char path[64];
	struct stat here;

	snprintf(path, sizeof(path), "%u/ns/user", pid);
	if (fstatat(proc, path, &here, 0) < 0)
		return has_ended(errno) ? 0 : -errno;
	/* Most processes are in our own namespace: one stat, no walk. */
	if (is(&here, ours))
		return 0;
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return has_ended(errno) ? 0 : -errno;
	for (;;) {
		int parent;

		if (fstat(fd, &here) < 0)
			return -errno;
		if (is(&here, target))
			return 1;
		parent = ioctl(fd, NS_GET_PARENT);
		/* EPERM: there is none, or it lies outside ours. */
		if (parent < 0)
			return errno == EPERM ? 0 : -errno;
		close(fd);
		fd = parent;
	}
}

int namespace_find_process(int fd, pid_t *ret_pid, struct reason *why)
{
	CLEANUP_DIR DIR *proc = opendir("/proc");
	struct stat target, ours;
	struct dirent *entry;

	if (!proc || fstat(fd, &target) < 0 || stat("/proc/self/ns/user", &ours) < 0)
		return refuse_errno(why, -errno, "cannot look for processes in the user namespace");
	while ((errno = 0, entry = readdir(proc))) {
		uint32_t pid;
		int inside;

		if (parse_id(entry->d_name, &pid) < 0)
			continue;
		inside = is_inside(dirfd(proc), pid, &target, &ours);
		if (inside < 0)
			return refuse_errno(why, inside, "cannot tell where process %u is", pid);
		if (inside) {
			*ret_pid = (pid_t)pid;
			return 0;
		}
	}
	if (errno != 0)
		return refuse_errno(why, -errno, "cannot read /proc");
	*ret_pid = 0;
	return 0;
}
