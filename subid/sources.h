/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All that a decision about ranges hangs on: the three files, and what libsubid, NSS and the caller
 * know. Read and asked here, so that deciding is pure.
 */
#ifndef SUBID_SOURCES_H
#define SUBID_SOURCES_H

#include <stdbool.h>

#include "subid/accounts.h"
#include "subid/idfile.h"
#include "subid/lock.h"
#include "subid/range.h"
#include "util/reason.h"

struct settle_request;

/* Zero it to begin; sources_free() to end. */
struct settle_sources {
	struct id_file book;
	struct id_file subuid;
	struct id_file subgid;
	char *source;		/* where libsubid looks instead of the two files; NULL: in them */
	bool asked;		/* are the rest known? */
	struct reason unknown;	/* why they could not be asked: nothing new then */
	struct id_set lib_uids; /* libsubid's answers for the name and the uid */
	struct id_set lib_gids;
	struct id_set avoid;	  /* the request's, and other programs' ids */
	struct accounts accounts; /* real users and groups, as far as NSS tells of them */
};

/* Reads book, /etc/subuid and /etc/subgid, or again, as they are now. -errno with a reason. */
int sources_read_files(struct settle_sources *sources, struct reason *why);

/* The same under shadow's locks, which are taken first: see subid_lock(). */
int sources_lock_and_read(struct settle_sources *sources, struct subid_lock *lock,
			  struct reason *why);

/*
 * Reads them for who may have a range already: a copy that cannot be read is no error, as the book
 * has what was given out; but nothing new can be given then, and that copy is left alone.
 * *ret_copies_changed: are the copies others than before? -errno with a reason.
 */
int sources_try_files(struct settle_sources *sources, bool *ret_copies_changed, struct reason *why);

/* Asks libsubid for the user's ranges. -errno with a reason. */
int sources_ask_libsubid(struct settle_sources *sources, const struct settle_request *request,
			 struct reason *why);

/*
 * Asks what a new range must not meet. It takes long where the directory is large, so it is done
 * before shadow's locks are taken; with them held, accounts_list_local() adds whom useradd(8) has
 * made while we waited. -errno with a reason.
 */
int sources_ask_taken(struct settle_sources *sources, const struct settle_request *request,
		      struct reason *why);

/*
 * -EINVAL with a reason when a line is malformed, or a copy could not be read: it could hide a
 * range, so nothing new can be given out. What is on record is not touched by it.
 */
int sources_refuse_malformed(const struct settle_sources *sources, struct reason *why);

void sources_free(struct settle_sources *sources);

#endif
