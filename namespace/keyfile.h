/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The small files of a run directory, "state" and those of sessions: lines of key=value, with
 * version= and uid= among them. A reader believes them as far as they can be judged.
 */
#ifndef NAMESPACE_KEYFILE_H
#define NAMESPACE_KEYFILE_H

#include <sys/types.h>

#include "util/parse.h"
#include "util/reason.h"

#define KEYFILE_VERSION "1"

/* A value in a text. text is NULL when there is no such key. */
struct slice keyfile_find(const char *text, const char *key);

/*
 * Reads the file of uid's. It must be a regular file, of this version, for this uid, and whole:
 * with last_key, and an end of line behind it. Who is root also wants it to be root's, and writable
 * for nobody else. The text is the caller's to free.
 * -ENOENT: there is none; -EINVAL: it is not to be believed, with a reason such as "it is cut
 * short"; -errno: it cannot be read, with a reason.
 */
int keyfile_read(int dir, const char *name, uid_t uid, const char *last_key, char **ret_text,
		 struct reason *why);

#endif
