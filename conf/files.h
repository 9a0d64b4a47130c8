/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The files of a policy, by libeconf's rules of where they lie: a main file and drop-ins. Each is
 * opened once, judged by its descriptor and read whole.
 */
#ifndef CONF_FILES_H
#define CONF_FILES_H

#include <stddef.h>

#include "util/reason.h"

/* How large one of them may be. */
#define POLICY_FILE_MAX (1u << 20)

struct policy_file {
	char *path;
	char *text; /* with a NUL behind it, and none in it */
	size_t length;
};

/* In the order in which they hold: a later one goes over an earlier one. */
struct policy_files {
	struct policy_file *files;
	size_t count;
	size_t room;
};

/*
 * Reads the policy at path. For the one that is installed, USERNS_POLICY, the main file is the
 * first that is there of /etc/security, /run/security and VENDORDIR/security, and the drop-ins are
 * what is called *.conf in the directories NAME.d in all of them, by name; of one name, just the
 * one in the first of these directories. For any other it is that file, which must be there, and
 * those of PATH.d.
 *
 * What is not root's, or is writable for others, or no regular file, or larger than
 * POLICY_FILE_MAX, or holds a NUL byte, is an error, and so is a directory on the way that others
 * can write to. All of them are read twice, until nothing has changed in between: what a rename
 * replaces meanwhile is there as it was before or after, never half of each. -errno with a reason
 * that names the file; policy_files_free() afterwards.
 */
int policy_files_read(const char *path, struct policy_files *ret, struct reason *why);

/* The same for any directories, those first whose files go over the others'. */
int policy_files_read_in(const char *const *directories, size_t count, const char *name,
			 struct policy_files *ret, struct reason *why);

void policy_files_free(struct policy_files *files);

#endif
