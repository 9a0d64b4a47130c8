/* SPDX-License-Identifier: BSD-3-Clause */
/* Strict numbers and fields: see parse.h. Pure. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "util/parse.h"

int parse_number(struct slice digits, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (digits.length == 0)
		return -EINVAL;
	for (size_t i = 0; i < digits.length; i++) {
		unsigned int digit = (unsigned char)digits.text[i] - (unsigned int)'0';

		if (digit > 9)
			return -EINVAL;
		if (value > (max - digit) / 10 || digit > max)
			return -ERANGE;
		value = value * 10 + digit;
	}
	*ret = value;
	return 0;
}

int parse_id(const char *text, uint32_t *ret)
{
	struct slice digits = slice_of(text);
	uint64_t value;
	int r;

	r = parse_number(digits, UINT32_MAX, &value);
	if (r < 0)
		return r;
	*ret = (uint32_t)value;
	return 0;
}

int parse_count(struct slice text, uint32_t *ret)
{
	uint64_t unit = 1, count;

	if (text.length > 0) {
		char last = text.text[text.length - 1];

		unit = last == 'K' ? 1u << 10 : last == 'M' ? 1u << 20 : 1;
		text.length -= unit > 1;
	}
	if (parse_number(text, (UINT32_MAX - 1) / unit, &count) < 0 || count == 0)
		return -EINVAL;
	*ret = (uint32_t)(count * unit);
	return 0;
}

bool next_field(struct slice *rest, char separator, struct slice *ret_field)
{
	const char *end;

	if (!rest->text)
		return false;
	end = memchr(rest->text, separator, rest->length);
	if (!end) {
		*ret_field = *rest;
		*rest = (struct slice){NULL, 0};
		return true;
	}
	*ret_field = (struct slice){rest->text, (size_t)(end - rest->text)};
	rest->length -= ret_field->length + 1;
	rest->text = end + 1;
	return true;
}

bool slices_equal(struct slice a, struct slice b)
{
	/* An empty one may have no text, which memcmp(3) must not be given. */
	return a.length == b.length && (a.length == 0 || memcmp(a.text, b.text, a.length) == 0);
}

bool slice_equals(struct slice slice, const char *text)
{
	return slices_equal(slice, slice_of(text));
}

struct slice slice_trim(struct slice text)
{
	while (text.length > 0 && isspace((unsigned char)text.text[0])) {
		text.text++;
		text.length--;
	}
	while (text.length > 0 && isspace((unsigned char)text.text[text.length - 1]))
		text.length--;
	return text;
}
