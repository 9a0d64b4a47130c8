/* SPDX-License-Identifier: BSD-3-Clause */
/* Which lines of a policy hold for a user: see policy.h. Runs as root, without capabilities. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/keys.h"
#include "conf/policy.h"
#include "conf/walk.h"
#include "util/array.h"
#include "util/cleanup.h"

const struct policy policy_defaults = {
	/* What systemd sets aside for containers; homes of systemd-homed hold no other ids. */
	.pool = {524288, 1879048191 - 524288 + 1},
	.mirror = MIRROR_AUTO,
	.delegate = DELEGATE_AUTO,
	.allocate = ALLOCATE_NEXT,
	.lifetime = LIFETIME_SESSION,
	.size = 65536,
	.root = ROOT_USER,
};

/* Sections that are about the user, in the order in which they first stand somewhere. */
struct matching {
	const struct policy_subject *subject;
	struct section *sections;
	size_t count;
	size_t room;
	struct policy_settings *settings;
};

/* Does it hold for the user? -errno with a reason: it is not known. */
static int matches(const struct matching *matching, const struct section *section,
		   struct reason *why)
{
	const struct policy_subject *subject = matching->subject;
	CLEANUP_FREE char *name = NULL;

	if (section->kind == SECTION_HOST || section->kind == SECTION_DEFAULT)
		return 1;
	if (!subject)
		return 0;
	if (section->kind == SECTION_USER)
		return slice_equals(section->name, subject->name);
	if (section->kind == SECTION_UID)
		return section->first <= subject->uid && subject->uid <= section->last;
	if (section->name.length == 0)
		return subject->is_in_group(subject->argument, NULL, section->first, why);
	name = strndup(section->name.text, section->name.length);
	if (!name)
		return refuse_errno(why, -ENOMEM, "cannot read the policy");
	return subject->is_in_group(subject->argument, name, 0, why);
}

/* The section's place among those that match, or their count. */
static size_t find_section(const struct matching *matching, const struct section *section)
{
	size_t i = 0;

	while (i < matching->count && !section_equal(&matching->sections[i], section))
		i++;
	return i;
}

static int visit_section(void *argument, const char *file, const struct section *section,
			 struct reason *why)
{
	struct matching *matching = argument;
	struct section *larger;
	int r;

	/* Another file may have it. */
	if (find_section(matching, section) < matching->count)
		return 1;
	r = matches(matching, section, why);
	if (r < 0) {
		struct reason cause = *why;

		return refuse(why, r, "%s:%u: %s", file, section->line, cause.text);
	}
	if (r == 0)
		return 0;
	larger = array_grow(matching->sections, matching->count, &matching->room, sizeof(*larger));
	if (!larger)
		return refuse_errno(why, -ENOMEM, "cannot read the policy");
	matching->sections = larger;
	matching->sections[matching->count++] = *section;
	return 1;
}

static void free_setting(struct policy_setting *setting)
{
	free(setting->value);
	free(setting->section);
	free(setting->file);
}

static int add_setting(struct policy_settings *settings, const struct policy_line *line,
		       size_t order)
{
	const struct section *section = line->section;
	struct policy_setting setting = {
		.key = line->key,
		.value = strdup(line->value),
		.section = strndup(section->header.text, section->header.length),
		.kind = section->kind,
		.file = strdup(line->file),
		.line = line->line,
		.order = order,
		.layer = line->layer,
	};
	struct policy_setting *larger =
		array_grow(settings->settings, settings->count, &settings->room, sizeof(*larger));

	if (larger)
		settings->settings = larger;
	if (!larger || !setting.value || !setting.section || !setting.file) {
		free_setting(&setting);
		return -ENOMEM;
	}
	settings->settings[settings->count++] = setting;
	return 0;
}

static int visit_line(void *argument, const struct policy_line *line, struct reason *why)
{
	struct matching *matching = argument;

	if (add_setting(matching->settings, line, find_section(matching, line->section)) < 0)
		return refuse_errno(why, -ENOMEM, "cannot read the policy");
	return 0;
}

/* By key; then what goes over the others first. */
static int compare_settings(const void *left, const void *right)
{
	const struct policy_setting *a = left, *b = right;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind > b->kind ? -1 : 1;
	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return (a->layer < b->layer) - (a->layer > b->layer);
}

