/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Banks: named parts of a user's own range, that those containers share which share data. A bank is
 * recorded by its ids on the host, as files on disk have them: whatever becomes of the maps of the
 * namespace, its name never stands for other ids. Pure.
 */
#ifndef USERNS_BANKS_H
#define USERNS_BANKS_H

#include <stddef.h>

#include "subid/range.h"
#include "util/reason.h"

#define BANK_NAME_MAX 64

struct bank {
	char name[BANK_NAME_MAX + 1];
	struct id_range uids; /* on the host */
	struct id_range gids; /* as many */
};

/* By name. Zero it to begin; banks_free() to end. */
struct banks {
	struct bank *banks;
	size_t count;
	size_t room;
};

/*
 * Letters, digits, '.', '_' and '-', the first a letter or digit, at most BANK_NAME_MAX: it stands
 * in a file of lines, in tables and in shells. -EINVAL with a reason.
 */
int bank_check_name(const char *name, struct reason *why);

/* NULL: there is none of that name. It stays the banks' own. */
const struct bank *banks_find(const struct banks *banks, const char *name);

/* Adds one. -EEXIST: the name, or an id, is another's; with a reason. -ENOMEM. */
int banks_add(struct banks *banks, const struct bank *bank, struct reason *why);

/* Takes one out that banks_find() gave. */
void banks_remove(struct banks *banks, const struct bank *bank);

/* The text of a file, allocated: a first line, a line for each bank, and one that counts them. */
int banks_format(const struct banks *banks, char **ret_text);

/*
 * Reads that. -EBADMSG: it is not all there, or not as it was written, with a reason that names the
 * line. -ENOMEM.
 */
int banks_parse(const char *text, size_t length, struct banks *ret, struct reason *why);

void banks_free(struct banks *banks);

#endif
