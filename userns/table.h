/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables for people and programs, by libsmartcols. */
#ifndef USERNS_TABLE_H
#define USERNS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct table_column {
	const char *name;
	const char *help; /* for people; NULL where no help lists it */
	int flags;	  /* SCOLS_FL_ */
	int json_type;	  /* SCOLS_JSON_ */
};

enum table_format { TABLE_PLAIN, TABLE_RAW, TABLE_JSON };

struct table {
	const char *name; /* of the array in JSON */
	const struct table_column *columns;
	const size_t *shown; /* which of them, in this order; each at most once */
	size_t shown_count;
	enum table_format format;
	bool no_headings;
	size_t row_count;
	/* Gives the text of a cell, allocated; NULL: it is empty. -ENOMEM. */
	int (*cell)(const void *rows, size_t row, size_t column, char **ret);
	const void *rows;
};

/* No table shows more columns than this. */
#define TABLE_COLUMNS_MAX 16

/*
 * Prints it to stdout, some rows at a time: libsmartcols takes about a kilobyte for a row. What is
 * no UTF-8 is escaped in JSON. -ENOMEM, -EIO.
 */
int table_print(const struct table *table);

/* A number as the text of a cell. -ENOMEM. */
int table_number(unsigned int number, char **ret);

#endif
