/* SPDX-License-Identifier: BSD-3-Clause */
/* The pin of a delegated namespace: see pin.h. Runs as root. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "namespace/inspect.h"
#include "helper/pin.h"
#include "util/cleanup.h"

/* Is it of the run directory itself, with nothing mounted on it? Notes its type. */
static bool is_bare(const struct rundir *dir, int fd, mode_t *ret_mode)
{
	struct statx file, directory;

	/* By the mount: a file of the same file system can be mounted on it. */
	if (statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_MNT_ID, &file) < 0 ||
	    statx(dir->fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &directory) < 0 ||
	    !(file.stx_mask & directory.stx_mask & STATX_MNT_ID) ||
	    file.stx_mnt_id != directory.stx_mnt_id)
		return false;
	*ret_mode = file.stx_mode;
	return true;
}

int pin_open(const struct rundir *dir, int *ret_fd, struct reason *why)
{
	CLEANUP_FD int fd = -1;
	struct reason what;
	mode_t mode = 0;
	bool bare;
	int r;

	r = rundir_open_pin(dir->fd, &fd);
	if (r == -ENOENT)
		return r;
	if (r < 0)
		return refuse_errno(why, r, "cannot open the pin of uid %u", dir->uid);
	bare = is_bare(dir, fd, &mode);
	if (bare && S_ISREG(mode))
		return -ENOENT;
	if (bare)
		return refuse(why, -EEXIST,
			      "what is in the place of the pin of uid %u is no file, and was left "
			      "alone; remove it",
			      dir->uid);
	if (namespace_check(fd, dir->uid, &what) < 0)
		return refuse(why, -EEXIST,
			      "what is mounted as the pin of uid %u is not theirs, and was left "
			      "alone: %s; unmount it",
			      dir->uid, what.text);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

static void path_of_pin(const struct rundir *dir, char *ret, size_t size)
{
	snprintf(ret, size, "/proc/self/fd/%d/%s", dir->fd, PIN_NAME);
}

int pin_attach(const struct rundir *dir, int namespace_fd, struct reason *why)
{
	char source[64], target[64];
	int fd;

	fd = openat(dir->fd, PIN_NAME, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0444);
	if (fd < 0)
		return refuse_errno(why, -errno, "cannot make the file for the pin");
	close(fd);
	snprintf(source, sizeof(source), "/proc/self/fd/%d", namespace_fd);
	path_of_pin(dir, target, sizeof(target));
	if (mount(source, target, NULL, MS_BIND, NULL) < 0) {
		int error = -errno;

		unlinkat(dir->fd, PIN_NAME, 0);
		return refuse_errno(why, error, "cannot pin the user namespace");
	}
	return 0;
}

int pin_detach(const struct rundir *dir, struct reason *why)
{
	char target[64];

	path_of_pin(dir, target, sizeof(target));
	if (umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
		return refuse_errno(why, -errno, "cannot unmount the pin");
	if (unlinkat(dir->fd, PIN_NAME, 0) < 0)
		return refuse_errno(why, -errno, "cannot remove the file of the pin");
	return 0;
}
