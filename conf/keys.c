/* SPDX-License-Identifier: BSD-3-Clause */
/* The policy's keys and their values: see keys.h. Pure. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "conf/keys.h"
#include "util/cleanup.h"
#include "util/parse.h"

static struct slice slice_of(const char *text)
{
	return (struct slice){text, strlen(text)};
}

static int parse_pool(const char *value, struct policy *policy)
{
	struct id_range pool;

	if (id_range_parse(slice_of(value), &pool) < 0 || pool.start < ID_BLOCK)
		return -EINVAL;
	policy->pool = pool;
	return 0;
}

static struct slice trim(struct slice text)
{
	while (text.length > 0 && text.text[0] == ' ') {
		text.text++;
		text.length--;
	}
	while (text.length > 0 && text.text[text.length - 1] == ' ')
		text.length--;
	return text;
}

/* One FIRST-LAST or more, with commas between. */
static int parse_ranges(const char *value, struct id_set *set)
{
	struct slice rest = slice_of(value), field;
	int r = 0;

	while (r == 0 && next_field(&rest, ',', &field)) {
		struct id_range range;

		r = id_range_parse(trim(field), &range);
		if (r == 0)
			r = id_set_add(set, range);
	}
	return r;
}

static int parse_avoid(const char *value, struct policy *policy)
{
	return parse_ranges(value, &policy->avoid);
}

static int parse_real_ids(const char *value, struct policy *policy)
{
	return parse_ranges(value, &policy->real_ids);
}

static int parse_fixed(const char *value, struct policy *policy)
{
	struct id_range range;

	if (id_range_parse(slice_of(value), &range) < 0 || range.start < ID_BLOCK)
		return -EINVAL;
	policy->range = range;
	return 0;
}

struct word {
	const char *name;
	int value;
};

static int find_word(const struct word *words, size_t count, const char *name, int *ret)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(name, words[i].name) == 0) {
			*ret = words[i].value;
			return 0;
		}
	return -EINVAL;
}

static int parse_delegate(const char *value, struct policy *policy)
{
	static const struct word words[] = {
		{"auto", DELEGATE_AUTO}, {"yes", DELEGATE_YES}, {"no", DELEGATE_NO}};
	int delegate;

	if (find_word(words, COUNT_OF(words), value, &delegate) < 0)
		return -EINVAL;
	policy->delegate = (enum delegate)delegate;
	return 0;
}

static int parse_allocate(const char *value, struct policy *policy)
{
	static const struct word words[] = {{"next", ALLOCATE_NEXT}, {"by-uid", ALLOCATE_BY_UID}};
	int allocate;

	if (find_word(words, COUNT_OF(words), value, &allocate) < 0)
		return -EINVAL;
	policy->allocate = (enum allocate)allocate;
	return 0;
}

static int parse_size(const char *value, struct policy *policy)
{
	return parse_count(slice_of(value), &policy->size);
}

/* Every key there is: userns.conf(5). */
static const struct policy_key keys[] = {
	{SECTION_HOST, "pool", parse_pool, "FIRST-LAST, ids from 65536 to 4294967294"},
	{SECTION_HOST, "avoid", parse_avoid, "FIRST-LAST, or several with commas between"},
	{SECTION_HOST, "real-ids", parse_real_ids, "FIRST-LAST, or several with commas between"},
	{SECTION_DEFAULT | SECTION_USER, "delegate", parse_delegate, "auto, yes or no"},
	{SECTION_DEFAULT | SECTION_USER, "allocate", parse_allocate, "next or by-uid"},
	{SECTION_DEFAULT | SECTION_USER, "size", parse_size,
	 "a number of ids, such as 65536, 64K or 1M"},
	{SECTION_USER, "range", parse_fixed, "FIRST-LAST, ids from 65536 to 4294967294"},
};

const struct policy_key *policy_key_find(enum policy_section section, const char *name)
{
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		if ((keys[i].sections & section) && strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

const char *policy_key_name(size_t index)
{
	return index < COUNT_OF(keys) ? keys[index].name : NULL;
}
