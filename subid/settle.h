/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Settling a user's exterior ranges: what the book has is kept, what shadow's files have is
 * adopted, what is missing to the policy's size is chosen; then book, /etc/subuid and /etc/subgid
 * are made to agree, the book first, so that the next login completes whatever a crash left.
 */
#ifndef SUBID_SETTLE_H
#define SUBID_SETTLE_H

#include "subid/sources.h"

/* More than anybody has; a map of that many extents is still far below the kernel's limits. */
#define USER_RANGES_MAX 64

/* When ranges are written to /etc/subuid and /etc/subgid as well. */
enum settle_copies {
	COPIES_WHERE_READ, /* where libsubid looks there */
	COPIES_ALWAYS,	   /* also where it looks elsewhere */
	COPIES_NEVER,
};

struct settle_request {
	const char *name; /* as the directory has it; any bytes */
	uid_t uid;
	gid_t gid;
	struct id_range pool; /* where a new range may lie */
	enum settle_copies copies;
	uint32_t size;	       /* how many ids the user is to have */
	bool by_uid;	       /* a new range is computed from the uid */
	struct id_range fixed; /* a new range is this one, unless its count is 0 */
	const char *fixed_by;  /* who says so, for people: a setting */
	/*
	 * Adds what a new range must not meet, besides what we read here. Called once, and only if
	 * a new range is to be chosen. -errno with a reason: it is not known.
	 */
	int (*collect_avoid)(const void *argument, struct id_set *ret, struct reason *why);
	const void *argument;
};

/* One of a user's ranges: uids, and as many gids. */
struct user_range {
	struct id_range uids;
	uint32_t gid_start;
	bool adopted; /* found in /etc/subuid, not chosen by us */
	bool is_half; /* found as uids or as gids only: that the others start alike is our choice */
	bool in_book;
	bool in_subuid; /* or no copy is wanted there */
	bool in_subgid; /* likewise */
};

struct settlement {
	struct user_range ranges[USER_RANGES_MAX];
	size_t count;
	bool deny_setgroups; /* the book forbids setgroups(2) inside */
	bool retire_name;    /* the book has the name under another uid: retire those lines */
};

/*
 * Reads the files, asks libsubid and NSS if something new is to be given, decides, and if something
 * has to be written does it all again under shadow's locks, and writes. Runs as root with
 * CAP_CHOWN. *ret says what had been written before. Any error with a reason.
 */
int settle_range(const struct settle_request *request, struct settlement *ret, struct reason *why);

/* What settle_range() would do now, written nowhere. Needs no privilege. */
int settle_preview(const struct settle_request *request, struct settlement *ret,
		   struct reason *why);

#endif
