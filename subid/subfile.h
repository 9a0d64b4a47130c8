/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * /etc/subuid and /etc/subgid, subuid(5): read strictly, and written as shadow writes them.
 * Libsubid's own writer is not used: it ignores login.defs, reports success after a failed
 * write, and has written starts beyond 32 bits.
 */
#ifndef SUBID_SUBFILE_H
#define SUBID_SUBFILE_H

#include "subid/idfile.h"

/* A line of exactly three fields; for id_file_read(). */
id_entry_parser subfile_parse_entry;

/* Does the line belong to the user: is its owner this name, or this uid in digits? */
bool subfile_owned_by(const struct id_entry *entry, const char *name, uid_t uid);

/* Writes a line. */
#define SUBFILE_LINE_SIZE (ID_OWNER_SIZE + 32)
void subfile_format(struct slice owner, struct id_range range, char ret[static SUBFILE_LINE_SIZE]);

#endif
