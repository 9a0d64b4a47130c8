/* SPDX-License-Identifier: BSD-3-Clause */
/* How userns(1) says what went wrong: see complain.h. */
#include <stdarg.h>
#include <stdio.h>

#include "userns/complain.h"

int complain(int status, const char *format, ...)
{
	va_list args;

	fputs("userns: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return status;
}

void complain_of_unkept(const struct id_file *file)
{
	if (file->malformed > MALFORMED_KEPT)
		complain(0, "%s: %u more malformed lines", file->path,
			 file->malformed - MALFORMED_KEPT);
}
