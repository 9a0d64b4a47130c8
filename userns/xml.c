/* SPDX-License-Identifier: BSD-3-Clause */
/* Text in XML: see xml.h. */
#include <stdbool.h>
#include <string.h>

#include "userns/text.h"
#include "userns/xml.h"

/* XML has no control characters, U+FFFE and U+FFFF. */
static bool is_xml(struct slice text, size_t bytes)
{
	if (bytes == 1)
		return (unsigned char)text.text[0] >= ' ' && text.text[0] != 0x7f;
	return bytes > 0 && !(bytes == 2 && memcmp(text.text, "\xc2\xa0", 2) < 0) &&
	       !(bytes == 3 && memcmp(text.text, "\xef\xbf\xbe", 3) >= 0 &&
		 memcmp(text.text, "\xef\xbf\xbf", 3) <= 0);
}

void xml_put(FILE *out, struct slice text, size_t length)
{
	for (; text.length > 0; length--) {
		size_t bytes = text_utf8_length(text);

		if (length == 0) {
			fputs("…", out);
			return;
		}
		if (!is_xml(text, bytes)) {
			fprintf(out, "\\x%02x", (unsigned char)text.text[0]);
			bytes = 1;
		} else if (strchr("<>&\"'", text.text[0])) {
			fprintf(out, "&#%d;", text.text[0]);
		} else {
			fwrite(text.text, 1, bytes, out);
		}
		text = (struct slice){text.text + bytes, text.length - bytes};
	}
}

size_t xml_letters(struct slice text)
{
	size_t count = 0;

	while (text.length > 0) {
		size_t bytes = text_utf8_length(text);
		bool good = is_xml(text, bytes);

		count += good ? 1 : 4;
		bytes = good ? bytes : 1;
		text = (struct slice){text.text + bytes, text.length - bytes};
	}
	return count;
}

void xml_put_string(FILE *out, const char *text)
{
	xml_put(out, slice_of(text), SIZE_MAX);
}
