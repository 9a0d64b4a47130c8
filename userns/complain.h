/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef USERNS_COMPLAIN_H
#define USERNS_COMPLAIN_H

#include "subid/idfile.h"

/* Writes "userns: " and the line to stderr. Gives back status, for "return complain(...)". */
__attribute__((format(printf, 2, 3))) int complain(int status, const char *format, ...);

/* Says how many malformed lines there are beyond those that are kept. */
void complain_of_unkept(const struct id_file *file);

#endif
