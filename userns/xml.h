/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Text of unknown bytes as XML may have it: what it gives a meaning to is escaped, and what it
 * forbids, or is no UTF-8, is written as \xHH.
 */
#ifndef USERNS_XML_H
#define USERNS_XML_H

#include <stddef.h>
#include <stdio.h>

#include "util/parse.h"

/* Writes at most length characters of it; a longer one is cut, and ends in an ellipsis. */
void xml_put(FILE *out, struct slice text, size_t length);

/* The same for all of a C string. */
void xml_put_string(FILE *out, const char *text);

/* How many letters xml_put() would show of it. */
size_t xml_letters(struct slice text);

#endif
