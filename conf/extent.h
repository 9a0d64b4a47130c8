/* SPDX-License-Identifier: BSD-3-Clause */
/* An extent of a map of ids, user_namespaces(7), and what the kernel takes of them. Pure. */
#ifndef CONF_EXTENT_H
#define CONF_EXTENT_H

#include <stdint.h>

#include "subid/range.h"

/* One line of a map: ids inside to inside + count - 1 are outside to outside + count - 1. */
struct extent {
	uint32_t inside;
	uint32_t outside;
	uint32_t count;
};

/* The kernel takes 340 since 4.15, five before; a delegated namespace needs two. */
#define MAP_EXTENTS_MAX 340

/* The text of a map takes less than a page, as the kernel demands of a write. */
#define MAP_TEXT_SIZE 4096

static inline struct id_range extent_inside(const struct extent *extent)
{
	return (struct id_range){extent->inside, extent->count};
}

static inline struct id_range extent_outside(const struct extent *extent)
{
	return (struct id_range){extent->outside, extent->count};
}

#endif
