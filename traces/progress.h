/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where a walk over several file systems is: shown on a terminal, and written down, so that one
 * that was broken off can go on.
 */
#ifndef TRACES_PROGRESS_H
#define TRACES_PROGRESS_H

#include <time.h>

#include "config.h"
#include "traces/traces.h"

/* A walk that is older is not gone on with, in seconds. */
#define PROGRESS_KEPT (24 * 60 * 60)

struct progress {
	char file[sizeof(USERNS_STATEDIR "/reclaim-4294967295")]; /* where it is written */
	const char *what;   /* the walk: for which line, through what */
	const char *target; /* the file system it is in */
	uint64_t before;    /* entries of the file systems before */
	uint64_t expected;  /* entries in all; 0: not known */
	bool terminal;
	struct timespec shown;
	struct timespec written;
};

/* Where an earlier walk for the same was. All NULL: there is none to go on with. */
struct checkpoint {
	char *text;	    /* what the other two point into */
	const char *target; /* the file system that it was in */
	const char *path;   /* the last that it told of there */
};

/*
 * Begins to show and to write. start: the first id that is looked for, after which the file is
 * named; what: the walk, which must stay.
 */
void progress_start(struct progress *progress, uint32_t start, const char *what);

/* What a walk before this left. -ENOENT: nothing that can be used; a damaged file is nothing. */
int progress_read(const struct progress *progress, struct checkpoint *ret);
void checkpoint_free(struct checkpoint *checkpoint);

/* A walk_watcher. Ten times a second it shows, once it writes. */
void progress_watch(const char *path, uint64_t entries, void *progress);

/* Clears the line; forgets what was written. */
void progress_end(struct progress *progress);

#endif
