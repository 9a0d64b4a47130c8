/* SPDX-License-Identifier: BSD-3-Clause */
/* What userns(1) says to people: see complain.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "userns/complain.h"
#include "util/exit_status.h"

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

int end_of_printing(int r)
{
	return r == 0 ? EXIT_DONE : complain(EXIT_SYSTEM, "cannot print: %s", strerror(-r));
}

void complain_of_unkept(const struct id_file *file)
{
	if (file->malformed > MALFORMED_KEPT)
		complain(0, "%s: %u more malformed lines", file->path,
			 file->malformed - MALFORMED_KEPT);
}
