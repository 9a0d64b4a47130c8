/* SPDX-License-Identifier: BSD-3-Clause */
/* The space of ids, drawn in a terminal. */
#ifndef USERNS_MAP_H
#define USERNS_MAP_H

#include <stdbool.h>
#include <stdio.h>

#include "userns/drawing.h"

/* No narrower terminal is drawn for. */
#define MAP_WIDTH_MIN 20

struct map_style {
	FILE *out;
	size_t width; /* columns, at least MAP_WIDTH_MIN */
	bool utf8;
	bool colours;
};

/* How stdout wants it: COLUMNS, the terminal's size, the locale, NO_COLOR. */
void map_style_of_stdout(struct map_style *ret);

/* Draws it. -ENOMEM. */
int map_draw(const struct map_style *style, const struct drawing *drawing);

#endif
