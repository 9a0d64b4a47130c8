/* SPDX-License-Identifier: BSD-3-Clause */
/* The options that every verb with a table has: see tableoptions.h. */
#include <getopt.h>
#include <stdlib.h>

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

int table_options_parse(int argc, char **argv, const struct table_verb *verb,
			struct table_options *ret)
{
	static const struct option names[] = {
		TABLE_OPTION_ROWS,
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option, status = 0;

	table_options_init(verb->known, ret);
	optind = 0;
	while (status == 0 &&
	       (option = getopt_long(argc, argv, TABLE_OPTION_LETTERS "h", names, NULL)) != -1)
		switch (option) {
		case 'h':
			verb->show_help();
			exit(EXIT_DONE);
		case '?':
			status = complain(EXIT_USAGE, "see userns %s --help", verb->name);
			break;
		default:
			status = table_options_apply(option, optarg, ret);
		}
	if (status == 0 && optind < argc)
		status = complain(EXIT_USAGE, "%s takes no '%s'; see userns %s --help", verb->name,
				  argv[optind], verb->name);
	return status;
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
