/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef USERNS_COMPLAIN_H
#define USERNS_COMPLAIN_H

/* Writes "userns: " and the line to stderr. Gives back status, for "return complain(...)". */
__attribute__((format(printf, 2, 3))) int complain(int status, const char *format, ...);

#endif
