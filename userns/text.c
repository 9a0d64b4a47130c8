/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of unknown bytes, made fit for where they go: see text.h. */
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "userns/text.h"

/* What "\xHH" takes. */
#define ESCAPE_LENGTH 4

bool text_locale_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static struct slice skip(struct slice text, size_t bytes)
{
	return (struct slice){text.text + bytes, text.length - bytes};
}

/* The bytes and columns of what a terminal shows of the front; 0 bytes: it cannot be shown. */
static size_t front(struct slice text, size_t *ret_width)
{
	mbstate_t state = {0};
	wchar_t c;
	size_t bytes = mbrtowc(&c, text.text, text.length, &state);
	int width;

	if (bytes == 0 || bytes > text.length)
		return 0;
	width = wcwidth(c);
	/* A mark of no width of its own could hide, or change, what stands before it. */
	if (width <= 0)
		return 0;
	*ret_width = (size_t)width;
	return bytes;
}

size_t text_width(struct slice text)
{
	size_t width = 0;

	while (text.length > 0) {
		size_t columns = ESCAPE_LENGTH, bytes = front(text, &columns);

		width += columns;
		text = skip(text, bytes ? bytes : 1);
	}
	return width;
}

/* Appends what is shown of the text's front; gives where it ends. */
static char *append_front(struct slice text, size_t bytes, char *end)
{
	if (bytes > 0) {
		memcpy(end, text.text, bytes);
		return end + bytes;
	}
	return end + snprintf(end, ESCAPE_LENGTH + 1, "\\x%02x", (unsigned char)text.text[0]);
}

size_t text_show(struct slice text, size_t width, char *ret)
{
	const char *ellipsis = text_locale_is_utf8() ? "\xe2\x80\xa6" : "~";
	bool cut = text_width(text) > width;
	size_t room = cut && width > 0 ? width - 1 : width, used = 0;

	while (text.length > 0) {
		size_t columns = ESCAPE_LENGTH, bytes = front(text, &columns);

		if (used + columns > room)
			break;
		ret = append_front(text, bytes, ret);
		used += columns;
		text = skip(text, bytes ? bytes : 1);
	}
	*ret = '\0';
	if (!cut || width == 0)
		return used;
	memcpy(ret, ellipsis, strlen(ellipsis) + 1);
	return used + 1;
}

/* How many bytes a character has that begins so, and the least and greatest second byte. */
static size_t utf8_form(unsigned char first, unsigned char *ret_low, unsigned char *ret_high)
{
	*ret_low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	*ret_high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t text_utf8_length(struct slice text)
{
	const unsigned char *bytes = (const unsigned char *)text.text;
	unsigned char low, high;
	size_t length;

	if (text.length == 0)
		return 0;
	length = utf8_form(bytes[0], &low, &high);
	if (length > text.length)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if (bytes[i] < low || bytes[i] > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return length;
}

char *text_to_utf8(struct slice text)
{
	char *copy = malloc(text.length * ESCAPE_LENGTH + 1), *end = copy;

	if (!copy)
		return NULL;
	while (text.length > 0) {
		size_t bytes = text_utf8_length(text);

		end = append_front(text, bytes, end);
		text = skip(text, bytes ? bytes : 1);
	}
	*end = '\0';
	return copy;
}
