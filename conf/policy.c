/* SPDX-License-Identifier: BSD-3-Clause */
/* The policy, read by libeconf: see policy.h. Runs as root, without capabilities. */
#include <errno.h>
#include <inttypes.h>
#include <libeconf.h>
#include <libeconf_ext.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/policy.h"
#include "util/cleanup.h"
#include "util/file.h"
#include "util/parse.h"

#define POLICY_MAX (1u << 20)

const struct policy policy_defaults = {
	/* What systemd sets aside for containers; homes of systemd-homed hold no other ids. */
	.pool = {524288, 1879048191 - 524288 + 1},
	.delegate = DELEGATE_AUTO,
	.size = 65536,
};

static struct slice slice_of(const char *text)
{
	return (struct slice){text, strlen(text)};
}

/* first-last, both in the pool, none below 65536. */
static int parse_pool(const char *value, struct policy *policy)
{
	struct slice rest = slice_of(value), first_digits;
	uint64_t first, last;

	if (!next_field(&rest, '-', &first_digits) || !rest.text)
		return -EINVAL;
	if (parse_number(first_digits, ID_LAST, &first) < 0 ||
	    parse_number(rest, ID_LAST, &last) < 0)
		return -EINVAL;
	if (first < ID_BLOCK || last < first)
		return -EINVAL;
	return id_range_make(first, last - first + 1, &policy->pool);
}

static int parse_delegate(const char *value, struct policy *policy)
{
	static const struct {
		const char *name;
		enum delegate value;
	} words[] = {{"auto", DELEGATE_AUTO}, {"yes", DELEGATE_YES}, {"no", DELEGATE_NO}};

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strcmp(value, words[i].name) == 0) {
			policy->delegate = words[i].value;
			return 0;
		}
	return -EINVAL;
}

/* A count of ids, also as 64K or 1M. */
static int parse_size(const char *value, struct policy *policy)
{
	struct slice digits = slice_of(value);
	uint64_t unit = 1, size;

	if (digits.length > 0) {
		char last = digits.text[digits.length - 1];

		unit = last == 'K' ? 1u << 10 : last == 'M' ? 1u << 20 : 1;
		digits.length -= unit > 1;
	}
	if (parse_number(digits, ID_LAST / unit, &size) < 0 || size == 0)
		return -EINVAL;
	policy->size = (uint32_t)(size * unit);
	return 0;
}

/* Every key there is: userns.conf(5). */
static const struct key {
	const char *section;
	const char *name;
	int (*parse)(const char *value, struct policy *policy);
	const char *expected;
} keys[] = {
	{"host", "pool", parse_pool, "FIRST-LAST, ids from 65536 to 4294967294"},
	{"default", "delegate", parse_delegate, "auto, yes or no"},
	{"default", "size", parse_size, "a number of ids, such as 65536, 64K or 1M"},
};

static void cleanup_econf(econf_file **file)
{
	econf_free(*file);
}

static void cleanup_list(char ***list)
{
	econf_free(*list);
}

static void cleanup_value(econf_ext_value **value)
{
	if (*value)
		econf_freeExtValue(*value);
}

