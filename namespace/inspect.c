/* SPDX-License-Identifier: BSD-3-Clause */
/* Judging a delegated user namespace by its descriptor: see inspect.h. */
#include <errno.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "namespace/holder.h"
#include "namespace/inspect.h"
#include "util/cleanup.h"
#include "util/userns.h"

int namespace_check_type(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return -errno;
	if (fs.f_type != NSFS_MAGIC || ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWUSER)
		return -EINVAL;
	return 0;
}

int namespace_check(int fd, uid_t uid, struct reason *why)
{
	CLEANUP_FD int parent = -1;
	struct stat ours, parents;
	uid_t owner;
	int r;

	if (namespace_check_type(fd) < 0)
		return refuse(why, -EINVAL, "it is no user namespace");
	if (ioctl(fd, NS_GET_OWNER_UID, &owner) < 0)
		return refuse_errno(why, -errno, "cannot ask who owns the user namespace");
	if (owner != uid)
		return refuse(why, -EINVAL, "the user namespace is uid %u's, not uid %u's", owner,
			      uid);
	parent = ioctl(fd, NS_GET_PARENT);
	if (parent < 0 || fstat(parent, &parents) < 0)
		return refuse_errno(why, -errno, "cannot ask for the user namespace's parent");
	r = own_user_namespace(&ours);
	if (r < 0)
		return refuse_errno(why, r, "cannot look at /proc/self/ns/user");
	if (!same_file(&parents, &ours))
		return refuse(why, -EINVAL, "the user namespace is not right below this one");
	return 0;
}

int namespace_read_maps(int fd, const struct owner *owner, struct ns_maps *ret, struct reason *why)
{
	CLEANUP(holder_end) struct holder holder = HOLDER_INIT;
	const struct holder_task task = {.owner = owner, .join = fd};
	int r;

	r = holder_start(&task, &holder, why);
	if (r == 0)
		r = maps_read(holder.pid, ret, why);
	return r;
}
