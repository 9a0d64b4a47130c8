/* SPDX-License-Identifier: BSD-3-Clause */
/* A settled space of ids as something to draw: rows of cells, or bands of neighbours. Pure. */
#ifndef USERNS_BANDS_H
#define USERNS_BANDS_H

#include "userns/space.h"

/* Rows that each hold as many ids as all before: 0 to 65535, to 131071, ... to ID_LAST. */
#define SPACE_ROWS 17
struct id_range space_row(size_t row);

struct space_cell {
	enum space_kind kind; /* what most of it is, of what is used; if nothing is, of the rest */
	unsigned int share;   /* used: 0 nothing, 1 to a quarter, 2 to a half, 3 more, 4 all */
	size_t part;	      /* the first that is of that kind */
};

/* Cuts the window into count cells as equal as can be. count is at most the ids in it. */
void space_cells(const struct space *space, struct id_range window, size_t count,
		 struct space_cell *ret);

/* Neighbours: parts that are used, with what lies free between them; or one that is free. */
struct space_band {
	struct id_range range;
	size_t first; /* part */
	size_t last;
	size_t ranges; /* how many of the parts are used; 0: it is free */
	uint64_t used; /* ids */
};

/*
 * Cuts the space into bands: a range or a free part each where there are at most 2 * wanted ranges;
 * else about wanted bands of as many ranges each, cut where much is free. Never more than
 * 4 * wanted + 40. O(n). The caller frees *ret. -ENOMEM.
 */
int space_bands(const struct space *space, size_t wanted, struct space_band **ret,
		size_t *ret_count);

#endif
