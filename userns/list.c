/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "userns list": every range on this host, and who has a namespace now; as a table, as a map in
 * the terminal, or as a picture.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libsmartcols.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "conf/policy.h"
#include "namespace/rundir.h"
#include "subid/book.h"
#include "userns/complain.h"
#include "userns/drawing.h"
#include "userns/listing.h"
#include "userns/terminal.h"
#include "userns/pins.h"
#include "userns/svg.h"
#include "userns/tableoptions.h"
#include "userns/verbs.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/userns.h"

enum column {
	COLUMN_USER,
	COLUMN_UID,
	COLUMN_START,
	COLUMN_COUNT,
	COLUMN_LAST,
	COLUMN_GIDS,
	COLUMN_FLAGS,
	COLUMN_SOURCE,
	COLUMN_NAMESPACE,
	COLUMNS,
};

/* Texts may be cut on a narrow terminal; numbers never. */
static const struct table_column columns[COLUMNS] = {
	[COLUMN_USER] = {"USER", "whose the range is, as the line names the owner", SCOLS_FL_TRUNC,
			 SCOLS_JSON_STRING},
	[COLUMN_UID] = {"UID", "the owner's uid, if the line says it", SCOLS_FL_RIGHT,
			SCOLS_JSON_NUMBER},
	[COLUMN_START] = {"START", "first id of the range", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
	[COLUMN_COUNT] = {"COUNT", "how many ids it has", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
	[COLUMN_LAST] = {"LAST", "last id of the range", SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
	[COLUMN_GIDS] = {"GIDS", "first id of the range of groups; empty where SOURCE is subuid",
			 SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER},
	[COLUMN_FLAGS] = {"FLAGS", "flags of the book, but for uid=", SCOLS_FL_TRUNC,
			  SCOLS_JSON_STRING},
	[COLUMN_SOURCE] = {"SOURCE", "where it is recorded: book; or just subuid, or subgid", 0,
			   SCOLS_JSON_STRING},
	[COLUMN_NAMESPACE] = {"NAMESPACE", "the pin of the namespace that the user has now",
			      SCOLS_FL_TRUNC, SCOLS_JSON_STRING},
};

static const size_t usual_columns[] = {COLUMN_USER,  COLUMN_START,  COLUMN_COUNT,    COLUMN_LAST,
				       COLUMN_FLAGS, COLUMN_SOURCE, COLUMN_NAMESPACE};

static const struct known_columns all_columns = {columns, COLUMNS, usual_columns,
						 COUNT_OF(usual_columns)};

struct list_options {
	struct table_options table;
	bool map;
	const char *svg;
	bool for_table; /* an option is there that only the table has */
};

static void show_help(void)
{
	puts("Usage: userns list [--json | --raw] [--noheadings] [--output COLUMNS]\n"
	     "       userns list [--map] [--svg FILE]\n"
	     "\n"
	     "Every range of ids on this host, and who has a namespace now.\n"
	     "\n" TABLE_OPTION_HELP
	     "      --map             draw the space of ids in the terminal\n"
	     "      --svg FILE        draw it as a picture, to a new file; -: to stdout\n"
	     "\n"
	     "Columns:");
	columns_help(&all_columns);
}

static int check_options(const struct list_options *options)
{
	if (options->for_table && (options->map || options->svg))
		return complain(EXIT_USAGE, "a drawing has no columns; see userns list --help");
	if (options->map && options->svg && strcmp(options->svg, "-") == 0)
		return complain(EXIT_USAGE, "the map and the picture cannot both go to stdout");
	return 0;
}

static int apply_option(int option, struct list_options *options)
{
	switch (option) {
	case 'm':
		options->map = true;
		return 0;
	case 's':
		options->svg = optarg;
		return 0;
	case 'h':
		show_help();
		exit(EXIT_DONE);
	case '?':
		return complain(EXIT_USAGE, "see userns list --help");
	default:
		options->for_table = true;
		return table_options_apply(option, optarg, &options->table);
	}
}

static int parse_options(int argc, char **argv, struct list_options *options)
{
	static const struct option names[] = {
		TABLE_OPTION_ROWS,
		{"map", no_argument, NULL, 'm'},
		{"svg", required_argument, NULL, 's'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option, status = 0;

	table_options_init(&all_columns, &options->table);
	optind = 0;
	while (status == 0 &&
	       (option = getopt_long(argc, argv, TABLE_OPTION_LETTERS "h", names, NULL)) != -1)
		status = apply_option(option, options);
	if (status == 0 && optind < argc)
		status = complain(EXIT_USAGE, "list takes no '%s'; see userns list --help",
				  argv[optind]);
	return status ? status : check_options(options);
}

/* All but uid=, which is a column. */
static int flags_cell(struct slice flags, char **ret)
{
	char *text = malloc(flags.length + 1), *end = text;
	struct slice flag;

	if (!text)
		return -ENOMEM;
	while (next_field(&flags, ',', &flag)) {
		if (flag.length == 0 || strncmp(flag.text, "uid=", strlen("uid=")) == 0)
			continue;
		if (end > text)
			*end++ = ',';
		memcpy(end, flag.text, flag.length);
		end += flag.length;
	}
	*end = '\0';
	*ret = text;
	return 0;
}

static int uid_cell(const struct id_entry *entry, char **ret)
{
	uint64_t uid;

	if (entry->has_uid)
		return table_number(entry->uid, ret);
	if (parse_number(entry->owner, ID_LAST, &uid) == 0)
		return table_number((unsigned int)uid, ret);
	return 0;
}

static int pin_cell(const struct listed *row, char **ret)
{
	char path[RUNDIR_PATH_SIZE];

	if (!row->pinned)
		return 0;
	rundir_pin_path(row->entry->uid, path);
	*ret = strdup(path);
	return *ret ? 0 : -ENOMEM;
}

static int list_cell(const void *rows, size_t index, size_t column, char **ret)
{
	static const char *const sources[] = {
		[FROM_BOOK] = "book", [FROM_SUBUID] = "subuid", [FROM_SUBGID] = "subgid"};
	const struct listed *row = (const struct listed *)rows + index;
	const struct id_entry *entry = row->entry;

	switch ((enum column)column) {
	case COLUMN_UID:
		return uid_cell(entry, ret);
	case COLUMN_START:
		return table_number(entry->range.start, ret);
	case COLUMN_COUNT:
		return table_number(entry->range.count, ret);
	case COLUMN_LAST:
		return table_number(id_range_last(entry->range), ret);
	case COLUMN_GIDS:
		return row->source == FROM_SUBUID ? 0 : table_number(entry->gid_start, ret);
	case COLUMN_FLAGS:
		return flags_cell(entry->flags, ret);
	case COLUMN_NAMESPACE:
		return pin_cell(row, ret);
	case COLUMN_SOURCE:
		*ret = strdup(sources[row->source]);
		break;
	default:
		*ret = strndup(entry->owner.text, entry->owner.length);
	}
	return *ret ? 0 : -ENOMEM;
}

static int print_list(const struct listing *listing, const struct list_options *options)
{
	struct table table = table_of_options(&options->table);

	table.name = "ranges";
	table.row_count = listing->count;
	table.cell = list_cell;
	table.rows = listing->rows;
	return end_of_printing(table_print(&table));
}

/* Ends the writing of a picture or map: a full disk is told of as late as here. */
static int finish(FILE *out, int r)
{
	if (r == 0 && (fflush(out) != 0 || ferror(out)))
		r = errno ? -errno : -EIO;
	return r;
}

/* To a new file only: nothing of anybody's is replaced, or followed. */
static int draw_to_file(const char *path, const struct drawing *drawing, const char *host)
{
	CLEANUP_FILE FILE *out = NULL;
	int fd, r;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0 && errno == EEXIST)
		return complain(EXIT_REFUSED,
				"%s is there already; remove it, or let --svg - write to stdout",
				path);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out)
		return complain(EXIT_SYSTEM, "cannot make %s: %s", path, strerror(errno));
	r = finish(out, svg_draw(out, drawing, host));
	if (r < 0) {
		unlink(path);
		return complain(EXIT_SYSTEM, "cannot write %s: %s", path, strerror(-r));
	}
	return EXIT_DONE;
}

static int draw_picture(const char *path, const struct drawing *drawing)
{
	char host[HOST_NAME_MAX + 1] = "";

	gethostname(host, sizeof(host) - 1);
	if (strcmp(path, "-") != 0)
		return draw_to_file(path, drawing, host);
	return end_of_printing(finish(stdout, svg_draw(stdout, drawing, host)));
}

static int draw(const struct listing *listing, const struct list_options *options)
{
	CLEANUP(drawing_free) struct drawing drawing = {.policy = NULL};
	struct reason why = {.text = ""};
	struct terminal terminal;
	CLEANUP(policy_free) struct policy policy = policy_defaults;
	bool known = policy_read(USERNS_POLICY, NULL, &policy, &why) == 0;
	int status = EXIT_DONE, r;

	if (!known)
		complain(0, "the pool is not drawn: %s", why.text);
	r = drawing_make(listing, known ? &policy : NULL, &drawing);
	if (r < 0)
		return complain(EXIT_SYSTEM, "cannot draw: %s", strerror(-r));
	if (options->svg)
		status = draw_picture(options->svg, &drawing);
	if (status != EXIT_DONE || !options->map)
		return status;
	terminal_of_stdout(&terminal);
	return end_of_printing(finish(stdout, terminal_draw(&terminal, &drawing)));
}

static int read_listing(struct listing *listing)
{
	CLEANUP(pins_free) struct pins pins = {.count = 0};
	struct reason why = {.text = ""};
	int r;

	r = listing_read(listing, &why);
	if (r == -EPERM && in_initial_user_namespace() == 0)
		return complain(EXIT_SYSTEM,
				"%s; in a user namespace nothing does: type it outside", why.text);
	if (r < 0)
		return complain(EXIT_SYSTEM, "%s", why.text);
	r = pins_read(&pins);
	if (r < 0)
		return complain(EXIT_SYSTEM, "cannot read %s: %s", USERNS_RUNDIR, strerror(-r));
	r = listing_join(listing, &pins);
	return r < 0 ? complain(EXIT_SYSTEM, "cannot list: %s", strerror(-r)) : 0;
}

/* What cannot be read could hide a range; the rest holds all the same. */
static int complain_of_malformed(const struct listing *listing)
{
	int status = EXIT_DONE;

	for (size_t f = 0; f < LISTING_SOURCES; f++) {
		const struct id_file *file = &listing->files[f];
		struct reason why;

		for (unsigned int i = 0; id_file_malformed(file, i, &why); i++)
			status = complain(EXIT_REFUSED, "%s", why.text);
		complain_of_unkept(file);
	}
	return status;
}

int verb_list(int argc, char **argv)
{
	struct list_options options = {.svg = NULL};
	CLEANUP(listing_free) struct listing listing = {.count = 0};
	int status, malformed;

	status = parse_options(argc, argv, &options);
	if (status != 0)
		return status;
	setlocale(LC_CTYPE, "");
	status = read_listing(&listing);
	if (status != 0)
		return status;
	malformed = complain_of_malformed(&listing);
	if (options.map || options.svg)
		status = draw(&listing, &options);
	else
		status = print_list(&listing, &options);
	return status ? status : malformed;
}
