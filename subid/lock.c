/* SPDX-License-Identifier: BSD-3-Clause */
/* Shadow's own locks: see lock.h. Runs as root, without capabilities. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "subid/lock.h"
#include "subid/paths.h"
#include "util/cleanup.h"
#include "util/parse.h"

/* How long to sleep before looking again at a lock file; shadow sleeps a second. */
#define RETRY_NSEC (20 * 1000 * 1000)

/*
 * An open file description lock conflicts with lckpwdf()'s record lock, but is not lost when
 * a library in this process closes the file, and needs no alarm(2), which is our deadline.
 */
static int lock_passwd(int *ret_fd, struct reason *why)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	CLEANUP_FD int fd = -1;

	fd = open(PASSWD_LOCK, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return refuse_errno(why, -errno, "cannot open %s", PASSWD_LOCK);
	while (fcntl(fd, F_OFD_SETLKW, &whole) < 0)
		if (errno != EINTR)
			return refuse_errno(why, -errno, "cannot lock %s", PASSWD_LOCK);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/*
 * Does a lock file's process live? 1, also for a lock file that names none, as shadow has it;
 * 0: it does not, or there is no lock file; -errno: it cannot be read.
 */
static int locker_lives(const char *lock_path)
{
	CLEANUP_FD int fd = -1;
	char text[32];
	uint64_t pid;
	ssize_t length;

	fd = open(lock_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	length = read(fd, text, sizeof(text));
	if (length < 0)
		return -errno;
	/* Shadow writes the terminating NUL as well. */
	if (parse_number((struct slice){text, strnlen(text, (size_t)length)}, INT32_MAX, &pid) < 0)
		return 1;
	return pid == 0 || kill((pid_t)pid, 0) == 0 || errno != ESRCH;
}

/* Waits until no living process has the lock file, and removes what a dead one left. */
static int wait_for_locker(const char *lock_path)
{
	const struct timespec pause = {.tv_nsec = RETRY_NSEC};
	int r;

	while ((r = locker_lives(lock_path)) == 1)
		nanosleep(&pause, NULL);
	/* The passwd lock is ours, so no newcomer has just taken the dead one's place. */
	if (r == 0 && unlink(lock_path) < 0 && errno != ENOENT)
		r = -errno;
	return r;
}

static int write_pid_file(const char *path)
{
	CLEANUP_FD int fd = -1;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (dprintf(fd, "%d", getpid()) < 0)
		return -errno;
	return 0;
}

/* One try: -EEXIST when somebody was faster. */
static int make_lock(const char *path, const char *lock_path)
{
	char pid_path[64];
	int r;

	snprintf(pid_path, sizeof(pid_path), "%s.%d", path, getpid());
	r = write_pid_file(pid_path);
	if (r == 0 && link(pid_path, lock_path) < 0)
		r = -errno;
	unlink(pid_path);
	return r;
}

static int lock_file(const char *path, struct reason *why)
{
	char lock_path[64];
	int r;

	snprintf(lock_path, sizeof(lock_path), "%s.lock", path);
	do {
		r = wait_for_locker(lock_path);
		if (r == 0)
			r = make_lock(path, lock_path);
	} while (r == -EEXIST);
	if (r < 0)
		return refuse_errno(why, r, "cannot make %s", lock_path);
	return 0;
}

int subid_lock(struct subid_lock *lock, struct reason *why)
{
	int r;

	r = lock_passwd(&lock->pwd_lock, why);
	if (r < 0)
		return r;
	r = lock_file(SUBUID_FILE, why);
	if (r < 0)
		return r;
	lock->subuid = true;
	r = lock_file(SUBGID_FILE, why);
	if (r < 0)
		return r;
	lock->subgid = true;
	return 0;
}

void subid_unlock(struct subid_lock *lock)
{
	if (lock->subgid)
		unlink(SUBGID_FILE ".lock");
	if (lock->subuid)
		unlink(SUBUID_FILE ".lock");
	if (lock->pwd_lock >= 0)
		close(lock->pwd_lock);
	*lock = SUBID_LOCK_INIT;
}
