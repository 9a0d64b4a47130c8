/* SPDX-License-Identifier: BSD-3-Clause */
/* What userns(1) says to people. */
#ifndef USERNS_COMPLAIN_H
#define USERNS_COMPLAIN_H

#include "subid/idfile.h"

/* Writes "userns: " and the line to stderr. Gives back status, for "return complain(...)". */
__attribute__((format(printf, 2, 3))) int complain(int status, const char *format, ...);

/* The exit status for what printing has given: 0, or -errno, which it complains of. */
int end_of_printing(int r);

/* Says how many malformed lines there are beyond those that are kept. */
void complain_of_unkept(const struct id_file *file);

#endif
