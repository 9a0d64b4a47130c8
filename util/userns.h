/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UTIL_USERNS_H
#define UTIL_USERNS_H

#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>

/* The inode of the initial user namespace: PROC_USER_INIT_INO, fixed since Linux 3.8. */
#define INITIAL_USER_NAMESPACE_INODE 0xEFFFFFFDu

/* Is this process in the initial user namespace? 1, 0; -errno when /proc cannot tell. */
static inline int in_initial_user_namespace(void)
{
	struct stat st;

	if (stat("/proc/self/ns/user", &st) < 0)
		return -errno;
	return st.st_ino == INITIAL_USER_NAMESPACE_INODE;
}

/* Do two descriptors, or names, stand for the same file, or namespace? */
static inline bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

#endif
