/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where a user's banks are kept, and which of the user's ids are in use: "banks" and "ids" in
 * $XDG_STATE_HOME/userns, or ~/.local/state/userns.
 *
 * A byte of "ids" stands for each id of the host, whether the file has it or not, and is locked by
 * an open file description as long as the id is in use: for one --private alone, or for all that
 * use a bank together. So the kernel decides who gets an id, and frees it when the last process
 * that has the description open is gone. One byte behind all ids is locked to read or to write
 * "banks". What is written in "ids" says that there is a file "banks": if that is missing, it was
 * lost.
 */
#ifndef USERNS_BANKDIR_H
#define USERNS_BANKDIR_H

#include <stdbool.h>
#include <limits.h>

#include "subid/range.h"
#include "userns/banks.h"
#include "userns/pieces.h"
#include "util/reason.h"

struct bankdir {
	char path[PATH_MAX]; /* of "banks" */
	int ids;	     /* the description that holds the locks */
};

#define BANKDIR_INIT ((struct bankdir){.path = "", .ids = -1})

/*
 * Opens it, and makes it where there is none. To be called as its user, who it must belong to.
 * bankdir_close() to end. -errno with a reason.
 */
int bankdir_open(struct bankdir *ret, struct reason *why);

/*
 * Waits for the banks, and reads them: many may, or one to change them. -ENOENT: the file was lost;
 * -EBADMSG: it is damaged; -errno; all with a reason. bankdir_end() and banks_free() also after a
 * failure.
 */
int bankdir_begin(struct bankdir *dir, bool change, struct banks *ret, struct reason *why);

/* Writes the changed banks, by rename and synced. The old ones stand after a failure. */
int bankdir_write(struct bankdir *dir, const struct banks *banks, struct reason *why);

/* Lets others have the banks. The ids in use stay it. */
void bankdir_end(struct bankdir *dir);

/*
 * Takes ids into use, alone or together with others who do. -EAGAIN: somebody has some of them,
 * *ret_met, in another way; -errno with a reason.
 */
int bankdir_use(struct bankdir *dir, struct id_range uids, bool alone, struct id_range *ret_met,
		struct reason *why);

/* Has anybody else ids of these in use? 1, 0; -errno. */
int bankdir_is_used(struct bankdir *dir, struct id_range uids);

/*
 * Chooses count ids that are no bank's and that nobody uses, and takes them into use, alone. To be
 * called between bankdir_begin() and bankdir_end(). -ENOSPC: there are not that many in a row;
 * -errno; with a reason.
 */
int bankdir_choose(struct bankdir *dir, const struct pieces *pieces, const struct banks *banks,
		   uint32_t count, struct piece *ret, struct reason *why);

void bankdir_close(struct bankdir *dir);

#endif
