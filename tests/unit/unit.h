/* SPDX-License-Identifier: BSD-3-Clause */
/* cmocka with the headers it wants before it, and checks that several tests share. */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "util/array.h"
#include "util/reason.h"

/* Is every part (NULL: none) in the reason? The case is named when one is not. */
static inline void assert_tells(const char *name, const struct reason *why,
				const char *const *parts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (parts[i] && !strstr(why->text, parts[i]))
			fail_msg("%s: '%s' is not in: %s", name, parts[i], why->text);
}

#define TELLS(name, why, ...)                                                                      \
	assert_tells(name, why, (const char *const[]){__VA_ARGS__},                                \
		     COUNT_OF(((const char *const[]){__VA_ARGS__})))

#endif
