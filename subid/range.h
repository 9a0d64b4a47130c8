/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ranges of ids and sets of them. Pure: values in, values out.
 */
#ifndef SUBID_RANGE_H
#define SUBID_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/parse.h"

/* 4294967295 is (uid_t)-1, "no id" to every system call, so no range holds it. */
#define ID_LAST (UINT32_MAX - 1)

/*
 * Below lie the system accounts, and much that takes ids without telling: no range is handed out
 * there. Also the size of systemd's container ranges, and what starts are a multiple of.
 */
#define ID_BLOCK 65536u

/* Ids start to start + count - 1; count is at least 1, and the last id at most ID_LAST. */
struct id_range {
	uint32_t start;
	uint32_t count;
};

/*
 * Makes a range of two numbers as they stand in a file.
 * -ERANGE when count is 0 or an id of it is over ID_LAST.
 */
int id_range_make(uint64_t start, uint64_t count, struct id_range *ret);

/* Makes one of "FIRST-LAST", both ids in it. -EINVAL when it is none. */
int id_range_parse(struct slice text, struct id_range *ret);

/* The highest id in it. */
uint32_t id_range_last(struct id_range range);

/* The id behind the last of count ids from start, which 32 bits may not hold. */
static inline uint64_t id_end(uint32_t start, uint32_t count)
{
	return (uint64_t)start + count;
}

/* The id behind its last. */
static inline uint64_t id_range_end(struct id_range range)
{
	return id_end(range.start, range.count);
}

/* Is the id in it? */
static inline bool id_range_has(struct id_range range, uint64_t id)
{
	return id >= range.start && id < id_range_end(range);
}

bool id_range_equal(struct id_range a, struct id_range b);
bool id_range_overlaps(struct id_range a, struct id_range b);

/* Is every id of inner in outer? */
bool id_range_contains(struct id_range outer, struct id_range inner);

/* A set of ids as a growing list of ranges. Zero it to begin; id_set_free() to end. */
struct id_set {
	struct id_range *ranges;
	size_t count;
	size_t room;
};

/* -ENOMEM, the set as before. Ranges may overlap and come in any order. */
int id_set_add(struct id_set *set, struct id_range range);
void id_set_free(struct id_set *set);

/* Adds every range of another set. -ENOMEM, with some of them added. */
int id_set_add_all(struct id_set *set, const struct id_set *more);

/* Is this very range one of the set's? */
bool id_set_has(const struct id_set *set, struct id_range range);

/* The first range of the set that meets this one. False: none does. Any order. */
bool id_set_meets(const struct id_set *set, struct id_range range, struct id_range *ret);

/* Sorts and merges, as id_set_first_free() needs it. O(n log n). */
void id_set_normalize(struct id_set *set);

/*
 * The lowest range of count ids inside pool that no range of the (normalized) set meets.
 * Its start is a multiple of 65536 where count is, so that a range's ids keep their low
 * 16 bits, as systemd's do. -ENOSPC when there is none; -EINVAL when count is 0.
 */
int id_set_first_free(const struct id_set *set, struct id_range pool, uint32_t count,
		      struct id_range *ret);

/*
 * How many ids of pool are in no range of the (normalized) set. *ret_largest: most of them in a
 * row; count 0 when there are none.
 */
uint64_t id_set_free_in(const struct id_set *set, struct id_range pool,
			struct id_range *ret_largest);

#endif
