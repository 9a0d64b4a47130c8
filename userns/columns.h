/* SPDX-License-Identifier: BSD-3-Clause */
/* Which columns of a table are shown, by --output. */
#ifndef USERNS_COLUMNS_H
#define USERNS_COLUMNS_H

#include "userns/table.h"

struct known_columns {
	const struct table_column *columns;
	size_t count; /* at most TABLE_COLUMNS_MAX */
	const size_t *usual;
	size_t usual_count;
};

struct shown_columns {
	size_t columns[TABLE_COLUMNS_MAX];
	size_t count;
};

void columns_use_usual(const struct known_columns *known, struct shown_columns *ret);

/*
 * Reads names of columns with commas between; with "+" in front, they come behind the usual ones.
 * 0, or an exit status after a complaint.
 */
int columns_parse(const char *text, const struct known_columns *known, struct shown_columns *ret);

/* Prints a line of help for each. */
void columns_help(const struct known_columns *known);

#endif
