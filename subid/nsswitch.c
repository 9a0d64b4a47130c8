/* SPDX-License-Identifier: BSD-3-Clause */
/* Where subordinate ids come from, by nsswitch.conf(5): see nsswitch.h. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "subid/nsswitch.h"
#include "util/cleanup.h"
#include "util/file.h"
#include "util/parse.h"

/* The first word behind "subid:", or an empty slice. */
static struct slice source_of(struct slice line)
{
	static const char key[] = "subid:";
	size_t begin, end;

	for (begin = 0; begin < line.length && isblank((unsigned char)line.text[begin]); begin++)
		;
	if (line.length - begin < sizeof(key) - 1 ||
	    memcmp(line.text + begin, key, sizeof(key) - 1) != 0)
		return (struct slice){NULL, 0};
	begin += sizeof(key) - 1;
	while (begin < line.length && isblank((unsigned char)line.text[begin]))
		begin++;
	for (end = begin; end < line.length && !isspace((unsigned char)line.text[end]); end++)
		;
	return (struct slice){line.text + begin, end - begin};
}

int nsswitch_subid_source(const char *nsswitch_path, char **ret_source, struct reason *why)
{
	/* Some distributions keep it elsewhere, and link it; what counts is what libc reads. */
	CLEANUP_FREE char *path = realpath(nsswitch_path, NULL);
	CLEANUP_FREE char *text = NULL;
	struct slice rest, line, source = {NULL, 0};
	size_t length = 0;
	int r;

	if (!path && errno != ENOENT)
		return refuse_errno(why, -errno, "cannot open %s", nsswitch_path);
	r = path ? file_read_trusted(path, 1 << 20, &text, &length, why) : -ENOENT;
	if (r < 0 && r != -ENOENT)
		return r;
	/* Shadow takes the first line that names one. */
	for (rest = (struct slice){text, length};
	     source.length == 0 && next_field(&rest, '\n', &line);)
		source = source_of(line);
	*ret_source = NULL;
	if (source.length == 0 || slice_equals(source, "files"))
		return 0;
	*ret_source = strndup(source.text, source.length);
	return *ret_source ? 0 : refuse_errno(why, -ENOMEM, "cannot read %s", nsswitch_path);
}
