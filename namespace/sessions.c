/* SPDX-License-Identifier: BSD-3-Clause */
/* Session files: see sessions.h. Runs as root. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "namespace/procstat.h"
#include "namespace/sessions.h"
#include "util/cleanup.h"
#include "util/parse.h"

/* More sessions of one process than any host opens; an end for the search. */
#define SESSIONS_OF_PROCESS_MAX 10000

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

/* Makes the file under the lowest number that is free. */
static int make_file(int sessions, pid_t pid, uint64_t start, uint32_t *ret_number)
{
	for (uint32_t number = 0; number < SESSIONS_OF_PROCESS_MAX; number++) {
		char name[64];
		int fd;

		snprintf(name, sizeof(name), "%d.%" PRIu64 ".%" PRIu32, pid, start, number);
		fd = openat(sessions, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			    0444);
		if (fd >= 0) {
			close(fd);
			*ret_number = number;
			return 0;
		}
		if (errno != EEXIST)
			return -errno;
	}
	return -EMFILE;
}

int session_add(const struct rundir *dir, pid_t pid, uint32_t *ret_number, struct reason *why)
{
	CLEANUP_FD int sessions = -1;
	struct procstat stat;
	int r;

	r = procstat_read(pid, &stat);
	if (r < 0)
		return refuse_errno(why, r, "cannot see when process %d started", pid);
	r = open_sessions(dir, &sessions);
	if (r == 0)
		r = make_file(sessions, pid, stat.start, ret_number);
	if (r < 0)
		return refuse_errno(why, r, "cannot record the session of process %d", pid);
	return 0;
}

static bool parse_name(const char *name, struct session_id *ret, uint64_t *ret_start)
{
	struct slice rest = {name, strlen(name)}, pid_digits, start_digits;
	uint64_t pid, number;

	if (!next_field(&rest, '.', &pid_digits) || !next_field(&rest, '.', &start_digits) ||
	    !rest.text || parse_number(pid_digits, INT32_MAX, &pid) < 0 ||
	    parse_number(start_digits, UINT64_MAX, ret_start) < 0 ||
	    parse_number(rest, SESSIONS_OF_PROCESS_MAX, &number) < 0)
		return false;
	*ret = (struct session_id){(pid_t)pid, (uint32_t)number};
	return true;
}

bool session_is_live(const char *name, struct session_id *ret)
{
	struct procstat stat;
	uint64_t recorded;
	int r;

	if (!parse_name(name, ret, &recorded))
		return false;
	r = procstat_read(ret->pid, &stat);
	/* Whatever else went wrong, the process may live. */
	return r == 0 ? stat.start == recorded && !stat.ended : r != -ENOENT && r != -ESRCH;
}

static bool is_leaving(const struct session_id *session, const struct session_id *leaving)
{
	return leaving && session->pid == leaving->pid &&
	       (session->number == leaving->number || leaving->number == SESSION_ANY);
}

static int list_sessions(const struct rundir *dir, DIR **ret)
{
	CLEANUP_FD int fd = -1;
	int r;

	r = open_sessions(dir, &fd);
	if (r < 0)
		return r;
	*ret = fdopendir(fd);
	if (!*ret)
		return -errno;
	fd = -1;
	return 0;
}

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int sessions_prune(const struct rundir *dir, const struct session_id *leaving,
		   unsigned int *ret_live, struct reason *why)
{
	CLEANUP_DIR DIR *listing = NULL;
	struct dirent *entry;
	unsigned int live = 0;
	int r;

	r = list_sessions(dir, &listing);
	if (r < 0)
		return refuse_errno(why, r, "cannot open the directory of sessions");
	while ((errno = 0, entry = readdir(listing))) {
		struct session_id session;

		if (is_dot(entry->d_name))
			continue;
		if (session_is_live(entry->d_name, &session) && !is_leaving(&session, leaving))
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

void session_remove(const struct rundir *dir, const struct session_id *session)
{
	CLEANUP_DIR DIR *listing = NULL;
	struct dirent *entry;

	if (list_sessions(dir, &listing) < 0)
		return;
	while ((entry = readdir(listing))) {
		struct session_id found;
		uint64_t start;

		if (parse_name(entry->d_name, &found, &start) && is_leaving(&found, session))
			unlinkat(dirfd(listing), entry->d_name, 0);
	}
}
