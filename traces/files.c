/* SPDX-License-Identifier: BSD-3-Clause */
/* A walk over a file system for ids: see traces.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "traces/traces.h"
#include "util/cleanup.h"

/* A copy of the mount alone, without what is mounted below it, and seen by nobody else. */
static int open_mount(const char *mount_point)
{
	return (int)syscall(SYS_open_tree, AT_FDCWD, mount_point,
			    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
}

int traces_in_files(const char *mount_point, struct walk *walk, struct reason *why)
{
	CLEANUP_FD int fd = open_mount(mount_point);
	struct stat st;
	int r;

	/* Single files are mounted as well. */
	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode)) {
		r = is_wanted(walk->wanted, st.st_uid, st.st_gid);
		if (r > 0)
			note(why, "%s belongs to %u:%u", mount_point, st.st_uid, st.st_gid);
		return r;
	}
	if (fd < 0 && errno == EINVAL)
		return refuse(
			why, -EINVAL,
			"the mount on %s is unbindable, so it cannot be looked at alone; mount "
			"--make-private %s changes that",
			mount_point, mount_point);
	if (fd < 0 || fchdir(fd) < 0)
		return refuse_errno(why, -errno, "cannot look at the file system on %s",
				    mount_point);
	r = traces_here(walk, why);
	if (chdir("/") < 0 && r == 0)
		r = refuse_errno(why, -errno, "cannot leave %s", mount_point);
	return r;
}