static const struct key *find_key(const char *section, const char *name)
{
	for (size_t i = 0; section && i < COUNT_OF(keys); i++)
		if (strcmp(keys[i].section, section) == 0 && strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

static int apply_key(econf_file *file, const char *path, const char *section, const char *name,
		     bool repeated, struct policy *policy, struct reason *why)
{
	CLEANUP(cleanup_value) econf_ext_value *value = NULL;
	const struct key *key = find_key(section, name);
	const char *text;

	if (econf_getExtValue(file, section, name, &value) != ECONF_SUCCESS)
		return refuse(why, -EINVAL, "%s: key '%s' cannot be read", path, name);
	if (!key && !section)
		return refuse(why, -EINVAL, "%s:%" PRIu64 ": key '%s' stands before any section",
			      path, value->line_number, name);
	if (!key)
		return refuse(why, -EINVAL,
			      "%s:%" PRIu64 ": unknown key '%s' in section [%s] (userns.conf(5))",
			      path, value->line_number, name, section);
	text = value->values && value->values[0] ? value->values[0] : "";
	if (repeated || (*text && value->values[1]))
		return refuse(why, -EINVAL,
			      "%s:%" PRIu64
			      ": '%s' has two values: it stands there twice, or a line "
			      "that begins with a blank continues it",
			      path, value->line_number, name);
	if (key->parse(text, policy) < 0)
		return refuse(why, -EINVAL, "%s:%" PRIu64 ": %s = %s: expected %s", path,
			      value->line_number, name, text, key->expected);
	return 0;
}

/* libeconf 0.7 lists a key that stands there twice two times, and 0.5 joins its values. */
static bool is_repeated(char **names, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(names[i], names[index]) == 0)
			return true;
	return false;
}

static int apply_section(econf_file *file, const char *path, const char *section,
			 struct policy *policy, struct reason *why)
{
	CLEANUP(cleanup_list) char **names = NULL;
	size_t count = 0;
	econf_err e;

	e = econf_getKeys(file, section, &count, &names);
	if (e == ECONF_NOKEY)
		return 0;
	if (e != ECONF_SUCCESS)
		return refuse(why, -EINVAL, "%s: %s", path, econf_errString(e));
	for (size_t i = 0; i < count; i++) {
		int r = apply_key(file, path, section, names[i], is_repeated(names, i), policy,
				  why);

		if (r < 0)
			return r;
	}
	return 0;
}

static int apply_file(econf_file *file, const char *path, struct policy *policy, struct reason *why)
{
	CLEANUP(cleanup_list) char **sections = NULL;
	size_t count = 0;
	econf_err e;
	int r;

	e = econf_getGroups(file, &count, &sections);
	if (e != ECONF_SUCCESS && e != ECONF_NOGROUP)
		return refuse(why, -EINVAL, "%s: %s", path, econf_errString(e));
	/* NULL: what stands before the first section. */
	r = apply_section(file, path, NULL, policy, why);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = apply_section(file, path, sections[i], policy, why);
	return r;
}

/* Where libeconf stopped, under the name that the admin knows. */
static int refuse_syntax(const char *path, econf_err e, struct reason *why)
{
	char *name = NULL;
	uint64_t line = 0;

	econf_errLocation(&name, &line);
	free(name);
	return refuse(why, -EINVAL, "%s:%" PRIu64 ": %s", path, line, econf_errString(e));
}

/* Libeconf would take what stands before a NUL byte for the whole line. */
static int check_text(int fd, const char *path, struct reason *why)
{
	CLEANUP_FREE char *text = NULL;
	size_t length;
	int r;

	r = file_read(fd, POLICY_MAX, &text, &length);
	if (r < 0)
		return refuse_errno(why, r, "cannot read %s", path);
	if (memchr(text, '\0', length))
		return refuse(why, -EINVAL, "%s: there is a NUL byte in it; it must be text", path);
	return 0;
}

int policy_read(const char *path, struct policy *ret, struct reason *why)
{
	CLEANUP(cleanup_econf) econf_file *file = NULL;
	struct policy policy = policy_defaults;
	CLEANUP_FD int fd = -1;
	char fd_path[32];
	econf_err e;
	int r;

	r = file_open_trusted(path, POLICY_MAX, &fd, why);
	if (r == -ENOENT) {
		*ret = policy;
		return 0;
	}
	if (r == 0)
		r = check_text(fd, path, why);
	if (r < 0)
		return r;
	/* For is_repeated(): else 0.5 silently takes the first value. */
	if (setenv("ECONF_JOIN_SAME_ENTRIES", "1", 1) < 0)
		return refuse_errno(why, -errno, "cannot read %s", path);
	snprintf(fd_path, sizeof(fd_path), "/proc/self/fd/%d", fd);
	e = econf_readFile(&file, fd_path, "=", "#");
	if (e != ECONF_SUCCESS)
		return refuse_syntax(path, e, why);
	r = apply_file(file, path, &policy, why);
	if (r == 0 && policy.size > policy.pool.count)
		r = refuse(why, -EINVAL, "%s: size is larger than the whole pool", path);
	if (r == 0)
		*ret = policy;
	return r;
}
