/* SPDX-License-Identifier: BSD-3-Clause */
/* Which columns of a table are shown: see columns.h. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "userns/columns.h"
#include "userns/complain.h"
#include "util/exit_status.h"
#include "util/parse.h"

void columns_use_usual(const struct known_columns *known, struct shown_columns *ret)
{
	memcpy(ret->columns, known->usual, known->usual_count * sizeof(*known->usual));
	ret->count = known->usual_count;
}

static int find_column(const struct known_columns *known, struct slice name, size_t *ret)
{
	for (size_t i = 0; i < known->count; i++)
		if (strlen(known->columns[i].name) == name.length &&
		    strncasecmp(known->columns[i].name, name.text, name.length) == 0) {
			*ret = i;
			return 0;
		}
	return complain(EXIT_USAGE, "there is no column '%.*s'; see --help", (int)name.length,
			name.text);
}

int columns_parse(const char *text, const struct known_columns *known, struct shown_columns *ret)
{
	struct slice rest, name;
	size_t column = 0;
	int status;

	columns_use_usual(known, ret);
	if (text[0] == '+')
		text++;
	else
		ret->count = 0;
	rest = slice_of(text);
	while (next_field(&rest, ',', &name)) {
		status = find_column(known, name, &column);
		if (status != 0)
			return status;
		/* In JSON, a name can stand just once. */
		for (size_t i = 0; i < ret->count; i++)
			if (ret->columns[i] == column)
				return complain(EXIT_USAGE, "column %s is there twice",
						known->columns[column].name);
		ret->columns[ret->count++] = column;
	}
	return 0;
}

void columns_help(const struct known_columns *known)
{
	for (size_t i = 0; i < known->count; i++)
		printf("  %-11s %s\n", known->columns[i].name, known->columns[i].help);
}
