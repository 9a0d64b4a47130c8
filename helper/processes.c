/* SPDX-License-Identifier: BSD-3-Clause */
/* Which process is in a namespace, or below it: see processes.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "helper/processes.h"
#include "namespace/procwalk.h"
#include "util/cleanup.h"
#include "util/procstat.h"
#include "util/userns.h"

/* What is looked for, and found. */
struct search {
	struct stat target;
	pid_t inside;
};

/* A zombie is still listed where it was, but holds nothing. */
static bool is_alive(uint32_t pid)
{
	struct procstat stat;
	int r = procstat_read((pid_t)pid, &stat);

	return r == 0 ? !stat.ended : r != -ENOENT && r != -ESRCH;
}

/* Walks up from a process's namespace. */
static int look_inside(int proc, uint32_t pid, const struct stat *start, void *argument)
{
	struct search *search = argument;
	struct stat here = *start;
	CLEANUP_FD int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "%u/ns/user", pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return proc_unless_ended(proc, pid, errno);
	while (!same_file(&here, &search->target)) {
		int parent = ioctl(fd, NS_GET_PARENT);

		/* EPERM: there is none, or it lies outside ours. */
		if (parent < 0)
			return errno == EPERM ? 0 : -errno;
		close(fd);
		fd = parent;
		if (fstat(fd, &here) < 0)
			return -errno;
	}
	if (!is_alive(pid))
		return 0;
	search->inside = (pid_t)pid;
	return 1;
}

int namespace_find_process(int fd, pid_t *ret_pid, struct reason *why)
{
	struct search search = {.inside = 0};
	int r;

	if (fstat(fd, &search.target) < 0)
		return refuse_errno(why, -errno, "cannot look at the user namespace");
	r = proc_walk(look_inside, &search, why);
	if (r < 0)
		return r;
	*ret_pid = search.inside;
	return 0;
}
