/* SPDX-License-Identifier: BSD-3-Clause */
/* Ids that two parties have: found by one sweep over all ranges. Pure. */
#ifndef USERNS_OVERLAPS_H
#define USERNS_OVERLAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "subid/range.h"
#include "util/parse.h"

/* Who, or what, has ids; lines of files first. */
enum party_kind {
	PARTY_BOOK,
	PARTY_SUBUID,
	PARTY_SUBGID,
	PARTY_ACCOUNT,	 /* a real user or group */
	PARTY_NAMESPACE, /* that is live */
	PARTY_PROGRAM,	 /* that takes ids without telling */
	PARTY_POLICY,	 /* a line of the policy: range = */
};

struct party {
	enum party_kind kind;
	struct id_range range;
	struct slice name; /* the caller's; of namespaces, empty */
	unsigned int line; /* of a file */
	const char *path;  /* of the policy's file */
	bool has_uid;	   /* do we know the uid of the line's owner, account or namespace? */
	uid_t uid;
	struct id_range uids; /* of a line: also where it stands for gids */
	pid_t pid;	      /* of a namespace */
	bool reserved;	      /* flags of the book */
	bool retired;
};

struct parties {
	struct party *parties;
	size_t count;
	size_t room;
};

/* -ENOMEM. */
int parties_add(struct parties *parties, const struct party *party);
void parties_free(struct parties *parties);

/* May both have the same ids? As a user's line and its copy, or a program and what is reserved. */
bool parties_agree(const struct party *a, const struct party *b);

/* Called for two that do not agree, with what both have. -errno to stop. */
typedef int overlap_visitor(const struct party *a, const struct party *b, struct id_range ids,
			    void *argument);

/*
 * Sorts, and calls visit for each party that meets one which begins before it, and does not agree:
 * once, with the first such. O(n log n) but for ranges of those who agree, lying in each other.
 * -ENOMEM, or what visit gave.
 */
int overlaps_find(struct parties *parties, overlap_visitor *visit, void *argument);

#endif
