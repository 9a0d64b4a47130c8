/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Settling a user's exterior range: what the book has is kept, what shadow's files have is
 * adopted, what nobody has is chosen; then book, /etc/subuid and /etc/subgid are made to agree,
 * the book first, so that the next login completes whatever a crash left.
 */
#ifndef SUBID_SETTLE_H
#define SUBID_SETTLE_H

#include "subid/idfile.h"
#include "subid/range.h"
#include "util/reason.h"

struct settle_request {
	const char *name; /* as the user is called; any bytes */
	uid_t uid;
	struct id_range pool; /* where a new range may lie */
	uint32_t size;	      /* how long a new range is */
};

/* All that a decision hangs on. */
struct settle_sources {
	struct id_file book;
	struct id_file subuid;
	struct id_file subgid;
	bool asked_libsubid;	/* are the next two known? */
	struct id_set lib_uids; /* libsubid's answers for the name and the uid */
	struct id_set lib_gids;
};

/* A user's range, and what has to be written so that it is recorded everywhere. */
struct settlement {
	struct id_range uids;
	struct id_range gids; /* of the same length */
	bool deny_setgroups;  /* the book forbids setgroups(2) inside */
	bool adopted;	      /* found in /etc/subuid */
	bool write_book;
	bool write_subuid;
	bool write_subgid;
};

/*
 * Decides; pure. -EAGAIN: libsubid has to be asked first. -EEXIST: the range, or the name,
 * meets somebody else's; -EINVAL: a malformed line could hide a range, so no new one can be
 * given; -ENOSPC: the pool is full. All but -EAGAIN with a reason.
 */
int settle_decide(const struct settle_sources *sources, const struct settle_request *request,
		  struct settlement *ret, struct reason *why);

/*
 * Reads the files, asks libsubid if the book does not know the user, decides, and if something
 * has to be written does it all again under shadow's locks, and writes. Runs as root with no
 * capability. *ret has the write_ flags of what was written. Any error with a reason.
 */
int settle_range(const struct settle_request *request, struct settlement *ret, struct reason *why);

#endif
