/* SPDX-License-Identifier: BSD-3-Clause */
/* Session files: see sessions.h. Runs as root. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "namespace/keyfile.h"
#include "namespace/process.h"
#include "namespace/sessions.h"
#include "util/cleanup.h"
#include "util/parse.h"

/* More sessions of one process than any host opens; an end for the search. */
#define SESSIONS_OF_PROCESS_MAX 10000

/* The last key of a session file: the number that tells its process from others, 0 if none does. */
#define LAST_KEY "pidfd"

/* Whose the directory is was checked; what somebody with root's rights put into it was not. */
static int check_sessions(int fd, struct reason *why)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return refuse_errno(why, -errno, "cannot look at the directory of sessions");
	if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return refuse(why, -EPERM,
			      "the directory of sessions is not root's alone (uid %u, mode %04o)",
			      st.st_uid, st.st_mode & 07777);
	return 0;
}

static int open_sessions(const struct rundir *dir, int *ret_fd, struct reason *why)
{
	CLEANUP_FD int fd = -1;
	struct stat st;
	int r;

	if (fstatat(dir->fd, SESSIONS_NAME, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !S_ISDIR(st.st_mode)) {
		note(why, "what stood in the place of the directory of sessions was removed");
		unlinkat(dir->fd, SESSIONS_NAME, 0);
	}
	if (mkdirat(dir->fd, SESSIONS_NAME, 0755) < 0 && errno != EEXIST)
		return refuse_errno(why, -errno, "cannot make the directory of sessions");
	fd = openat(dir->fd, SESSIONS_NAME, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return refuse_errno(why, -errno, "cannot open the directory of sessions");
	r = check_sessions(fd, why);
	if (r == 0)
		*ret_fd = TAKE_FD(fd);
	return r;
}

/* Makes the file under the lowest number that is free. */
static int make_file(int sessions, const struct process *process, uint32_t *ret_number,
		     char *ret_name, size_t name_size)
{
	for (uint32_t number = 0; number < SESSIONS_OF_PROCESS_MAX; number++) {
		int fd;

		snprintf(ret_name, name_size, "%d.%" PRIu64 ".%" PRIu32, process->pid,
			 process->start, number);
		fd = openat(sessions, ret_name,
			    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0444);
		if (fd >= 0) {
			*ret_number = number;
			return fd;
		}
		if (errno != EEXIST)
			return -errno;
	}
	return -EMFILE;
}

static int write_session(int sessions, uid_t uid, const struct process *process,
			 uint32_t *ret_number)
{
	CLEANUP_FD int fd = -1;
	uint32_t number = 0;
	char name[64];

	fd = make_file(sessions, process, &number, name, sizeof(name));
	if (fd < 0)
		return fd;
	if (dprintf(fd, "version=" KEYFILE_VERSION "\nuid=%u\n" LAST_KEY "=%" PRIu64 "\n", uid,
		    process->number) < 0) {
		int error = -errno;

		unlinkat(sessions, name, 0);
		return error;
	}
	*ret_number = number;
	return 0;
}

int session_add(const struct rundir *dir, pid_t pid, uint32_t *ret_number, struct reason *why)
{
	CLEANUP_FD int sessions = -1;
	struct process process;
	int r;

	r = process_identify(pid, &process);
	if (r < 0)
		return refuse_errno(why, r, "cannot see when process %d started", pid);
	r = open_sessions(dir, &sessions, why);
	if (r < 0)
		return r;
	r = write_session(sessions, dir->uid, &process, ret_number);
	if (r < 0)
		return refuse_errno(why, r, "cannot record the session of process %d", pid);
	return 0;
}

static bool parse_name(const char *name, struct session_id *ret, uint64_t *ret_start)
{
	struct slice rest = slice_of(name), pid_digits, start_digits;
	uint64_t pid, number;

	if (!next_field(&rest, '.', &pid_digits) || !next_field(&rest, '.', &start_digits) ||
	    !rest.text || parse_number(pid_digits, INT32_MAX, &pid) < 0 ||
	    parse_number(start_digits, UINT64_MAX, ret_start) < 0 ||
	    parse_number(rest, SESSIONS_OF_PROCESS_MAX, &number) < 0)
		return false;
	*ret = (struct session_id){(pid_t)pid, (uint32_t)number};
	return true;
}

/* -EINVAL: not to be believed, with a reason; any other error: it is not known. */
static int read_session(int sessions, const char *name, uid_t uid, struct session_id *ret,
			struct process *ret_process, struct reason *why)
{
	CLEANUP_FREE char *text = NULL;
	struct process process = {.pid = 0};
	struct session_id session;
	int r;

	if (!parse_name(name, &session, &process.start))
		return refuse(why, -EINVAL, "it has no session's name");
	r = keyfile_read(sessions, name, uid, LAST_KEY, &text, why);
	if (r < 0)
		return r;
	if (parse_number(keyfile_find(text, LAST_KEY), UINT64_MAX, &process.number) < 0)
		return refuse(why, -EINVAL, "its process has no number");
	process.pid = session.pid;
	*ret_process = process;
	*ret = session;
	return 0;
}

bool session_is_live(int sessions, const char *name, uid_t uid, struct session_id *ret)
{
	struct process process;
	struct reason ignored;

	return read_session(sessions, name, uid, ret, &process, &ignored) == 0 &&
	       process_lives(&process);
}

static bool is_leaving(const struct session_id *session, const struct session_id *leaving)
{
	return leaving && session->pid == leaving->pid &&
	       (session->number == leaving->number || leaving->number == SESSION_ANY);
}

static int list_sessions(const struct rundir *dir, DIR **ret, struct reason *why)
{
	CLEANUP_FD int fd = -1;
	int r;

	r = open_sessions(dir, &fd, why);
	if (r < 0)
		return r;
	*ret = fdopendir(fd);
	if (!*ret)
		return refuse_errno(why, -errno, "cannot list the sessions");
	fd = -1;
	return 0;
}

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* What is no session: it goes, or is at least not in the way. */
static void drop(int sessions, const char *name, const struct reason *what, struct reason *why)
{
	bool gone = unlinkat(sessions, name, 0) == 0 || unlinkat(sessions, name, AT_REMOVEDIR) == 0;

	note(why, "the session file %s was ignored%s: %s", name, gone ? " and removed" : "",
	     what->text);
}

/* Adds to *live when the session stays. */
static int prune_one(const struct rundir *dir, int sessions, const char *name,
		     const struct session_id *leaving, unsigned int *live, struct reason *why)
{
	struct session_id session;
	struct process process;
	struct reason what;
	bool stays;
	int r;

	r = read_session(sessions, name, dir->uid, &session, &process, &what);
	if (r == -ENOENT)
		return 0;
	if (r == -EINVAL) {
		drop(sessions, name, &what, why);
		return 0;
	}
	/* Whatever went wrong, its process may live. */
	stays = r < 0 || (process_lives(&process) && !is_leaving(&session, leaving));
	*live += stays;
	if (!stays && unlinkat(sessions, name, 0) < 0)
		return refuse_errno(why, -errno, "cannot remove the session file %s", name);
	return 0;
}

int sessions_prune(const struct rundir *dir, const struct session_id *leaving,
		   unsigned int *ret_live, struct reason *why)
{
	CLEANUP_DIR DIR *listing = NULL;
	struct dirent *entry;
	unsigned int live = 0;
	int r;

	r = list_sessions(dir, &listing, why);
	while (r == 0 && (errno = 0, entry = readdir(listing))) {
		if (is_dot(entry->d_name))
			continue;
		r = prune_one(dir, dirfd(listing), entry->d_name, leaving, &live, why);
	}
	if (r == 0 && errno != 0)
		return refuse_errno(why, -errno, "cannot list the sessions");
	if (r == 0)
		*ret_live = live;
	return r;
}

void session_remove(const struct rundir *dir, const struct session_id *session)
{
	CLEANUP_DIR DIR *listing = NULL;
	struct dirent *entry;
	struct reason ignored = {.text = ""};

	if (list_sessions(dir, &listing, &ignored) < 0)
		return;
	while ((entry = readdir(listing))) {
		struct session_id found;
		uint64_t start;

		if (parse_name(entry->d_name, &found, &start) && is_leaving(&found, session))
			unlinkat(dirfd(listing), entry->d_name, 0);
	}
}
