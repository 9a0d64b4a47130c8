/* SPDX-License-Identifier: BSD-3-Clause */
/* Which process is in a namespace, or below it: see processes.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper/processes.h"
#include "namespace/procstat.h"
#include "util/cleanup.h"
#include "util/parse.h"
#include "util/userns.h"

/*
 * 0 for a process that has ended since readdir() saw it, else the error as -errno. The kernel says
 * EACCES for one that goes away in the middle of a look-up.
 */
static int unless_ended(int proc, uint32_t pid, int error)
{
	char name[16];

	snprintf(name, sizeof(name), "%u", pid);
	if (error == EACCES && faccessat(proc, name, F_OK, 0) < 0)
		error = errno;
	return error == ENOENT || error == ESRCH ? 0 : -error;
}

/* A zombie is still listed where it was, but holds nothing. */
static bool is_alive(uint32_t pid)
{
	struct procstat stat;
	int r = procstat_read((pid_t)pid, &stat);

	return r == 0 ? !stat.ended : r != -ENOENT && r != -ESRCH;
}

/* Walks up from a process's namespace. 1: inside, 0: not, -errno: cannot be known. */
static int is_inside(int proc, uint32_t pid, const struct stat *target, const struct stat *ours)
{
	CLEANUP_FD int fd = -1;
	char path[64];
	struct stat here;

	snprintf(path, sizeof(path), "%u/ns/user", pid);
	if (fstatat(proc, path, &here, 0) < 0)
		return unless_ended(proc, pid, errno);
	/* Most processes are in our own namespace: one stat, no walk. */
	if (same_file(&here, ours))
		return 0;
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return unless_ended(proc, pid, errno);
	for (;;) {
		int parent;

		if (fstat(fd, &here) < 0)
			return -errno;
		if (same_file(&here, target))
			return is_alive(pid);
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
