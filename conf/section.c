/* SPDX-License-Identifier: BSD-3-Clause */
/* The sections of a policy file: see section.h. Pure. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "conf/section.h"
#include "subid/range.h"
#include "util/array.h"

/* Takes the first word off, which ends at a blank. */
static struct slice take_word(struct slice *rest)
{
	struct slice word = {rest->text, 0};

	while (word.length < rest->length && !isspace((unsigned char)rest->text[word.length]))
		word.length++;
	*rest = slice_trim((struct slice){rest->text + word.length, rest->length - word.length});
	return word;
}

static bool has_any(struct slice text, const char *bytes)
{
	for (size_t i = 0; i < text.length; i++)
		if (strchr(bytes, text.text[i]) || iscntrl((unsigned char)text.text[i]))
			return true;
	return false;
}

/* Bare, or in quotes, where it may have blanks; no byte escapes another. */
static bool parse_name(struct slice text, bool *ret_quoted, struct slice *ret)
{
	bool quoted = text.length >= 2 && text.text[0] == '"' && text.text[text.length - 1] == '"';

	if (quoted)
		text = (struct slice){text.text + 1, text.length - 2};
	if (text.length == 0 || has_any(text, quoted ? "\"" : "\" \t#[]"))
		return false;
	*ret_quoted = quoted;
	*ret = text;
	return true;
}

static bool parse_user(struct slice text, struct section *section)
{
	bool quoted;

	return parse_name(text, &quoted, &section->name);
}

static bool parse_group(struct slice text, struct section *section)
{
	uint64_t gid;
	bool quoted;

	if (!parse_name(text, &quoted, &section->name))
		return false;
	if (quoted || parse_number(section->name, UINT64_MAX, &gid) == -EINVAL)
		return true;
	if (parse_number(section->name, ID_LAST, &gid) < 0)
		return false;
	section->name.length = 0;
	section->first = section->last = (uint32_t)gid;
	return true;
}

static bool parse_uids(struct slice text, struct section *section)
{
	struct id_range range;

	if (id_range_parse(text, &range) < 0)
		return false;
	section->first = range.start;
	section->last = id_range_last(range);
	return true;
}

static bool parse_nothing(struct slice text, struct section *section)
{
	(void)section;
	return text.length == 0;
}

static const struct {
	const char *word;
	enum section_kind kind;
	bool (*parse)(struct slice text, struct section *section);
} kinds[] = {
	{"host", SECTION_HOST, parse_nothing}, {"default", SECTION_DEFAULT, parse_nothing},
	{"group", SECTION_GROUP, parse_group}, {"uid", SECTION_UID, parse_uids},
	{"user", SECTION_USER, parse_user},
};

/* What stands between the brackets. */
static bool parse_inside(struct slice inside, struct section *section)
{
	struct slice rest = slice_trim(inside), word = take_word(&rest);

	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (slice_equals(word, kinds[i].word)) {
			section->kind = kinds[i].kind;
			return kinds[i].parse(rest, section);
		}
	return false;
}

/* Where the header ends: the bracket that no quotes hold. NULL: it does not. */
static const char *find_bracket(struct slice line)
{
	bool quoted = false;

	for (size_t i = 0; i < line.length; i++) {
		quoted ^= line.text[i] == '"';
		if (line.text[i] == ']' && !quoted)
			return line.text + i;
	}
	return NULL;
}

int slice_shown(struct slice text)
{
	/* Shorter than a reason, which says more. */
	return text.length < 100 ? (int)text.length : 100;
}

static int refuse_header(const struct section_walk *walk, struct slice line, struct reason *why)
{
	return refuse(why, -EINVAL,
		      "%s:%u: unknown section %.*s; expected [host], [default], [group NAME], "
		      "[uid FIRST-LAST] or [user NAME], names with blanks in double quotes",
		      walk->path, walk->line, slice_shown(line), line.text);
}

