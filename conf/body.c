/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A section's lines by libeconf: body_read() of body.h.
 *
 * Each section is given to libeconf by itself: its functions take time that grows with the square
 * of the number of sections, and 0.5 does not list a key if the section before ends with one of the
 * same name. What it reads is the very text that was checked, in a file that has no name.
 */
#include <errno.h>
#include <libeconf.h>
#include <libeconf_ext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conf/body.h"
#include "util/cleanup.h"

/* Linux 6.3; before 2.38 unknown to glibc. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

/* What the section is called to libeconf, which need not know what names mean. */
#define SECTION "section"

/* Of a value that is wrong; it could leave no room to say what was expected. */
#define SHOWN_MAX 80

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

/* Where vm.memfd_noexec is 2, no other than a sealed one is made; older kernels know no seal. */
static int make_unnamed_file(void)
{
	int fd = memfd_create("userns.conf", MFD_CLOEXEC | MFD_NOEXEC_SEAL);

	return fd < 0 && errno == EINVAL ? memfd_create("userns.conf", MFD_CLOEXEC) : fd;
}

/*
 * The section as libeconf is to read it: without its comments, which it would copy for each line
 * that they have, but with every line in its place. The caller frees it. NULL: no memory.
 */
static char *copy_section(struct slice body, size_t *ret_length)
{
	static const char header[] = "[" SECTION "]";
	char *text = malloc(sizeof(header) + body.length + 1), *end;
	struct slice line;

	if (!text)
		return NULL;
	end = mempcpy(text, header, sizeof(header) - 1);
	while (next_field(&body, '\n', &line)) {
		struct slice trimmed = slice_trim(line);

		*end++ = '\n';
		if (trimmed.length > 0 && trimmed.text[0] != '#')
			end = mempcpy(end, line.text, line.length);
	}
	*ret_length = (size_t)(end - text);
	return text;
}

static int write_section(int fd, struct slice body)
{
	CLEANUP_FREE char *text = NULL;
	size_t length;
	ssize_t n;

	text = copy_section(body, &length);
	if (!text)
		return -ENOMEM;
	n = write(fd, text, length);
	if (n < 0)
		return -errno;
	return (size_t)n == length ? 0 : -EIO;
}

/* The line of the policy file, of one that libeconf has counted. */
static unsigned int line_of(const struct section *section, uint64_t line)
{
	return section->line + (unsigned int)line - 1;
}

/* Where libeconf stopped, under the name that the admin knows. */
static int refuse_syntax(const char *path, const struct section *section, econf_err e,
			 struct reason *why)
{
	char *name = NULL;
	uint64_t line = 1;

	econf_errLocation(&name, &line);
	free(name);
	return refuse(why, -EINVAL, "%s:%u: %s; expected KEY = VALUE", path, line_of(section, line),
		      econf_errString(e));
}

static int parse_section(const char *path, const struct section *section, econf_file **ret,
			 struct reason *why)
{
	CLEANUP_FD int fd = make_unnamed_file();
	char fd_path[32];
	econf_err e;
	int r;

	r = fd < 0 ? -errno : write_section(fd, section->body);
	if (r < 0)
		return refuse_errno(why, r, "cannot give %s to libeconf", path);
	snprintf(fd_path, sizeof(fd_path), "/proc/self/fd/%d", fd);
	e = econf_readFile(ret, fd_path, "=", "#");
	return e == ECONF_SUCCESS ? 0 : refuse_syntax(path, section, e, why);
}

static int refuse_value(const struct policy_line *line, struct reason *why)
{
	size_t length = strlen(line->value);

	return refuse(why, -EINVAL, "%s:%u: %s = %.*s%s: expected %s", line->file, line->line,
		      line->key->name, SHOWN_MAX, line->value, length > SHOWN_MAX ? "..." : "",
		      line->key->expected);
}

/* With the keys that there are. */
static int refuse_key(const struct policy_line *line, const char *name, struct reason *why)
{
	const struct section *section = line->section;
	const char *between = "";
	char known[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < policy_key_count; i++) {
		if (!(policy_keys[i].sections & section->kind))
			continue;
		used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%s", between,
					 policy_keys[i].name);
		between = ", ";
	}
	return refuse(why, -EINVAL,
		      "%s:%u: unknown key '%.*s' in section %.*s (= %.*s); expected %s", line->file,
		      line->line, SHOWN_MAX, name, slice_shown(section->header),
		      section->header.text, SHOWN_MAX, line->value, known);
}

/* What is to be said of a line, but for whether the value is right. */
static int describe_line(const econf_ext_value *found, const char *name, struct policy_line *line,
			 struct reason *why)
{
	const struct section *section = line->section;
	bool has_value = found->values && found->values[0];

	line->line = line_of(section, found->line_number);
	line->key = policy_key_find(section->kind, slice_of(name));
	line->value = has_value ? found->values[0] : "";
	if (!line->key)
		return refuse_key(line, name, why);
	if (has_value && found->values[1])
		return refuse(why, -EINVAL,
			      "%s:%u: '%s' has two values: a line without '=' continues it",
			      line->file, line->line, line->key->name);
	return 0;
}

static int read_line(econf_file *file, const char *name, struct policy_line *line,
		     struct policy *scratch, const struct policy_visitor *visitor,
		     struct reason *why)
{
	CLEANUP(cleanup_value) econf_ext_value *found = NULL;
	struct slice value;
	int r;

	if (econf_getExtValue(file, SECTION, name, &found) != ECONF_SUCCESS)
		return refuse(why, -EINVAL, "%s:%u: key '%s' cannot be read", line->file,
			      line->section->line, name);
	r = describe_line(found, name, line, why);
	if (r < 0)
		return r;
	value = slice_of(line->value);
	if (value.length == 0 || line->key->parse(value, scratch) < 0)
		return refuse_value(line, why);
	return visitor ? visitor->line(visitor->argument, line, why) : 0;
}

int body_read(const char *path, size_t layer, const struct section *section, struct policy *scratch,
	      const struct policy_visitor *visitor, struct reason *why)
{
	CLEANUP(cleanup_econf) econf_file *file = NULL;
	CLEANUP(cleanup_list) char **names = NULL;
	size_t count = 0;
	econf_err e;
	int r;

	r = parse_section(path, section, &file, why);
	if (r < 0)
		return r;
	e = econf_getKeys(file, SECTION, &count, &names);
	if (e == ECONF_NOKEY || e == ECONF_NOGROUP)
		return 0;
	if (e != ECONF_SUCCESS)
		return refuse(why, -EINVAL, "%s:%u: %s", path, section->line, econf_errString(e));
	for (size_t i = 0; r == 0 && i < count; i++) {
		struct policy_line line = {.file = path, .layer = layer, .section = section};

		r = read_line(file, names[i], &line, scratch, visitor, why);
	}
	return r;
}
