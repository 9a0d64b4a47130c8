/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Files that a privileged program may believe: opened once and judged by
 * their descriptor; replaced whole or not at all.
 */
#ifndef UTIL_FILE_H
#define UTIL_FILE_H

#include <stddef.h>

#include "util/reason.h"

/*
 * Opens a file that only root can have written: a regular file (no symbolic link, as
 * shadow's O_NOFOLLOW), owned by root, writable for nobody else, of at most max_size bytes.
 * The caller closes *ret_fd.
 * -ENOENT when there is none (why untouched); any other error with a reason that names path.
 */
int file_open_trusted(const char *path, size_t max_size, int *ret_fd, struct reason *why);

/* The same in a directory held open; path is what it is called for people. */
int file_open_trusted_at(int dir, const char *name, const char *path, size_t max_size, int *ret_fd,
			 struct reason *why);

/*
 * Reads from the descriptor's beginning to its end, at most max_size bytes (-EFBIG beyond).
 * *ret_text is the caller's to free, with a NUL behind *ret_length bytes.
 */
int file_read(int fd, size_t max_size, char **ret_text, size_t *ret_length);

/* Both in one: a trusted file's text. */
int file_read_trusted(const char *path, size_t max_size, char **ret_text, size_t *ret_length,
		      struct reason *why);

/*
 * Puts a text in a file's place: written beside it as "PATH+" (shadow's name), synced,
 * renamed, the directory synced. Mode and group of the old file are kept, else it is 0644. After a
 * failure the old file stands as it was (or the new one, if just the last sync failed), and
 * "PATH+" is gone. The caller holds the lock.
 */
int file_replace(const char *path, const char *text, size_t length, struct reason *why);

/* The same in a directory held open, for run state: no sync, as /run does not outlive the host. */
int file_replace_at(int dir, const char *name, const char *text, size_t length);

#endif
