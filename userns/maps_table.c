/* SPDX-License-Identifier: BSD-3-Clause */
/* Id maps as a table: see maps_table.h. */
#include <errno.h>
#include <libsmartcols.h>
#include <stdio.h>

#include "userns/maps_table.h"
#include "util/cleanup.h"

enum { COLUMN_IDS, COLUMN_INSIDE, COLUMN_OUTSIDE, COLUMN_COUNT };

static const struct {
	const char *name;
	int flags;
} columns[] = {
	[COLUMN_IDS] = {"IDS", 0},
	[COLUMN_INSIDE] = {"INSIDE", SCOLS_FL_RIGHT},
	[COLUMN_OUTSIDE] = {"OUTSIDE", SCOLS_FL_RIGHT},
	[COLUMN_COUNT] = {"COUNT", SCOLS_FL_RIGHT},
};

static void cleanup_table(struct libscols_table **table)
{
	scols_unref_table(*table);
}

static int set_number(struct libscols_line *line, size_t column, uint32_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	return scols_line_set_data(line, column, text);
}

static int add_map(struct libscols_table *table, const char *ids, const struct id_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);

		if (!line || scols_line_set_data(line, COLUMN_IDS, ids) != 0 ||
		    set_number(line, COLUMN_INSIDE, map->extents[i].inside) != 0 ||
		    set_number(line, COLUMN_OUTSIDE, map->extents[i].outside) != 0 ||
		    set_number(line, COLUMN_COUNT, map->extents[i].count) != 0)
			return -ENOMEM;
	}
	return 0;
}

int print_maps(const struct ns_maps *maps)
{
	CLEANUP(cleanup_table) struct libscols_table *table = NULL;

	scols_init_debug(0);
	table = scols_new_table();
	if (!table)
		return -ENOMEM;
	for (size_t i = 0; i < COUNT_OF(columns); i++)
		if (!scols_table_new_column(table, columns[i].name, 0, columns[i].flags))
			return -ENOMEM;
	if (add_map(table, "uid", &maps->uids) < 0 || add_map(table, "gid", &maps->gids) < 0)
		return -ENOMEM;
	return scols_print_table(table) == 0 ? 0 : -EIO;
}
