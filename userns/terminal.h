/* SPDX-License-Identifier: BSD-3-Clause */
/* The space of ids, drawn in a terminal. */
#ifndef USERNS_TERMINAL_H
#define USERNS_TERMINAL_H

#include <stdbool.h>
#include <stdio.h>

#include "userns/drawing.h"

/* No narrower terminal is drawn for. */
#define TERMINAL_WIDTH_MIN 20

struct terminal {
	FILE *out;
	size_t width; /* columns, at least TERMINAL_WIDTH_MIN */
	bool utf8;
	bool colours;
};

/* How stdout wants it: COLUMNS, the terminal's size, the locale, NO_COLOR. */
void terminal_of_stdout(struct terminal *ret);

/* Draws it. -ENOMEM. */
int terminal_draw(const struct terminal *terminal, const struct drawing *drawing);

#endif
