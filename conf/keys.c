/* SPDX-License-Identifier: BSD-3-Clause */
/* The policy's keys and their values: see keys.h. Pure. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "conf/keys.h"
#include "conf/policymap.h"
#include "util/array.h"
#include "util/parse.h"

static int parse_pool(struct slice value, struct policy *policy)
{
	struct id_range pool;

	if (id_range_parse(value, &pool) < 0 || pool.start < ID_BLOCK)
		return -EINVAL;
	policy->pool = pool;
	return 0;
}

/* One FIRST-LAST or more, with commas between. */
static int parse_ranges(struct slice value, struct id_set *set)
{
	struct slice field;
	int r = 0;

	id_set_free(set);
	while (r == 0 && next_field(&value, ',', &field)) {
		struct id_range range;

		r = id_range_parse(slice_trim(field), &range);
		if (r == 0)
			r = id_set_add(set, range);
	}
	return r;
}

static int parse_avoid(struct slice value, struct policy *policy)
{
	return parse_ranges(value, &policy->avoid);
}

static int parse_real_ids(struct slice value, struct policy *policy)
{
	return parse_ranges(value, &policy->real_ids);
}

static int parse_fixed(struct slice value, struct policy *policy)
{
	struct id_range range;

	if (id_range_parse(value, &range) < 0 || range.start < ID_BLOCK)
		return -EINVAL;
	policy->range = range;
	return 0;
}

struct word {
	const char *name;
	int value;
};

/* -EINVAL: it is none of them. They are no negative numbers. */
static int find_word(const struct word *words, size_t count, struct slice name)
{
	for (size_t i = 0; i < count; i++)
		if (slice_equals(name, words[i].name))
			return words[i].value;
	return -EINVAL;
}

static int parse_mirror(struct slice value, struct policy *policy)
{
	static const struct word words[] = {
		{"auto", MIRROR_AUTO}, {"yes", MIRROR_YES}, {"no", MIRROR_NO}};
	int mirror = find_word(words, COUNT_OF(words), value);

	if (mirror < 0)
		return mirror;
	policy->mirror = (enum mirror)mirror;
	return 0;
}

static int parse_delegate(struct slice value, struct policy *policy)
{
	static const struct word words[] = {
		{"auto", DELEGATE_AUTO}, {"yes", DELEGATE_YES}, {"no", DELEGATE_NO}};
	int delegate = find_word(words, COUNT_OF(words), value);

	if (delegate < 0)
		return delegate;
	policy->delegate = (enum delegate)delegate;
	return 0;
}

static int parse_allocate(struct slice value, struct policy *policy)
{
	static const struct word words[] = {{"next", ALLOCATE_NEXT}, {"by-uid", ALLOCATE_BY_UID}};
	int allocate = find_word(words, COUNT_OF(words), value);

	if (allocate < 0)
		return allocate;
	policy->allocate = (enum allocate)allocate;
	return 0;
}

static int parse_lifetime(struct slice value, struct policy *policy)
{
	static const struct word words[] = {{"session", LIFETIME_SESSION}, {"boot", LIFETIME_BOOT}};
	int lifetime = find_word(words, COUNT_OF(words), value);

	if (lifetime < 0)
		return lifetime;
	policy->lifetime = (enum lifetime)lifetime;
	return 0;
}

static int parse_root(struct slice value, struct policy *policy)
{
	static const struct word words[] = {{"user", ROOT_USER}, {"range", ROOT_RANGE}};
	int root = find_word(words, COUNT_OF(words), value);

	if (root < 0)
		return root;
	policy->root = (enum root)root;
	return 0;
}

static int parse_setgroups(struct slice value, struct policy *policy)
{
	static const struct word words[] = {{"allow", false}, {"deny", true}};
	int deny = find_word(words, COUNT_OF(words), value);

	if (deny < 0)
		return deny;
	policy->deny_setgroups = deny;
	return 0;
}

