/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cleanup attributes: what a function opened or allocated is given back on
 * every path out of it. A value that outlives the function is taken out of
 * its variable by TAKE_FD or TAKE_PTR. All of them keep errno.
 */
#ifndef UTIL_CLEANUP_H
#define UTIL_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_fd(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static inline void cleanup_free(void *pointer)
{
	int saved = errno;

	free(*(void **)pointer);
	errno = saved;
}

static inline void cleanup_file(FILE **file)
{
	int saved = errno;

	if (*file)
		fclose(*file);
	errno = saved;
}

static inline void cleanup_dir(DIR **dir)
{
	int saved = errno;

	if (*dir)
		closedir(*dir);
	errno = saved;
}

#define CLEANUP(function) __attribute__((cleanup(function)))
#define CLEANUP_FD	  CLEANUP(cleanup_fd)
#define CLEANUP_FREE	  CLEANUP(cleanup_free)
#define CLEANUP_FILE	  CLEANUP(cleanup_file)
#define CLEANUP_DIR	  CLEANUP(cleanup_dir)

#define TAKE_FD(fd)                                                                                \
	__extension__({                                                                            \
		int taken_fd_ = (fd);                                                              \
		(fd) = -1;                                                                         \
		taken_fd_;                                                                         \
	})

#define TAKE_PTR(pointer)                                                                          \
	__extension__({                                                                            \
		__typeof__(pointer) taken_ptr_ = (pointer);                                        \
		(pointer) = NULL;                                                                  \
		taken_ptr_;                                                                        \
	})

#endif
