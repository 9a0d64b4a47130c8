/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names of unknown bytes, made fit for a terminal, or for what must be UTF-8. A byte that does
 * not fit is written as \xHH, as libsmartcols writes it. Pure, but for the locale.
 */
#ifndef USERNS_TEXT_H
#define USERNS_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "util/parse.h"

/* May what we print to a terminal be UTF-8, by the locale? */
bool text_locale_is_utf8(void);

/* How many columns of a terminal it takes, in the locale, with \xHH for what cannot be shown. */
size_t text_width(struct slice text);

/*
 * Writes it as a terminal can show it, in at most width columns; a longer one is cut, and ends in
 * an ellipsis. Bytes written are at most TEXT_SHOWN_SIZE(width). Gives the columns.
 */
#define TEXT_SHOWN_SIZE(width) (16 * (width) + 16)
size_t text_show(struct slice text, size_t width, char *ret);

/* The bytes of the UTF-8 character at the front; 0: there is none (RFC 3629: no surrogates). */
size_t text_utf8_length(struct slice text);

/* An allocated copy that is UTF-8. NULL: no memory. */
char *text_to_utf8(struct slice text);

#endif
