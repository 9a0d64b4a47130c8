/* SPDX-License-Identifier: BSD-3-Clause */
/* Ranges as admins write and read them: see ranges.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "helper/ranges.h"
#include "subid/idfile.h"

static int parse_start_and_count(struct slice text, struct id_range *ret)
{
	struct slice start_digits;
	uint64_t start, count;

	if (!next_field(&text, ':', &start_digits) || !text.text)
		return -EINVAL;
	if (parse_number(start_digits, ID_LAST, &start) < 0 ||
	    parse_number(text, ID_LAST, &count) < 0)
		return -EINVAL;
	return id_range_make(start, count, ret);
}

int range_operand(const char *text, struct id_range *ret, struct reason *why)
{
	const struct slice slice = slice_of(text);

	if (id_range_parse(slice, ret) < 0 && parse_start_and_count(slice, ret) < 0)
		return refuse(why, -EINVAL,
			      "'%s' is no range of ids: it must be FIRST-LAST or START:COUNT",
			      text);
	return 0;
}

void print_range(const char *owner, struct id_range range)
{
	char shown[ID_OWNER_SIZE];

	/* The files take C1's control characters in a name, which a terminal may obey. */
	snprintf(shown, sizeof(shown), "%s", owner);
	make_printable(shown);
	printf("%s:%" PRIu32 ":%" PRIu32 "\n", shown, range.start, range.count);
}

void print_retired(const char *owner, const struct id_set *retired, struct reason *why)
{
	for (size_t i = 0; i < retired->count; i++)
		print_range(owner, retired->ranges[i]);
	note(why, "retired, so that nobody gets the files that may lie there; userns reclaim frees "
		  "the ids");
}
