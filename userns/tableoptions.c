/* SPDX-License-Identifier: BSD-3-Clause */
/* The options that every verb with a table has: see tableoptions.h. */
#include "userns/complain.h"
#include "userns/tableoptions.h"
#include "util/exit_status.h"

void table_options_init(const struct known_columns *known, struct table_options *ret)
{
	*ret = (struct table_options){.known = known};
	columns_use_usual(known, &ret->shown);
}

static int set_format(struct table_options *options, enum table_format format)
{
	if (options->format != TABLE_PLAIN && options->format != format)
		return complain(EXIT_USAGE, "--json and --raw exclude each other");
	options->format = format;
	return 0;
}

int table_options_apply(int option, const char *argument, struct table_options *options)
{
	switch (option) {
	case 'J':
		return set_format(options, TABLE_JSON);
	case 'r':
		return set_format(options, TABLE_RAW);
	case 'n':
		options->no_headings = true;
		return 0;
	default:
		return columns_parse(argument, options->known, &options->shown);
	}
}

struct table table_of_options(const struct table_options *options)
{
	return (struct table){
		.columns = options->known->columns,
		.shown = options->shown.columns,
		.shown_count = options->shown.count,
		.format = options->format,
		.no_headings = options->no_headings,
	};
}
