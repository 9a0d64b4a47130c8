/* SPDX-License-Identifier: BSD-3-Clause */
/* Which user namespace a process is in. */
#ifndef UTIL_USERNS_H
#define UTIL_USERNS_H

#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>

/* The inode of the initial user namespace: PROC_USER_INIT_INO, fixed since Linux 3.8. */
#define INITIAL_USER_NAMESPACE_INODE 0xEFFFFFFDu

/* What the user namespace that we are in is told by. -errno: /proc cannot say. */
static inline int own_user_namespace(struct stat *ret)
{
	return stat("/proc/self/ns/user", ret) < 0 ? -errno : 0;
}

/* Is this process in the initial user namespace? 1, 0; -errno when /proc cannot tell. */
static inline int in_initial_user_namespace(void)
{
	struct stat own;
	int r;

	r = own_user_namespace(&own);
	return r < 0 ? r : own.st_ino == INITIAL_USER_NAMESPACE_INODE;
}

/* Do two descriptors, or names, stand for the same file, or namespace? */
static inline bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

#endif
