/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrays: of a size that the compiler knows, and such as grow by one element at a time. */
#ifndef UTIL_ARRAY_H
#define UTIL_ARRAY_H

#include <stddef.h>

/* How many elements an array has; not a pointer to some. */
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/*
 * Makes room for one more element behind count of them, in an array with room for *room of so many
 * bytes each. Gives back the array, which may have moved; NULL when memory is used up, and the old
 * one stays as it was.
 */
void *array_grow(void *array, size_t count, size_t *room, size_t size);

#endif
