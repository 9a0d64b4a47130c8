/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UTIL_INITIAL_H
#define UTIL_INITIAL_H

#include <stdbool.h>
#include <sys/stat.h>

/* The inode of the initial user namespace: PROC_USER_INIT_INO, fixed since Linux 3.8. */
#define INITIAL_USER_NAMESPACE_INODE 0xEFFFFFFDu

/* Is this process in the initial user namespace? False also when that cannot be known. */
static inline bool in_initial_user_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/user", &st) == 0 && st.st_ino == INITIAL_USER_NAMESPACE_INODE;
}

#endif
