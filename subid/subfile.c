/* SPDX-License-Identifier: BSD-3-Clause */
/* /etc/subuid and /etc/subgid: see subfile.h. */
#include <inttypes.h>
#include <stdio.h>

#include "subid/subfile.h"

const char *subfile_parse_entry(struct slice line, struct id_entry *ret)
{
	const char *wrong = parse_owner_and_range(&line, ret);

	if (!wrong && line.text)
		return "it has more than three fields";
	return wrong;
}

bool subfile_owned_by(const struct id_entry *entry, const char *name, uid_t uid)
{
	char digits[16];
	uint64_t number;

	/* A name of digits only is no owner to shadow, which takes it for a uid, as text. */
	if (parse_number(entry->owner, UINT32_MAX, &number) < 0)
		return slice_equals(entry->owner, name);
	snprintf(digits, sizeof(digits), "%u", uid);
	return slice_equals(entry->owner, digits);
}

void subfile_format(struct slice owner, struct id_range range, char ret[static SUBFILE_LINE_SIZE])
{
	snprintf(ret, SUBFILE_LINE_SIZE, "%.*s:%" PRIu32 ":%" PRIu32 "\n", (int)owner.length,
		 owner.text, range.start, range.count);
}
