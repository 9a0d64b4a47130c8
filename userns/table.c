/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables by libsmartcols, some rows at a time: see table.h. */
#include <ctype.h>
#include <errno.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userns/table.h"
#include "userns/text.h"
#include "util/cleanup.h"

#define ROWS_AT_ONCE 1024

static void cleanup_table(struct libscols_table **table)
{
	scols_unref_table(*table);
}

int table_number(unsigned int number, char **ret)
{
	return asprintf(ret, "%u", number) < 0 ? -ENOMEM : 0;
}

/* Else each lot of rows would be as wide as it needs itself. */
static int measure(const struct table *table, size_t widths[static TABLE_COLUMNS_MAX])
{
	for (size_t row = 0; row < table->row_count; row++)
		for (size_t i = 0; i < table->shown_count; i++) {
			CLEANUP_FREE char *text = NULL;
			size_t width;
			int r;

			r = table->cell(table->rows, row, table->shown[i], &text);
			if (r < 0)
				return r;
			width = text ? text_width(slice_of(text)) : 0;
			if (width > widths[i])
				widths[i] = width;
		}
	return 0;
}

static int set_cell(const struct table *table, struct libscols_line *line, size_t row, size_t i)
{
	CLEANUP_FREE char *text = NULL;
	int r;

	r = table->cell(table->rows, row, table->shown[i], &text);
	if (r < 0 || !text)
		return r;
	if (table->format == TABLE_JSON) {
		char *utf8 = text_to_utf8(slice_of(text));

		if (!utf8)
			return -ENOMEM;
		free(text);
		text = utf8;
	}
	if (scols_line_refer_data(line, i, text) != 0)
		return -ENOMEM;
	/* It is the line's now. */
	text = NULL;
	return 0;
}

static int add_columns(const struct table *table, struct libscols_table *lot,
		       const size_t widths[static TABLE_COLUMNS_MAX])
{
	for (size_t i = 0; i < table->shown_count; i++) {
		const struct table_column *column = &table->columns[table->shown[i]];
		struct libscols_column *added;

		added = scols_table_new_column(lot, column->name, (double)widths[i], column->flags);
		if (!added || scols_column_set_json_type(added, column->json_type) != 0)
			return -ENOMEM;
	}
	return 0;
}

/* A table of the rows first to end - 1. */
static int make_lot(const struct table *table, const size_t widths[static TABLE_COLUMNS_MAX],
		    size_t first, size_t end, struct libscols_table **ret)
{
	CLEANUP(cleanup_table) struct libscols_table *lot = scols_new_table();
	int r;

	if (!lot || scols_table_set_name(lot, table->name) != 0)
		return -ENOMEM;
	scols_table_enable_raw(lot, table->format == TABLE_RAW);
	scols_table_enable_json(lot, table->format == TABLE_JSON);
	scols_table_enable_noheadings(lot, table->no_headings);
	r = add_columns(table, lot, widths);
	for (size_t row = first; r == 0 && row < end; row++) {
		struct libscols_line *line = scols_table_new_line(lot, NULL);

		if (!line)
			return -ENOMEM;
		for (size_t i = 0; r == 0 && i < table->shown_count; i++)
			r = set_cell(table, line, row, i);
	}
	if (r == 0)
		*ret = TAKE_PTR(lot);
	return r;
}

/* libsmartcols writes each lot as a whole object with an array; all of them have to be one. */
static int print_json(struct libscols_table *lot, bool is_first, bool is_last)
{
	CLEANUP_FREE char *text = NULL;
	char *begin, *end;

	if (scols_print_table_to_string(lot, &text) != 0)
		return -ENOMEM;
	begin = strchr(text, '[');
	end = strrchr(text, ']');
	if (!begin || !end)
		return -EIO;
	if (is_first)
		begin = text;
	else
		begin++;
	if (is_last)
		end = text + strlen(text);
	else
		while (isspace((unsigned char)end[-1]))
			end--;
	printf("%.*s%s", (int)(end - begin), begin, is_last ? "" : ",");
	return 0;
}

/*
 * Prints a lot. Later lots have headings that are cut off again: without any, libsmartcols 2.41
 * takes an empty column for narrower than in the lot before.
 */
static int print_text(struct libscols_table *lot, bool cut_headings)
{
	CLEANUP_FREE char *text = NULL;
	const char *rows;

	if (!cut_headings)
		return scols_print_table(lot) == 0 ? 0 : -EIO;
	if (scols_print_table_to_string(lot, &text) != 0)
		return -EIO;
	rows = strchr(text, '\n');
	/* The string lacks the last newline. */
	if (!rows || fputs(rows + 1, stdout) == EOF || putchar('\n') == EOF)
		return -EIO;
	return 0;
}

int table_print(const struct table *table)
{
	size_t widths[TABLE_COLUMNS_MAX] = {0}, row = 0;
	int r = 0;

	scols_init_debug(0);
	if (table->format == TABLE_PLAIN && table->row_count > ROWS_AT_ONCE)
		r = measure(table, widths);
	if (r < 0)
		return r;
	do {
		CLEANUP(cleanup_table) struct libscols_table *lot = NULL;
		size_t left = table->row_count - row;
		size_t end = row + (left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE);

		r = make_lot(table, widths, row, end, &lot);
		if (r < 0)
			return r;
		if (table->format == TABLE_JSON)
			r = print_json(lot, row == 0, end == table->row_count);
		else
			r = print_text(lot, row > 0 && !table->no_headings);
		row = end;
	} while (r == 0 && row < table->row_count);
	if (r == 0 && fflush(stdout) != 0)
		r = -errno;
	return r;
}
