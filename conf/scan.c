/* SPDX-License-Identifier: BSD-3-Clause */
/* A section's lines without libeconf: body_scan() of body.h. Pure. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "conf/body.h"

/* Cuts off a comment, from '#' on. False: it may be quoted, which libeconf must judge. */
static bool cut_comment(struct slice *line)
{
	const char *comment = memchr(line->text, '#', line->length);

	if (!comment)
		return true;
	if (memrchr(comment, '"', (size_t)(line->text + line->length - comment)))
		return false;
	line->length = (size_t)(comment - line->text);
	return true;
}

/* Takes the quotes off that a value is in. False: there are others. */
static bool unquote(struct slice *value)
{
	size_t length = value->length;

	if (length >= 2 && value->text[0] == '"' && value->text[length - 1] == '"')
		*value = slice_trim((struct slice){value->text + 1, length - 2});
	return !memchr(value->text, '"', value->length);
}

struct scan {
	const char *path;
	const struct section *section;
	unsigned int line;
	unsigned int first_lines[32]; /* where a key, by its index, was seen */
	bool plain;
};

/* The key that the line sets, and its value. False: it sets none. */
static bool split_line(struct slice line, struct slice *ret_key, struct slice *ret_value)
{
	if (!next_field(&line, '=', ret_key) || !line.text)
		return false;
	*ret_key = slice_trim(*ret_key);
	*ret_value = slice_trim(line);
	return true;
}

static int see_key(struct scan *scan, const struct policy_key *key, struct reason *why)
{
	unsigned int *first = &scan->first_lines[key - policy_keys];

	if (*first > 0)
		return refuse(why, -EINVAL,
			      "%s:%u: '%s' has two values: it stands in line %u already",
			      scan->path, scan->line, key->name, *first);
	*first = scan->line;
	return 0;
}

static int scan_line(struct scan *scan, struct slice line, struct policy *scratch,
		     struct reason *why)
{
	const struct policy_key *key;
	struct slice name, value;
	int r;

	if (line.length == 0 || line.text[0] == '#')
		return 0;
	/* A continuation is libeconf's to understand. */
	scan->plain &= !isspace((unsigned char)line.text[0]);
	scan->plain &= cut_comment(&line);
	if (!split_line(line, &name, &value)) {
		scan->plain &= slice_trim(line).length == 0;
		return 0;
	}
	/* Libeconf would pass over it in silence. */
	if (name.length == 0)
		return refuse(why, -EINVAL, "%s:%u: there is no key before '='", scan->path,
			      scan->line);
	key = policy_key_find(scan->section->kind, name);
	if (!key) {
		scan->plain = false;
		return 0;
	}
	r = see_key(scan, key, why);
	if (r == 0 && scan->plain)
		scan->plain =
			unquote(&value) && value.length > 0 && key->parse(value, scratch) == 0;
	return r;
}

int body_scan(const char *path, const struct section *section, struct policy *scratch,
	      bool *ret_plain, struct reason *why)
{
	struct scan scan = {.path = path, .section = section, .line = section->line, .plain = true};
	struct slice rest = section->body, line;
	int r = 0;

	while (r == 0 && next_field(&rest, '\n', &line)) {
		scan.line++;
		r = scan_line(&scan, line, scratch, why);
	}
	if (r == 0)
		*ret_plain = scan.plain;
	return r;
}
