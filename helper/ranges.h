/* SPDX-License-Identifier: BSD-3-Clause */
/* Ranges as admins write and read them. */
#ifndef HELPER_RANGES_H
#define HELPER_RANGES_H

#include "subid/range.h"
#include "util/reason.h"

/*
 * Reads "FIRST-LAST", as policies have a range, or "START:COUNT", as the files do. -EINVAL with a
 * reason.
 */
int range_operand(const char *text, struct id_range *ret, struct reason *why);

/* Prints a line as shadow's files have it to stdout; control characters in the name as '?'. */
void print_range(const char *owner, struct id_range range);

/* The same for what was taken from somebody, with a note that says what has become of it. */
void print_retired(const char *owner, const struct id_set *retired, struct reason *why);

#endif
