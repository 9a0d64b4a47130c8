/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrays that grow: see array.h. Pure. */
#include <stdlib.h>

#include "util/array.h"

void *array_grow(void *array, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 64;
	void *larger;

	if (count < *room)
		return array;
	larger = reallocarray(array, more, size);
	if (larger)
		*room = more;
	return larger;
}