/* The first of each key holds. Its value has been taken once, so that it just can want memory. */
static int apply_settings(struct policy *policy, struct reason *why)
{
	const struct policy_settings *settings = &policy->settings;

	if (settings->count > 0)
		qsort(settings->settings, settings->count, sizeof(*settings->settings),
		      compare_settings);
	for (size_t i = 0; i < settings->count; i++) {
		const struct policy_setting *setting = &settings->settings[i];
		const struct slice value = slice_of(setting->value);
		int r;

		if (i > 0 && setting[-1].key == setting->key)
			continue;
		r = setting->key->parse(value, policy);
		if (r < 0)
			return refuse_errno(why, r, "%s:%u: %s", setting->file, setting->line,
					    setting->key->name);
	}
	return 0;
}

/* What no key can tell by itself. */
static int check_sizes(struct policy *policy, const char *path, struct reason *why)
{
	const struct policy_setting *size = policy_origin(policy, "size");
	const struct policy_setting *pool = policy_origin(policy, "pool");
	const struct policy_setting *origin = size ? size : pool;

	if (policy->range.count > 0) {
		policy->size = policy->range.count;
		return 0;
	}
	if (policy->size <= policy->pool.count)
		return 0;
	return refuse(why, -EINVAL,
		      "%s:%u: size = %" PRIu32 " is larger than the whole pool, %" PRIu32
		      " ids; expected a smaller size, or a larger pool",
		      origin ? origin->file : path, origin ? origin->line : 0, policy->size,
		      policy->pool.count);
}

static int list_files(const struct policy_files *files, char **ret, struct reason *why)
{
	size_t length;
	FILE *stream = open_memstream(ret, &length);

	for (size_t i = 0; stream && i < files->count; i++)
		fprintf(stream, "%s\n", files->files[i].path);
	if (!stream || fclose(stream) != 0)
		return refuse_errno(why, -ENOMEM, "cannot read the policy");
	return 0;
}

static void free_matching(struct matching *matching)
{
	free(matching->sections);
}

int policy_read(const char *path, const struct policy_subject *subject, struct policy *ret,
		struct reason *why)
{
	CLEANUP(policy_files_free) struct policy_files files = {.count = 0};
	int r;

	r = policy_files_read(path, &files, why);
	return r < 0 ? r : policy_resolve(&files, subject, ret, why);
}

int policy_resolve(const struct policy_files *files, const struct policy_subject *subject,
		   struct policy *ret, struct reason *why)
{
	CLEANUP(policy_free) struct policy policy = policy_defaults;
	CLEANUP(free_matching)
	struct matching matching = {.subject = subject, .settings = &policy.settings};
	const struct policy_visitor visitor = {visit_section, visit_line, &matching};
	int r;

	r = policy_walk(files, &visitor, why);
	if (r == 0)
		r = apply_settings(&policy, why);
	if (r == 0)
		r = list_files(files, &policy.files, why);
	if (r == 0)
		r = check_sizes(&policy, files->count > 0 ? files->files[0].path : "", why);
	if (r < 0)
		return r;
	*ret = policy;
	/* What it points to is the caller's now. */
	policy = policy_defaults;
	return 0;
}

const struct policy_setting *policy_origin(const struct policy *policy, const char *key)
{
	for (size_t i = 0; i < policy->settings.count; i++)
		if (strcmp(policy->settings.settings[i].key->name, key) == 0)
			return &policy->settings.settings[i];
	return NULL;
}

bool policy_has_service(const struct policy *policy, const char *service)
{
	struct slice rest, name;

	if (!policy->services)
		return true;
	rest = slice_of(policy->services);
	while (next_field(&rest, ' ', &name))
		if (slice_equals(name, service))
			return true;
	return false;
}

void policy_free(struct policy *policy)
{
	id_set_free(&policy->avoid);
	id_set_free(&policy->real_ids);
	free(policy->map.extents);
	policy->map = (struct policy_map){.count = 0};
	free(policy->gids.extents);
	policy->gids = (struct policy_map){.count = 0};
	free(policy->services);
	policy->services = NULL;
	free(policy->files);
	policy->files = NULL;
	for (size_t i = 0; i < policy->settings.count; i++)
		free_setting(&policy->settings.settings[i]);
	free(policy->settings.settings);
	policy->settings = (struct policy_settings){.count = 0};
}
