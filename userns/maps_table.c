/* SPDX-License-Identifier: BSD-3-Clause */
/* Id maps as a table: see maps_table.h. */
#include <errno.h>
#include <libsmartcols.h>
#include <string.h>

#include "userns/maps_table.h"
#include "userns/table.h"
#include "util/array.h"

enum { COLUMN_IDS, COLUMN_INSIDE, COLUMN_OUTSIDE, COLUMN_COUNT };

static const struct table_column columns[] = {
	[COLUMN_IDS] = {.name = "IDS"},
	[COLUMN_INSIDE] = {.name = "INSIDE", .flags = SCOLS_FL_RIGHT},
	[COLUMN_OUTSIDE] = {.name = "OUTSIDE", .flags = SCOLS_FL_RIGHT},
	[COLUMN_COUNT] = {.name = "COUNT", .flags = SCOLS_FL_RIGHT},
};

static const size_t all_columns[] = {COLUMN_IDS, COLUMN_INSIDE, COLUMN_OUTSIDE, COLUMN_COUNT};

static int extent_cell(const void *rows, size_t row, size_t column, char **ret)
{
	const struct ns_maps *maps = rows;
	bool is_uid = row < maps->uids.count;
	const struct extent *extent =
		is_uid ? &maps->uids.extents[row] : &maps->gids.extents[row - maps->uids.count];

	switch (column) {
	case COLUMN_INSIDE:
		return table_number(extent->inside, ret);
	case COLUMN_OUTSIDE:
		return table_number(extent->outside, ret);
	case COLUMN_COUNT:
		return table_number(extent->count, ret);
	default:
		*ret = strdup(is_uid ? "uid" : "gid");
		return *ret ? 0 : -ENOMEM;
	}
}

int print_maps(const struct ns_maps *maps)
{
	const struct table table = {
		.name = "maps",
		.columns = columns,
		.shown = all_columns,
		.shown_count = COUNT_OF(all_columns),
		.row_count = maps->uids.count + maps->gids.count,
		.cell = extent_cell,
		.rows = maps,
	};

	return table_print(&table);
}
