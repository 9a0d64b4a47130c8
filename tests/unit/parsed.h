/* SPDX-License-Identifier: BSD-3-Clause */
/* The book, subuid or subgid from a text in a test. */
#ifndef TESTS_UNIT_PARSED_H
#define TESTS_UNIT_PARSED_H

#include <stdio.h>
#include <stdlib.h>

#include "subid/idfile.h"
#include "tests/unit/unit.h"

/* A NULL text is a file that is not there. id_file_free() afterwards. */
static inline struct id_file parsed(const char *path, const char *text, size_t length,
				    id_entry_parser *parse)
{
	struct id_file file = {.path = NULL};
	char *copy = NULL;

	if (text) {
		/* As file_read() gives it, but with no byte to spare, for sanitizers. */
		copy = malloc(length + 1);
		assert_non_null(copy);
		memcpy(copy, text, length);
		copy[length] = '\0';
	}
	assert_int_equal(id_file_parse(path, copy, length, parse, &file), 0);
	return file;
}

/* The same of a text that is a string. */
static inline struct id_file file_of(const char *path, const char *text, id_entry_parser *parse)
{
	return parsed(path, text, text ? strlen(text) : 0, parse);
}

#endif
