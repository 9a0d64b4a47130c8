/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The sections of a policy file: [host], [default], [group NAME], [uid FIRST-LAST], [user NAME].
 * Pure.
 */
#ifndef CONF_SECTION_H
#define CONF_SECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "util/parse.h"
#include "util/reason.h"

/* As bits; what is for fewer people goes over what is for more. */
enum section_kind {
	SECTION_HOST = 1,
	SECTION_DEFAULT = 2,
	SECTION_GROUP = 4, /* [group NAME] */
	SECTION_UID = 8,   /* [uid FIRST-LAST] */
	SECTION_USER = 16, /* [user NAME] */
};

/* Slices point into the text. */
struct section {
	enum section_kind kind;
	struct slice name;   /* of the user or the group; of no length: ids count */
	uint32_t first;	     /* uids; a group by number: its gid */
	uint32_t last;	     /* likewise */
	struct slice header; /* as it stands there, with brackets */
	unsigned int line;   /* of the header, from 1 */
	struct slice body;   /* the lines behind it */
};

/* Less than the buffer of BUFSIZ bytes that libeconf reads a line with. */
#define POLICY_LINE_MAX 8000

/* Where a walk over the sections of a text stands: begin with {path, text, 0}. */
struct section_walk {
	const char *path; /* for people */
	struct slice rest;
	unsigned int line; /* how many lines lie behind */
};

/*
 * Cuts the next section off the text. 1; 0: there are no more. -EINVAL, with a reason that names
 * file and line: no header that we know, a key before the first section, a longer line than
 * POLICY_LINE_MAX.
 */
int section_next(struct section_walk *walk, struct section *ret, struct reason *why);

/* Are they for the same people? */
bool section_equal(const struct section *a, const struct section *b);

/* The same number for equal sections. */
uint32_t section_hash(const struct section *section);

/* How much of a text to show in a reason, for "%.*s". */
int slice_shown(struct slice text);

#endif
