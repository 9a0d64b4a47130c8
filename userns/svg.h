/* SPDX-License-Identifier: BSD-3-Clause */
/* The space of ids as a picture. */
#ifndef USERNS_SVG_H
#define USERNS_SVG_H

#include <stdio.h>

#include "userns/drawing.h"

/* Writes SVG 1.1, UTF-8. The title names the host. -ENOMEM; errors of writing are in ferror(). */
int svg_draw(FILE *out, const struct drawing *drawing, const char *host);

#endif
