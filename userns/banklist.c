/* SPDX-License-Identifier: BSD-3-Clause */
/* "userns bank list", and the help of "userns bank". */
#include <errno.h>
#include <getopt.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userns/bankdir.h"
#include "userns/caller.h"
#include "userns/complain.h"
#include "userns/enter.h"
#include "userns/tableoptions.h"
#include "userns/verbs.h"
#include "util/cleanup.h"

enum column { COLUMN_NAME, COLUMN_START, COLUMN_COUNT, COLUMN_UIDS, COLUMN_GIDS, COLUMN_USED };

static const struct table_column columns[] = {
	[COLUMN_NAME] = {"NAME", "name of the bank", 0, SCOLS_JSON_STRING},
	[COLUMN_START] = {"START", "first uid inside your namespace; empty without one",
			  SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
	[COLUMN_COUNT] = {"COUNT", "number of ids", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
	[COLUMN_UIDS] = {"UIDS", "first uid on the host", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
	[COLUMN_GIDS] = {"GIDS", "first gid on the host", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
	[COLUMN_USED] = {"USED", "yes, while a command has it", 0, SCOLS_JSON_STRING},
};

static const size_t usual_columns[] = {COLUMN_NAME, COLUMN_START, COLUMN_COUNT, COLUMN_USED};

static const struct known_columns all_columns = {columns, COUNT_OF(columns), usual_columns,
						 COUNT_OF(usual_columns)};

/* What is listed. */
struct shelf {
	struct bankdir *dir;
	const struct banks *banks;
	const struct ns_maps *maps; /* NULL: there is no namespace */
};

static const char usage[] =
	"Usage: userns bank create NAME COUNT\n"
	"       userns bank delete NAME...\n"
	"       userns bank list [--json | --raw] [--noheadings] [--output COLUMNS]\n"
	"\n"
	"Parts of your own range, by name: commands of userns unshare --bank NAME share them, and "
	"so\n"
	"their files; others of userns unshare --bank and --private cannot touch these.\n"
	"\n" TABLE_OPTION_HELP "\n"
	"Columns:\n";

static int show_help(void)
{
	fputs(usage, stdout);
	columns_help(&all_columns);
	return EXIT_DONE;
}

static int start_cell(const struct shelf *shelf, const struct bank *bank, char **ret)
{
	uint32_t inside;

	if (!shelf->maps || inside_of(&shelf->maps->uids, bank->uids, &inside) < 0)
		return 0;
	return table_number(inside, ret);
}

static int bank_cell(const void *rows, size_t row, size_t column, char **ret)
{
	const struct shelf *shelf = rows;
	const struct bank *bank = &shelf->banks->banks[row];

	switch ((enum column)column) {
	case COLUMN_START:
		return start_cell(shelf, bank, ret);
	case COLUMN_COUNT:
		return table_number(bank->uids.count, ret);
	case COLUMN_UIDS:
		return table_number(bank->uids.start, ret);
	case COLUMN_GIDS:
		return table_number(bank->gids.start, ret);
	case COLUMN_USED:
		*ret = strdup(bankdir_is_used(shelf->dir, bank->uids) ? "yes" : "no");
		break;
	default:
		*ret = strdup(bank->name);
	}
	return *ret ? 0 : -ENOMEM;
}

static int parse_options(int argc, char **argv, struct table_options *options)
{
	static const struct option names[] = {
		TABLE_OPTION_ROWS,
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option, status = 0;

	table_options_init(&all_columns, options);
	optind = 0;
	while (status == 0 &&
	       (option = getopt_long(argc, argv, TABLE_OPTION_LETTERS "h", names, NULL)) != -1)
		if (option == 'h')
			exit(show_help());
		else if (option == '?')
			status = complain(EXIT_USAGE, "see userns bank --help");
		else
			status = table_options_apply(option, optarg, options);
	if (status == 0 && optind < argc)
		status = complain(EXIT_USAGE, "bank list takes no '%s'; see userns bank --help",
				  argv[optind]);
	return status;
}

static int print_banks(const struct shelf *shelf, const struct table_options *options)
{
	struct table table = table_of_options(options);
	int r;

	table.name = "banks";
	table.row_count = shelf->banks->count;
	table.cell = bank_cell;
	table.rows = shelf;
	r = table_print(&table);
	return r == 0 ? EXIT_DONE : complain(EXIT_SYSTEM, "cannot print: %s", strerror(-r));
}

static int list_banks(int argc, char **argv, uid_t uid, struct bankdir *dir)
{
	CLEANUP(banks_free) struct banks banks = {.count = 0};
	struct table_options options;
	struct shelf shelf = {.dir = dir, .banks = &banks};
	struct ns_maps maps;
	struct reason why;
	int status;

	status = parse_options(argc, argv, &options);
	if (status != 0)
		return status;
	if (bankdir_begin(dir, false, &banks, &why) < 0)
		return complain(EXIT_REFUSED, "%s", why.text);
	bankdir_end(dir);
	/* They are there without a namespace, too. */
	if (banks.count > 0 && enter_read_maps(uid, &maps) == 0)
		shelf.maps = &maps;
	return print_banks(&shelf, &options);
}

int verb_bank_list(int argc, char **argv)
{
	CLEANUP(bankdir_close) struct bankdir dir = BANKDIR_INIT;
	struct reason why;
	uid_t uid;
	gid_t gid;
	int status;

	if (argc < 2 || strcmp(argv[1], "list") != 0)
		return show_help();
	status = find_caller(&uid, &gid);
	if (status != 0)
		return status;
	if (bankdir_open(&dir, &why) < 0)
		return complain(EXIT_REFUSED, "%s", why.text);
	return list_banks(argc - 1, argv + 1, uid, &dir);
}
