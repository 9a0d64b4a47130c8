/* SPDX-License-Identifier: BSD-3-Clause */
/* Shadow's own locks: see lock.h. Runs as root, without capabilities. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "subid/lock.h"
#include "subid/locker.h"
#include "subid/paths.h"
#include "util/cleanup.h"

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

/* Waits until no living process has the lock file, and removes what a dead one left. */
static int wait_for_locker(const char *lock_path)
{
	const struct timespec pause = {.tv_nsec = RETRY_NSEC};
	int r;

	while ((r = locker_look(lock_path)) == LOCKER_LIVES)
		nanosleep(&pause, NULL);
	/* The passwd lock is ours, so no newcomer has just taken the dead one's place. */
	if (r == LOCKER_GONE && unlink(lock_path) < 0 && errno != ENOENT)
		return -errno;
	return r < 0 ? r : 0;
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

static void remove_own(const char *lock_path)
{
	struct locker locker;

	if (locker_read(lock_path, &locker) == 0 && locker.pid == getpid())
		unlink(lock_path);
}

void subid_lock_abandon(void)
{
	remove_own(SUBGID_FILE ".lock");
	remove_own(SUBUID_FILE ".lock");
}
