/* SPDX-License-Identifier: BSD-3-Clause */
/* The error convention of the tree: see reason.h. Pure. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/reason.h"

/* U+0080 to U+009F in UTF-8, which some terminals obey as they do escape sequences. */
static bool is_c1(const char *text)
{
	return (unsigned char)text[0] == 0xc2 && (unsigned char)text[1] >= 0x80 &&
	       (unsigned char)text[1] < 0xa0;
}

void make_printable(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
		else if (is_c1(text))
			text[0] = text[1] = '?';
}

int refuse(struct reason *why, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	make_printable(why->text);
	return error;
}

int refuse_errno(struct reason *why, int error, const char *format, ...)
{
	va_list args;
	size_t used;

	va_start(args, format);
	vsnprintf(why->text, sizeof(why->text), format, args);
	va_end(args);
	used = strlen(why->text);
	snprintf(why->text + used, sizeof(why->text) - used, ": %s", strerror(-error));
	make_printable(why->text);
	return error;
}

void note(struct reason *why, const char *format, ...)
{
	size_t used = strlen(why->text);
	va_list args;

	if (used > 0)
		used += (size_t)snprintf(why->text + used, sizeof(why->text) - used, "; ");
	if (used >= sizeof(why->text))
		return;
	va_start(args, format);
	vsnprintf(why->text + used, sizeof(why->text) - used, format, args);
	va_end(args);
	make_printable(why->text);
}
