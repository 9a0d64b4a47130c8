/* SPDX-License-Identifier: BSD-3-Clause */
/* What the map in the terminal and the picture have in common: what they show, and their words. */
#ifndef USERNS_DRAWING_H
#define USERNS_DRAWING_H

#include <stdbool.h>

#include "conf/policy.h"
#include "userns/listing.h"
#include "userns/bands.h"

struct drawing {
	struct space space;
	struct space_total totals[SPACE_KINDS];
	size_t lines[SPACE_KINDS];   /* of the files */
	const struct policy *policy; /* the caller's; NULL: not known */
};

/* From what was listed, which must stay while the drawing is used. -ENOMEM. */
int drawing_make(const struct listing *listing, const struct policy *policy, struct drawing *ret);
void drawing_free(struct drawing *drawing);

/* How much of what there is, in one sentence each; an empty one has nothing to say. */
#define DRAWING_SENTENCES     3
#define DRAWING_SENTENCE_SIZE 256
void drawing_summary(const struct drawing *drawing,
		     char ret[static DRAWING_SENTENCES][DRAWING_SENTENCE_SIZE]);

/*
 * Whose the ids of a window are: sets *part to the next part from *part on that is somebody's, but
 * not the one's before in the window. False: there is none.
 */
bool drawing_next_owner(const struct drawing *drawing, struct id_range window, size_t *part);

/* What is said of a part beside its owner. NULL: nothing, as it is a user's. */
const char *drawing_remark(const struct space_part *part);

/* The longest of the bands that is a user's; of all that are somebody's where no user has any. */
uint64_t drawing_longest(const struct drawing *drawing, const struct space_band *bands,
			 size_t count);

/* Is there a band of one range whose user has a namespace now? */
bool drawing_shows_pin(const struct drawing *drawing, const struct space_band *bands, size_t count);

/* About how many bands are drawn where there are more than twice as many ranges. */
#define DRAWING_BANDS 24

#endif
