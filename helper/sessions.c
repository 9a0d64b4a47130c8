/* SPDX-License-Identifier: BSD-3-Clause */
/* Session files: see sessions.h. Runs as root, without capabilities. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "helper/sessions.h"
#include "util/cleanup.h"
#include "util/file.h"
#include "util/parse.h"

/* Fields 3 to 21 of /proc/PID/stat lie between the name's ')' and the start time; proc(5). */
#define FIELDS_BEFORE_START 19

/* When a process started, in clock ticks since boot. -ENOENT or -ESRCH: there is none. */
static int process_start(pid_t pid, uint64_t *ret)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FD int fd = -1;
	char path[64];
	struct slice rest, field;
	size_t length;
	char *name_end;
	int r;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = file_read(fd, 1 << 14, &text, &length);
	if (r < 0)
		return r;
	/* The name can hold anything, also blanks and parentheses. */
	name_end = strrchr(text, ')');
	if (!name_end || name_end[1] != ' ')
		return -EINVAL;
	rest = (struct slice){name_end + 2, strlen(name_end + 2)};
	for (int i = 0; i <= FIELDS_BEFORE_START; i++)
		if (!next_field(&rest, ' ', &field))
			return -EINVAL;
	return parse_number(field, UINT64_MAX, ret);
}

static int open_sessions(const struct rundir *dir, int *ret_fd)
{
	int fd;

	if (mkdirat(dir->fd, SESSIONS_NAME, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = openat(dir->fd, SESSIONS_NAME, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

int session_add(const struct rundir *dir, pid_t pid, struct reason *why)
{
	CLEANUP_FD int sessions = -1;
	uint64_t start;
	char name[48];
	int r, fd;

	r = process_start(pid, &start);
	if (r < 0)
		return refuse_errno(why, r, "cannot see when process %d started", pid);
	r = open_sessions(dir, &sessions);
	if (r < 0)
		return refuse_errno(why, r, "cannot open the directory of sessions");
	snprintf(name, sizeof(name), "%d.%" PRIu64, pid, start);
	fd = openat(sessions, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0444);
	if (fd < 0)
		return refuse_errno(why, -errno, "cannot write the session file %s", name);
	close(fd);
	return 0;
}

static bool parse_name(const char *name, pid_t *ret_pid, uint64_t *ret_start)
{
	struct slice rest = {name, strlen(name)}, digits;
	uint64_t pid;

	if (!next_field(&rest, '.', &digits) || !rest.text ||
	    parse_number(digits, INT32_MAX, &pid) < 0 ||
	    parse_number(rest, UINT64_MAX, ret_start) < 0)
		return false;
	*ret_pid = (pid_t)pid;
	return true;
}

bool session_is_live(const char *name, pid_t *ret_pid)
{
	uint64_t recorded, start;
	int r;

	if (!parse_name(name, ret_pid, &recorded))
		return false;
	r = process_start(*ret_pid, &start);
	/* Whatever else went wrong, the process may live. */
	return r == 0 ? start == recorded : r != -ENOENT && r != -ESRCH;
}

int sessions_prune(const struct rundir *dir, pid_t leaving, unsigned int *ret_live,
		   struct reason *why)
{
	CLEANUP_DIR DIR *listing = NULL;
	CLEANUP_FD int sessions = -1;
	struct dirent *entry;
	unsigned int live = 0;
	int r;

	r = open_sessions(dir, &sessions);
	if (r < 0)
		return refuse_errno(why, r, "cannot open the directory of sessions");
	listing = fdopendir(sessions);
	if (!listing)
		return refuse_errno(why, -errno, "cannot list the sessions");
	sessions = -1;
	while ((errno = 0, entry = readdir(listing))) {
		pid_t pid;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (session_is_live(entry->d_name, &pid) && pid != leaving)
			live++;
		else if (unlinkat(dirfd(listing), entry->d_name, 0) < 0)
			return refuse_errno(why, -errno, "cannot remove the session file %s",
					    entry->d_name);
	}
	if (errno != 0)
		return refuse_errno(why, -errno, "cannot list the sessions");
	*ret_live = live;
	return 0;
}
