/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "userns check": looks for ids that two have, and for what the files say wrong. Writes nothing.
 * Who is not root does not see the namespaces of others.
 */
#include <errno.h>
#include <libsmartcols.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "subid/paths.h"
#include "userns/complain.h"
#include "userns/gather.h"
#include "userns/tableoptions.h"
#include "userns/verbs.h"
#include "util/array.h"
#include "util/cleanup.h"

enum column {
	COLUMN_KIND,
	COLUMN_IDS,
	COLUMN_START,
	COLUMN_COUNT,
	COLUMN_PARTY,
	COLUMN_PLACE,
	COLUMN_OTHER,
	COLUMN_OTHER_PLACE,
	COLUMN_ADVICE,
	COLUMNS,
};

static const struct table_column columns[COLUMNS] = {
	[COLUMN_KIND] = {"KIND", "what is wrong", 0, SCOLS_JSON_STRING},
	[COLUMN_IDS] = {"IDS", "of users or groups: uid, gid", 0, SCOLS_JSON_STRING},
	[COLUMN_START] = {"START", "the first id that it is about", SCOLS_FL_RIGHT,
			  SCOLS_JSON_NUMBER},
	[COLUMN_COUNT] = {"COUNT", "how many ids", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
	[COLUMN_PARTY] = {"PARTY", "who has them", SCOLS_FL_TRUNC, SCOLS_JSON_STRING},
	[COLUMN_PLACE] = {"PLACE", "by which line of which file, or how", 0, SCOLS_JSON_STRING},
	[COLUMN_OTHER] = {"OTHER", "who has them as well", SCOLS_FL_TRUNC, SCOLS_JSON_STRING},
	[COLUMN_OTHER_PLACE] = {"OTHER-PLACE", "likewise; for no-copy, the file that lacks it", 0,
				SCOLS_JSON_STRING},
	[COLUMN_ADVICE] = {"ADVICE", "what is to be done", SCOLS_FL_TRUNC, SCOLS_JSON_STRING},
};

static const size_t usual_columns[] = {COLUMN_KIND,  COLUMN_IDS,	 COLUMN_START,
				       COLUMN_COUNT, COLUMN_PARTY,	 COLUMN_PLACE,
				       COLUMN_OTHER, COLUMN_OTHER_PLACE, COLUMN_ADVICE};

static const struct known_columns all_columns = {columns, COLUMNS, usual_columns,
						 COUNT_OF(usual_columns)};

static void show_help(void)
{
	puts("Usage: userns check [--json | --raw] [--noheadings] [--output COLUMNS]\n"
	     "\n"
	     "Looks for ids that two have: by /etc/usernamespaces, /etc/subuid and /etc/subgid,\n"
	     "as real users and groups, in live namespaces, and for other programs; and for\n"
	     "what is wrong in the files and in the policy. Ends with 1 when there is something\n"
	     "that is no mere warning (no-user, no-group, off-pool, full-pool).\n"
	     "\n" TABLE_OPTION_HELP "\n"
	     "Columns:");
	columns_help(&all_columns);
}

static const struct table_verb verb = {"check", &all_columns, show_help};

/* Where a party stands, or what it is. */
static int place_cell(const struct party *party, char **ret)
{
	static const char *const files[] = {[PARTY_BOOK] = BOOK_FILE,
					    [PARTY_SUBUID] = SUBUID_FILE,
					    [PARTY_SUBGID] = SUBGID_FILE};
	int n;

	switch (party->kind) {
	case PARTY_ACCOUNT:
		n = asprintf(ret, "real id %u", party->range.start);
		break;
	case PARTY_NAMESPACE:
		n = asprintf(ret, "namespace of process %d", party->pid);
		break;
	case PARTY_PROGRAM:
		n = asprintf(ret, "%u-%u", party->range.start, id_range_last(party->range));
		break;
	case PARTY_POLICY:
		if (!party->path)
			return 0;
		n = party->line ? asprintf(ret, "%s:%u", party->path, party->line)
				: asprintf(ret, "%s", party->path);
		break;
	default:
		n = asprintf(ret, "%s:%u%s", files[party->kind], party->line,
			     party->retired    ? " (retired)"
			     : party->reserved ? " (reserved)"
					       : "");
	}
	return n < 0 ? -ENOMEM : 0;
}

static int party_cell(const struct party *party, char **ret)
{
	if (party->kind == PARTY_NAMESPACE)
		return asprintf(ret, "uid %u", party->uid) < 0 ? -ENOMEM : 0;
	if (!party->name.text)
		return 0;
	*ret = strndup(party->name.text, party->name.length);
	return *ret ? 0 : -ENOMEM;
}

static int other_place_cell(const struct finding *finding, char **ret)
{
	if (finding->kind == FOUND_OVERLAP)
		return place_cell(&finding->other, ret);
	if (finding->kind != FOUND_NO_COPY)
		return 0;
	*ret = strdup(finding->lacks == PARTY_SUBGID ? SUBGID_FILE : SUBUID_FILE);
	return *ret ? 0 : -ENOMEM;
}

static int check_cell(const void *rows, size_t index, size_t column, char **ret)
{
	const struct finding *finding = (const struct finding *)rows + index;

	switch ((enum column)column) {
	case COLUMN_KIND:
		*ret = strdup(finding_name(finding->kind));
		break;
	case COLUMN_IDS:
		if (finding->ids.count == 0)
			return 0;
		*ret = strdup(finding->gids ? "gid" : "uid");
		break;
	case COLUMN_START:
		return finding->ids.count ? table_number(finding->ids.start, ret) : 0;
	case COLUMN_COUNT:
		return finding->ids.count ? table_number(finding->ids.count, ret) : 0;
	case COLUMN_PARTY:
		return party_cell(&finding->party, ret);
	case COLUMN_PLACE:
		return place_cell(&finding->party, ret);
	case COLUMN_OTHER:
		return finding->kind == FOUND_OVERLAP ? party_cell(&finding->other, ret) : 0;
	case COLUMN_OTHER_PLACE:
		return other_place_cell(finding, ret);
	default:
		*ret = strdup(finding->wrong ? finding->wrong : finding_advice(finding->kind));
	}
	return *ret ? 0 : -ENOMEM;
}

static int print_findings(const struct findings *findings, const struct table_options *options)
{
	struct table table = table_of_options(options);
	int r;

	table.name = "findings";
	table.row_count = findings->count;
	table.cell = check_cell;
	table.rows = findings->findings;
	/* Who is mailed what a job prints wants nothing where nothing is wrong. */
	if (findings->count == 0 && options->format != TABLE_JSON)
		return EXIT_DONE;
	r = table_print(&table);
	if (r < 0)
		return end_of_printing(r);
	for (size_t i = 0; i < findings->count; i++)
		if (!finding_is_warning(findings->findings[i].kind))
			return EXIT_REFUSED;
	return EXIT_DONE;
}

static int check(const struct listing *listing, const struct table_options *options)
{
	CLEANUP(gathered_free) struct gathered gathered;
	int unseen = gather(listing, &gathered), status;

	for (size_t f = 0; f < LISTING_SOURCES; f++)
		complain_of_unkept(&listing->files[f]);
	status = print_findings(&gathered.findings, options);
	return unseen ? unseen : status;
}

int verb_check(int argc, char **argv)
{
	struct table_options options;
	CLEANUP(listing_free) struct listing listing = {.count = 0};
	struct reason why = {.text = ""};
	int status;

	status = table_options_parse(argc, argv, &verb, &options);
	if (status != 0)
		return status;
	setlocale(LC_CTYPE, "");
	if (listing_read(&listing, &why) < 0)
		return complain(EXIT_SYSTEM, "%s", why.text);
	return check(&listing, &options);
}