static int parse_header(const struct section_walk *walk, struct slice line, struct section *ret,
			struct reason *why)
{
	struct section section = {.line = walk->line};
	const char *end = find_bracket(line);
	struct slice rest;

	if (!end)
		return refuse(why, -EINVAL, "%s:%u: the section has no closing bracket", walk->path,
			      walk->line);
	rest = slice_trim((struct slice){end + 1, (size_t)(line.text + line.length - end - 1)});
	if (rest.length > 0 && rest.text[0] != '#')
		return refuse(why, -EINVAL, "%s:%u: there is text behind the section's bracket",
			      walk->path, walk->line);
	section.header = (struct slice){line.text, (size_t)(end + 1 - line.text)};
	if (!parse_inside((struct slice){line.text + 1, section.header.length - 2}, &section))
		return refuse_header(walk, section.header, why);
	*ret = section;
	return 0;
}

/* Takes the next line, as it is, off the text. */
static int take_line(struct section_walk *walk, struct slice *ret, struct reason *why)
{
	if (!next_field(&walk->rest, '\n', ret))
		return 0;
	walk->line++;
	if (ret->length > POLICY_LINE_MAX)
		return refuse(why, -EINVAL, "%s:%u: the line is longer than %d bytes", walk->path,
			      walk->line, POLICY_LINE_MAX);
	return 1;
}

static bool is_header(struct slice line)
{
	struct slice trimmed = slice_trim(line);

	return trimmed.length > 0 && trimmed.text[0] == '[';
}

/* What stands before the first section: nothing that counts. */
static int refuse_key(const struct section_walk *walk, struct slice line, struct reason *why)
{
	struct slice key = line;

	next_field(&line, '=', &key);
	key = slice_trim(key);
	return refuse(why, -EINVAL,
		      "%s:%u: key '%.*s' stands before any section; expected a section, such as "
		      "[default], in front of it",
		      walk->path, walk->line, slice_shown(key), key.text);
}

static int find_header(struct section_walk *walk, struct slice *ret, struct reason *why)
{
	struct slice line;
	int r;

	while ((r = take_line(walk, &line, why)) > 0) {
		struct slice trimmed = slice_trim(line);

		if (is_header(line)) {
			*ret = trimmed;
			return 1;
		}
		if (trimmed.length > 0 && trimmed.text[0] != '#')
			return refuse_key(walk, trimmed, why);
	}
	return r;
}

/* Up to the next header, or to the end of the text. */
static int take_body(struct section_walk *walk, struct slice *ret, struct reason *why)
{
	struct section_walk ahead = *walk;
	const char *begin = walk->rest.text;
	struct slice line;
	int r;

	*ret = (struct slice){begin, 0};
	while ((r = take_line(&ahead, &line, why)) > 0 && !is_header(line)) {
		ret->length = (size_t)(line.text + line.length - begin);
		*walk = ahead;
	}
	return r < 0 ? r : 0;
}

int section_next(struct section_walk *walk, struct section *ret, struct reason *why)
{
	struct section section;
	struct slice header = {NULL, 0};
	int r;

	r = find_header(walk, &header, why);
	if (r <= 0)
		return r;
	r = parse_header(walk, header, &section, why);
	if (r == 0)
		r = take_body(walk, &section.body, why);
	if (r < 0)
		return r;
	*ret = section;
	return 1;
}

bool section_equal(const struct section *a, const struct section *b)
{
	return a->kind == b->kind && a->first == b->first && a->last == b->last &&
	       slices_equal(a->name, b->name);
}

/* FNV-1a. */
static uint32_t mix(uint32_t hash, uint32_t byte)
{
	return (hash ^ byte) * 16777619u;
}

uint32_t section_hash(const struct section *section)
{
	uint32_t hash = mix(2166136261u, section->kind);

	hash = mix(mix(hash, section->first), section->last);
	for (size_t i = 0; i < section->name.length; i++)
		hash = mix(hash, (unsigned char)section->name.text[i]);
	return hash;
}
