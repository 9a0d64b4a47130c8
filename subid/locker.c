/* SPDX-License-Identifier: BSD-3-Clause */
/* Who has a lock file: see locker.h. Runs as root, without capabilities. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "subid/locker.h"
#include "util/cleanup.h"
#include "util/parse.h"
#include "util/procstat.h"

/* A process may seem to have started so much after it locked, as the wall clock is set. */
#define SLACK_MSEC 2000

int locker_read(const char *lock_path, struct locker *ret)
{
	CLEANUP_FD int fd = -1;
	struct stat st;
	ssize_t length;
	char text[32];
	uint64_t pid;

	fd = open(lock_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	length = read(fd, text, sizeof(text));
	if (length < 0)
		return -errno;
	/* Shadow writes the terminating NUL as well. */
	if (parse_number((struct slice){text, strnlen(text, (size_t)length)}, INT32_MAX, &pid) < 0)
		pid = 0;
	*ret = (struct locker){(pid_t)pid, st.st_mtim};
	return 0;
}

static int64_t msec_of(const struct timespec *time)
{
	return (int64_t)time->tv_sec * 1000 + time->tv_nsec / 1000000;
}

/* When a process started, by the wall clock as it is set now. */
static int64_t start_of(const struct procstat *stat)
{
	struct timespec wall, since_boot;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock_gettime(CLOCK_BOOTTIME, &since_boot);
	return msec_of(&wall) - msec_of(&since_boot) +
	       (int64_t)(stat->start * 1000 / (uint64_t)sysconf(_SC_CLK_TCK));
}

static bool is_gone(const struct locker *locker)
{
	struct procstat stat;

	if (kill(locker->pid, 0) < 0 && errno == ESRCH)
		return true;
	if (procstat_read(locker->pid, &stat) < 0)
		return false;
	return stat.ended || start_of(&stat) > msec_of(&locker->made) + SLACK_MSEC;
}

int locker_look(const char *lock_path)
{
	struct locker locker;
	int r;

	r = locker_read(lock_path, &locker);
	if (r < 0)
		return r == -ENOENT ? LOCKER_NONE : r;
	return locker.pid > 0 && is_gone(&locker) ? LOCKER_GONE : LOCKER_LIVES;
}
