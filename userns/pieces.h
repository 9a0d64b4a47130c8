/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where in a delegated namespace parts of its range can be taken from, for banks and for --private:
 * as many uids as gids, in a row inside and on the host, by the same numbers inside. Pure.
 */
#ifndef USERNS_PIECES_H
#define USERNS_PIECES_H

#include "namespace/maps.h"
#include "subid/range.h"
#include "userns/banks.h"

/* So many ids, inside and on the host. */
struct piece {
	struct id_range uids; /* on the host */
	uint32_t gids;	      /* the first one, on the host */
	uint32_t inside;      /* the first one, both uid and gid */
};

/* Each extent of one map can be cut by those of the other. */
#define PIECES_MAX (2 * MAP_EXTENTS_MAX)

struct pieces {
	struct piece pieces[PIECES_MAX];
	size_t count;
};

/* All but id 0 inside, which owns the namespace. In the order of the ids inside. */
void pieces_of(const struct ns_maps *maps, struct pieces *ret);

/*
 * The uids of the pieces that are a bank's, or whose gid is: added to the set. -ENOMEM, with some
 * of them added.
 */
int pieces_add_banks(const struct pieces *pieces, const struct banks *banks, struct id_set *set);

/*
 * The highest count ids in a row that are in no range of the (normalized) set of uids: the low ones
 * are those of the accounts in images, which containers with the whole range have. -ENOSPC when
 * there are none; *ret_largest then has how many there are in a row.
 */
int pieces_choose(const struct pieces *pieces, const struct id_set *taken, uint32_t count,
		  struct piece *ret, uint32_t *ret_largest);

#endif
