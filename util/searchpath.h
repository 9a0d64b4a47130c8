/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a program can be, by PATH. */
#ifndef UTIL_SEARCHPATH_H
#define UTIL_SEARCHPATH_H

#include <limits.h>
#include <stdbool.h>

#include "util/parse.h"

/*
 * Takes the next directory off a text as PATH has them, and names the program in it, which need not
 * be there. An empty field, which execvp(3) takes for the working directory, is passed over, and so
 * is what is too long to be opened. False: there are no more.
 */
bool next_program(struct slice *path, const char *name, char ret[static PATH_MAX]);

#endif
