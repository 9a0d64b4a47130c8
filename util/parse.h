/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Numbers and fields as they stand in files: strict where shadow's parser is
 * not (no sign, no blank, no hex or octal, nothing behind the number).
 */
#ifndef UTIL_PARSE_H
#define UTIL_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A piece of a text that somebody else owns; not terminated by NUL. */
struct slice {
	const char *text;
	size_t length;
};

/* All of a C string. */
static inline struct slice slice_of(const char *text)
{
	return (struct slice){text, strlen(text)};
}

/*
 * A decimal number of 0 to max. -EINVAL: not just digits, or empty; -ERANGE: over max.
 */
int parse_number(struct slice digits, uint64_t max, uint64_t *ret);

/* The same for a C string and an id: 0 to 4294967295. */
int parse_id(const char *text, uint32_t *ret);

/* How many ids: 1 to 4294967294, also as 64K (1024 each) or 1M. -EINVAL otherwise. */
int parse_count(struct slice text, uint32_t *ret);

/*
 * Cuts the text before the next separator off the front of rest. False when rest is
 * used up; a separator at the very end yields one more, empty, field.
 * Start with rest->text pointing at the text; the walk ends with rest->text == NULL.
 */
bool next_field(struct slice *rest, char separator, struct slice *ret_field);

/* The same bytes? */
bool slices_equal(struct slice a, struct slice b);
bool slice_equals(struct slice slice, const char *text);

/* The text without blanks at its ends. */
struct slice slice_trim(struct slice text);

#endif
