/* SPDX-License-Identifier: BSD-3-Clause */
/* A process by its pid: see process.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "namespace/process.h"
#include "util/cleanup.h"
#include "util/procstat.h"

/* Newer than the headers of Debian 12. */
#ifndef PID_FS_MAGIC
#define PID_FS_MAGIC 0x50494446
#endif

/* 0 before Linux 6.9, where all pidfds share one inode. */
static uint64_t number_of(int pidfd)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(pidfd, &fs) < 0 || fs.f_type != PID_FS_MAGIC || fstat(pidfd, &st) < 0)
		return 0;
	return st.st_ino;
}

/* Has the last of its threads ended, whether it is reaped or not? */
static bool has_ended(int pidfd)
{
	struct pollfd poll_fd = {.fd = pidfd, .events = POLLIN};

	return poll(&poll_fd, 1, 0) > 0;
}

/* Also who may use no pidfd, by a system call filter, can tell processes by their start. */
static bool says_gone(int error)
{
	return error == ESRCH || error == ENOENT || error == EINVAL;
}

int process_identify(pid_t pid, struct process *ret)
{
	CLEANUP_FD int pidfd = pidfd_open(pid, 0);
	struct procstat stat;
	int r;

	if (pidfd < 0 && says_gone(errno))
		return -ESRCH;
	r = procstat_read(pid, &stat);
	if (r < 0)
		return r;
	/* While it is not reaped the pid cannot have become another's. */
	if (stat.ended || (pidfd >= 0 && has_ended(pidfd)))
		return -ESRCH;
	*ret = (struct process){pid, stat.start, pidfd >= 0 ? number_of(pidfd) : 0};
	return 0;
}

bool process_lives(const struct process *process)
{
	CLEANUP_FD int pidfd = pidfd_open(process->pid, 0);
	struct procstat stat;
	uint64_t number;
	int r;

	if (pidfd < 0 && says_gone(errno))
		return false;
	if (pidfd >= 0 && has_ended(pidfd))
		return false;
	number = pidfd >= 0 ? number_of(pidfd) : 0;
	if (process->number > 0 && number > 0)
		return number == process->number;
	r = procstat_read(process->pid, &stat);
	if (r < 0)
		return r != -ENOENT && r != -ESRCH;
	return stat.start == process->start && !stat.ended;
}

static void proc_path(pid_t pid, const char *name, char ret[static 64])
{
	snprintf(ret, 64, "/proc/%d/%s", pid, name);
}

int process_open(pid_t pid, const char *name, int flags)
{
	char path[64];
	int fd;

	proc_path(pid, name, path);
	fd = open(path, flags | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int process_user_namespace(pid_t pid, struct stat *ret)
{
	char path[64];

	proc_path(pid, "ns/user", path);
	return stat(path, ret) < 0 ? -errno : 0;
}

void process_name(pid_t pid, char ret[static PROCESS_NAME_SIZE])
{
	CLEANUP_FD int fd = process_open(pid, "comm", O_RDONLY);
	ssize_t length = 0;

	if (fd >= 0)
		length = read(fd, ret, PROCESS_NAME_SIZE);
	if (length <= 0)
		length = snprintf(ret, PROCESS_NAME_SIZE, "?\n");
	/* The kernel ends it with a newline. */
	ret[length - 1] = '\0';
}
