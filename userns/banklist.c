/* SPDX-License-Identifier: BSD-3-Clause */
/* "userns bank list", and the help of "userns bank". */
#include <errno.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <string.h>

#include "userns/bankdir.h"
#include "userns/caller.h"
#include "userns/complain.h"
#include "userns/enter.h"
#include "userns/tableoptions.h"
#include "userns/verbs.h"
#include "util/array.h"
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
	"Parts of your own range, by name: commands of userns unshare --bank NAME share them, and\n"
	"so their files; others of userns unshare --bank and --private cannot touch these.\n"
	"\n" TABLE_OPTION_HELP "\n"
	"Columns:\n";

static void show_help(void)
{
	fputs(usage, stdout);
	columns_help(&all_columns);
}

static const struct table_verb verb = {"bank list", &all_columns, show_help};

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

static int print_banks(const struct shelf *shelf, const struct table_options *options)
{
	struct table table = table_of_options(options);

	table.name = "banks";
	table.row_count = shelf->banks->count;
	table.cell = bank_cell;
	table.rows = shelf;
	return end_of_printing(table_print(&table));
}

static int list_banks(int argc, char **argv, uid_t uid, struct bankdir *dir)
{
	CLEANUP(banks_free) struct banks banks = {.count = 0};
	struct table_options options;
	struct shelf shelf = {.dir = dir, .banks = &banks};
	struct ns_maps maps;
	struct reason why;
	int status;

	status = table_options_parse(argc, argv, &verb, &options);
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

	if (argc < 2 || strcmp(argv[1], "list") != 0) {
		show_help();
		return EXIT_DONE;
	}
	status = find_caller(&uid, &gid);
	if (status != 0)
		return status;
	if (bankdir_open(&dir, &why) < 0)
		return complain(EXIT_REFUSED, "%s", why.text);
	return list_banks(argc - 1, argv + 1, uid, &dir);
}