static int parse_size(struct slice value, struct policy *policy)
{
	return parse_count(value, &policy->size);
}

static int parse_map(struct slice value, struct policy *policy)
{
	return policy_map_parse(value, &policy->map);
}

static int parse_gids(struct slice value, struct policy *policy)
{
	return policy_map_parse(value, &policy->gids);
}

/*
 * As a file in /etc/pam.d is called; libpam makes every name lower case. What looks like a pattern,
 * or like all but one, would be for nobody.
 */
static bool is_service(struct slice name)
{
	for (size_t i = 0; i < name.length; i++)
		if (!isgraph((unsigned char)name.text[i]) || isupper((unsigned char)name.text[i]) ||
		    strchr("/,;\"'*?!", name.text[i]))
			return false;
	return name.length <= 255;
}

static int parse_services(struct slice value, struct policy *policy)
{
	char *services = calloc(1, value.length + 1), *end = services;
	struct slice name;

	if (!services)
		return -ENOMEM;
	while (next_field(&value, ' ', &name)) {
		if (name.length == 0)
			continue;
		if (!is_service(name)) {
			free(services);
			return -EINVAL;
		}
		if (end > services)
			*end++ = ' ';
		end = mempcpy(end, name.text, name.length);
	}
	free(policy->services);
	policy->services = services;
	return services[0] ? 0 : -EINVAL;
}

/* For people alone. */
static int parse_description(struct slice value, struct policy *policy)
{
	(void)policy;
	return value.length > 0 ? 0 : -EINVAL;
}

#define FOR_ALL (SECTION_DEFAULT | SECTION_GROUP | SECTION_UID | SECTION_USER)

#define EXTENTS                                                                                    \
	"IN:OUT:COUNT, or several with commas between: ids of 0 to 4294967294, none of them in "   \
	"two "                                                                                     \
	"places, at most 340 extents and 4095 bytes"

/* Every key there is: userns.conf(5). */
const struct policy_key policy_keys[] = {
	{SECTION_HOST, "pool", parse_pool, "524288-1879048191",
	 "FIRST-LAST, ids from 65536 to 4294967294"},
	{SECTION_HOST, "avoid", parse_avoid, NULL, "FIRST-LAST, or several with commas between"},
	{SECTION_HOST, "real-ids", parse_real_ids, NULL,
	 "FIRST-LAST, or several with commas between"},
	{SECTION_HOST, "mirror", parse_mirror, "auto", "auto, yes or no"},
	{FOR_ALL, "delegate", parse_delegate, "auto", "auto, yes or no"},
	{FOR_ALL, "services", parse_services, NULL,
	 "names of PAM services, in lower case, with blanks between"},
	{FOR_ALL, "size", parse_size, "65536", "a number of ids, such as 65536, 64K or 1M"},
	{FOR_ALL, "allocate", parse_allocate, "next", "next or by-uid"},
	{SECTION_USER, "range", parse_fixed, NULL, "FIRST-LAST, ids from 65536 to 4294967294"},
	{FOR_ALL, "root", parse_root, "user", "user or range"},
	{FOR_ALL, "setgroups", parse_setgroups, "allow", "allow or deny"},
	{FOR_ALL, "lifetime", parse_lifetime, "session", "session or boot"},
	{SECTION_USER, "map", parse_map, NULL, EXTENTS},
	{SECTION_USER, "gids", parse_gids, NULL, EXTENTS},
	{FOR_ALL, "description", parse_description, NULL, "some text"},
};

const size_t policy_key_count = COUNT_OF(policy_keys);

const struct policy_key *policy_key_find(enum section_kind section, struct slice name)
{
	for (size_t i = 0; i < COUNT_OF(policy_keys); i++)
		if ((policy_keys[i].sections & section) && slice_equals(name, policy_keys[i].name))
			return &policy_keys[i];
	return NULL;
}
