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

#include "conf/keys.h"
#include "conf/policy.h"
#include "util/cleanup.h"
#include "util/file.h"
#include "util/parse.h"

#define POLICY_MAX (1u << 20)

/* Less than libeconf's buffer of BUFSIZ bytes. */
#define POLICY_LINE_MAX 8000

const struct policy policy_defaults = {
	/* What systemd sets aside for containers; homes of systemd-homed hold no other ids. */
	.pool = {524288, 1879048191 - 524288 + 1},
	.delegate = DELEGATE_AUTO,
	.allocate = ALLOCATE_NEXT,
	.size = 65536,
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

/* What kind of section it is; *ret_user: for whom. False: none that we know. */
static bool find_section(const char *section, enum policy_section *ret, const char **ret_user)
{
	static const char user[] = "user ";

	*ret_user = NULL;
	if (!section)
		return false;
	if (strcmp(section, "host") == 0) {
		*ret = SECTION_HOST;
	} else if (strcmp(section, "default") == 0) {
		*ret = SECTION_DEFAULT;
	} else if (strncmp(section, user, sizeof(user) - 1) == 0) {
		*ret = SECTION_USER;
		*ret_user = section + sizeof(user) - 1;
		/* A name that would match nobody, because of how it is written. */
		return **ret_user && !strpbrk(*ret_user, "\"' \t");
	} else {
		return false;
	}
	return true;
}

static int apply_key(econf_file *file, const char *path, const char *section, const char *name,
		     bool repeated, struct policy *policy, struct reason *why)
{
	CLEANUP(cleanup_value) econf_ext_value *value = NULL;
	const struct policy_key *key = NULL;
	enum policy_section kind;
	const char *text, *user;

	if (econf_getExtValue(file, section, name, &value) != ECONF_SUCCESS)
		return refuse(why, -EINVAL, "%s: key '%s' cannot be read", path, name);
	if (find_section(section, &kind, &user))
		key = policy_key_find(kind, name);
	if (!section)
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

/*
 * The keys of a section that we know, of this or another section: libeconf 0.5 does not list a
 * section's first key where the section before ends with one of the same name.
 */
static int apply_known(econf_file *file, const char *path, const char *section,
		       struct policy *policy, struct reason *why)
{
	const char *name;
	int r = 0;

	for (size_t i = 0; r == 0 && (name = policy_key_name(i)); i++) {
		CLEANUP(cleanup_value) econf_ext_value *value = NULL;

		if (econf_getExtValue(file, section, name, &value) == ECONF_SUCCESS)
			r = apply_key(file, path, section, name, false, policy, why);
	}
	return r;
}

/* What libeconf lists: keys that nobody knows, and those that stand there twice. */
static int check_listed(econf_file *file, const char *path, const char *section, struct reason *why)
{
	CLEANUP(policy_free) struct policy unseen = policy_defaults;
	CLEANUP(cleanup_list) char **names = NULL;
	size_t count = 0;
	econf_err e;
	int r = 0;

	e = econf_getKeys(file, section, &count, &names);
	if (e == ECONF_NOKEY)
		return 0;
	if (e != ECONF_SUCCESS)
		return refuse(why, -EINVAL, "%s: %s", path, econf_errString(e));
	for (size_t i = 0; r == 0 && i < count; i++)
		r = apply_key(file, path, section, names[i], is_repeated(names, i), &unseen, why);
	return r;
}

static int apply_section(econf_file *file, const char *path, const char *section,
			 struct policy *policy, struct reason *why)
{
	int r;

	r = check_listed(file, path, section, why);
	return r < 0 ? r : apply_known(file, path, section, policy, why);
}

/*
 * The sections in one pass: those of other users are read as well, so that a mistake does not wait
 * for them to log in, but into a policy that nobody sees.
 */
static int apply_sections(econf_file *file, const char *path, const char *user, char **sections,
			  size_t count, bool users, struct policy *policy, struct reason *why)
{
	CLEANUP(policy_free) struct policy unseen = policy_defaults;
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		enum policy_section kind = SECTION_HOST;
		const char *whose = NULL;
		bool known;

		known = find_section(sections[i], &kind, &whose);
		if ((kind == SECTION_USER) != users)
			continue;
		r = apply_section(file, path, sections[i],
				  !whose || (user && strcmp(whose, user) == 0) ? policy : &unseen,
				  why);
		/* With no key in it that could be named by its line. */
		if (r == 0 && !known)
			r = refuse(why, -EINVAL, "%s: unknown section [%s] (userns.conf(5))", path,
				   sections[i]);
	}
	return r;
}

static int apply_file(econf_file *file, const char *path, const char *user, struct policy *policy,
		      struct reason *why)
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
	/* A user's settings go over the default ones, wherever they stand. */
	if (r == 0)
		r = apply_sections(file, path, user, sections, count, false, policy, why);
	if (r == 0)
		r = apply_sections(file, path, user, sections, count, true, policy, why);
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

/*
 * Libeconf would take what stands before a NUL byte for the whole line, and what fits into BUFSIZ
 * for the whole value.
 */
static int check_text(int fd, const char *path, struct reason *why)
{
	CLEANUP_FREE char *text = NULL;
	unsigned int number = 0;
	struct slice line;
	size_t length;
	int r;

	r = file_read(fd, POLICY_MAX, &text, &length);
	if (r < 0)
		return refuse_errno(why, r, "cannot read %s", path);
	if (memchr(text, '\0', length))
		return refuse(why, -EINVAL, "%s: there is a NUL byte in it; it must be text", path);
	for (struct slice rest = {text, length}; next_field(&rest, '\n', &line);) {
		number++;
		if (line.length > POLICY_LINE_MAX)
			return refuse(why, -EINVAL, "%s:%u: the line is longer than %d bytes", path,
				      number, POLICY_LINE_MAX);
	}
	return 0;
}

int policy_read(const char *path, const char *user, struct policy *ret, struct reason *why)
{
	CLEANUP(cleanup_econf) econf_file *file = NULL;
	CLEANUP(policy_free) struct policy policy = policy_defaults;
	CLEANUP_FD int fd = -1;
	char fd_path[32];
	econf_err e;
	int r;

	r = file_open_trusted(path, POLICY_MAX, &fd, why);
	if (r == -ENOENT) {
		*ret = policy_defaults;
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
	r = apply_file(file, path, user, &policy, why);
	if (policy.range.count > 0)
		policy.size = policy.range.count;
	else if (r == 0 && policy.size > policy.pool.count)
		r = refuse(why, -EINVAL, "%s: size is larger than the whole pool", path);
	if (r < 0)
		return r;
	*ret = policy;
	/* Its sets are the caller's now. */
	policy = policy_defaults;
	return 0;
}

void policy_free(struct policy *policy)
{
	id_set_free(&policy->avoid);
	id_set_free(&policy->real_ids);
}
