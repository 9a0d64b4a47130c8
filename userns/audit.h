/* SPDX-License-Identifier: BSD-3-Clause */
/* What is wrong with the ids of a host, found in what was read. Pure. */
#ifndef USERNS_AUDIT_H
#define USERNS_AUDIT_H

#include "userns/listing.h"
#include "userns/overlaps.h"

enum finding_kind {
	FOUND_OVERLAP,	 /* two parties have the same ids */
	FOUND_MALFORMED, /* a line cannot be read */
	FOUND_NO_COPY,	 /* a user's line of the book is missing in subuid or subgid */
	FOUND_UNBOOKED,	 /* a line there gives a user of the book more than that has */
	FOUND_NO_UID,	 /* a line of the book does not say whose it is */
	FOUND_GONE,	 /* the user of a line of the book is no more */
	FOUND_RENAMED,	 /* its uid has another name now */
	FOUND_POLICY,	 /* the policy cannot be read */
	FOUND_NO_USER,	 /* a section of it is for a user whom nobody knows */
	FOUND_NO_GROUP,	 /* likewise for a group */
	FOUND_NO_EFFECT, /* a section can never match, or changes nothing */
	FOUND_OFF_POOL,	 /* a range in it lies outside its pool, or in what it avoids */
	FOUND_FULL_POOL, /* the pool is too small for all users */
	FINDING_KINDS,
};

/* What a kind is called, and what an admin is to do. */
const char *finding_name(enum finding_kind kind);
const char *finding_advice(enum finding_kind kind);

/* May it be right all the same? Then it is told, and is no failure. */
bool finding_is_warning(enum finding_kind kind);

struct finding {
	enum finding_kind kind;
	bool gids;
	struct id_range ids; /* count 0: none can be told */
	struct party party;
	struct party other;    /* of an overlap */
	enum party_kind lacks; /* no copy: which file lacks it */
	const char *wrong;     /* what is wrong, where its kind does not tell; the caller's */
};

struct findings {
	struct finding *findings;
	size_t count;
	size_t room;
};

struct audit {
	const struct listing *listing; /* the three files */
	bool copies;		       /* are the two files in use? By nsswitch.conf */
	struct parties uids;	       /* what is not in the files; the lines are added here */
	struct parties gids;
};

/* Fills findings: what is malformed, then overlaps by id, then copies. -ENOMEM. */
int audit_run(struct audit *audit, struct findings *ret);

/* -ENOMEM. */
int findings_add(struct findings *findings, const struct finding *finding);
void findings_free(struct findings *findings);

/*
 * Takes out those of missing copies of lines whose owner is gone or renamed, as nobody is to get
 * one. Those of owners begin at the index, in the order of the book.
 */
void findings_drop_void_copies(struct findings *findings, size_t owners);

/* A line of one of the files as a party. */
struct party audit_line(const struct id_entry *entry, enum listing_source source, bool gids);

#endif
