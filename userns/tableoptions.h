/* SPDX-License-Identifier: BSD-3-Clause */
/* The options that every verb with a table has. */
#ifndef USERNS_TABLEOPTIONS_H
#define USERNS_TABLEOPTIONS_H

#include "userns/columns.h"
#include "userns/table.h"

struct table_options {
	const struct known_columns *known;
	struct shown_columns shown;
	enum table_format format;
	bool no_headings;
};

/* For getopt_long(3): the letters, and the rows of the long options. */
#define TABLE_OPTION_LETTERS "Jrno:"
/* Versions of clang-format differ on this. */
/* clang-format off */
#define TABLE_OPTION_ROWS \
	{"json", no_argument, NULL, 'J'}, \
	{"raw", no_argument, NULL, 'r'}, \
	{"noheadings", no_argument, NULL, 'n'}, \
	{"output", required_argument, NULL, 'o'}
/* clang-format on */

/* Lines of a help. */
#define TABLE_OPTION_HELP                                                                          \
	"  -J, --json            as JSON\n"                                                        \
	"  -r, --raw             fields apart by one blank, for scripts\n"                         \
	"  -n, --noheadings      without the line of headings\n"                                   \
	"  -o, --output COLUMNS  these columns, by commas; +COLUMNS: these too\n"

/* A verb that has no other options, and --help. */
struct table_verb {
	const char *name; /* as it is typed behind "userns" */
	const struct known_columns *known;
	void (*show_help)(void);
};

/* Reads its whole command line. 0, or an exit status after a complaint; --help ends the program. */
int table_options_parse(int argc, char **argv, const struct table_verb *verb,
			struct table_options *ret);

/* The same step by step, for a verb with others. Those of one that was given none: */
void table_options_init(const struct known_columns *known, struct table_options *ret);

/* Takes an option, one of the letters. 0, or an exit status after a complaint. */
int table_options_apply(int option, const char *argument, struct table_options *options);

/* Makes of them a table that wants name, row_count, cell and rows yet. */
struct table table_of_options(const struct table_options *options);

#endif
