/* SPDX-License-Identifier: BSD-3-Clause */
/* What is doubtful in a policy: see policy_audit.h. */
#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "conf/keys.h"
#include "conf/login_defs.h"
#include "conf/walk.h"
#include "subid/programs.h"
#include "userns/policy_audit.h"
#include "util/account.h"
#include "util/array.h"
#include "util/cleanup.h"

/* In a file before this one: in this one each stands just once. */
static struct audited_section *find_older(const struct policy_audit *audit,
					  const struct section *section)
{
	for (size_t i = 0; i < audit->older; i++)
		if (section_equal(&audit->sections[i].section, section))
			return &audit->sections[i];
	return NULL;
}

static int visit_section(void *argument, const char *path, const struct section *section,
			 struct reason *why)
{
	struct policy_audit *audit = argument;
	struct audited_section *larger;

	if (audit->path != path)
		audit->older = audit->count;
	audit->path = path;
	if (find_older(audit, section))
		return 1;
	larger = array_grow(audit->sections, audit->count, &audit->room, sizeof(*larger));
	if (!larger)
		return refuse_errno(why, -ENOMEM, "cannot read the policy");
	audit->sections = larger;
	audit->sections[audit->count++] =
		(struct audited_section){.section = *section, .path = path};
	return 1;
}

/* The value is one that the key takes. */
static int visit_line(void *argument, const struct policy_line *line, struct reason *why)
{
	CLEANUP(policy_free) struct policy policy = policy_defaults;
	const struct slice value = slice_of(line->value);
	struct policy_audit *audit = argument;
	struct audited_section *section = find_older(audit, line->section);
	const char *key = line->key->name;

	if (!section)
		section = &audit->sections[audit->count - 1];
	section->keys |= 1u << (line->key - policy_keys);
	if (line->key->parse(value, &policy) < 0)
		return refuse_errno(why, -ENOMEM, "cannot read the policy");
	if (strcmp(key, "delegate") == 0)
		section->delegate = policy.delegate;
	if (strcmp(key, "size") == 0)
		section->size = policy.size;
	if (strcmp(key, "range") == 0) {
		section->range = policy.range;
		section->range_path = line->file;
		section->range_line = line->line;
	}
	return 0;
}

int policy_audit_read(const char *path, struct policy_audit *ret, struct reason *why)
{
	const struct policy_visitor visitor = {visit_section, visit_line, ret};
	int r;

	r = policy_files_read(path, &ret->files, why);
	if (r == 0)
		r = policy_resolve(&ret->files, NULL, &ret->policy, why);
	return r < 0 ? r : policy_walk(&ret->files, &visitor, why);
}

/* A line of the section's as a party, by the name of the user. */
static struct party party_of(const struct audited_section *section, struct slice name)
{
	return (struct party){.kind = PARTY_POLICY,
			      .name = name,
			      .path = section->path,
			      .line = section->section.line};
}

int policy_audit_add_parties(const struct policy_audit *audit, struct parties *uids,
			     struct parties *gids)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < audit->count; i++) {
		const struct audited_section *section = &audit->sections[i];
		struct party party = party_of(section, section->section.name);

		if (section->range.count == 0)
			continue;
		party.range = section->range;
		party.path = section->range_path;
		party.line = section->range_line;
		r = parties_add(uids, &party);
		if (r == 0)
			r = parties_add(gids, &party);
	}
	return r;
}

static int add_finding(enum finding_kind kind, const struct audited_section *section,
		       const char *wrong, struct findings *findings)
{
	const struct finding finding = {
		.kind = kind, .party = party_of(section, section->section.header), .wrong = wrong};

	return findings_add(findings, &finding);
}

/* What the sections are compared with. */
struct reader {
	struct policy_audit *audit;
	const struct people *people;
	const struct person **users; /* in the order of names */
	const struct person **groups;
	uid_t uid_min;
	struct findings *findings;
};

/* One that was listed, or that a directory knows without listing it. 1; 0: there is none. */
static int find_user(const struct reader *reader, struct slice name, uid_t *ret)
{
	const struct person *person = person_find(reader->users, reader->people->users.count, name);
	CLEANUP_FREE char *text = strndup(name.text, name.length);
	struct passwd *entry;

	if (person) {
		*ret = person->id;
		return 1;
	}
	if (!text)
		return -ENOMEM;
	errno = 0;
	entry = getpwnam(text);
	if (!entry)
		return means_no_such_user(errno) ? 0 : -errno;
	*ret = entry->pw_uid;
	return 1;
}

/* The same of a group; by its number where it has no name. */
static int find_group(const struct reader *reader, const struct section *section, gid_t *ret)
{
	const struct person *person =
		person_find(reader->groups, reader->people->groups.count, section->name);
	CLEANUP_FREE char *text = strndup(section->name.text, section->name.length);
	struct group *entry;

	if (section->name.length > 0 && person) {
		*ret = person->id;
		return 1;
	}
	if (!text)
		return -ENOMEM;
	errno = 0;
	entry = section->name.length > 0 ? getgrnam(text) : getgrgid(section->first);
	if (!entry)
		return means_no_such_user(errno) ? 0 : -errno;
	*ret = entry->gr_gid;
	return 1;
}

static int check_user(const struct reader *reader, const struct audited_section *section)
{
	uid_t uid = 0;
	int r = find_user(reader, section->section.name, &uid);

	if (r < 0)
		return r;
	if (r == 0)
		return add_finding(FOUND_NO_USER, section, NULL, reader->findings);
	if (is_nobody(uid))
		return add_finding(FOUND_NO_EFFECT, section, "nobody is given nothing: remove it",
				   reader->findings);
	if (is_system_account(uid, reader->uid_min) && section->delegate != DELEGATE_YES)
		return add_finding(FOUND_NO_EFFECT, section,
				   "a system account gets nothing without delegate = yes",
				   reader->findings);
	return 0;
}

static int check_group(const struct reader *reader, struct audited_section *section)
{
	int r = find_group(reader, &section->section, &section->gid);

	section->has_gid = r > 0;
	if (r != 0)
		return r < 0 ? r : 0;
	return add_finding(FOUND_NO_GROUP, section, NULL, reader->findings);
}

/* Whoever is in the later section is in the earlier, which goes over it. */
static bool is_for_all_of(const struct audited_section *earlier,
			  const struct audited_section *later)
{
	if (earlier->section.kind != later->section.kind)
		return false;
	if (earlier->section.kind == SECTION_UID)
		return earlier->section.first <= later->section.first &&
		       later->section.last <= earlier->section.last;
	return earlier->has_gid && later->has_gid && earlier->gid == later->gid;
}

/* [uid] and [group] sections are few; so this may compare each with all before. */
static bool is_covered(const struct policy_audit *audit, size_t index)
{
	const struct audited_section *later = &audit->sections[index];
	unsigned int left = later->keys;

	if (!(later->section.kind & (SECTION_UID | SECTION_GROUP)))
		return false;
	for (size_t i = 0; left && i < index; i++)
		if (is_for_all_of(&audit->sections[i], later))
			left &= ~audit->sections[i].keys;
	return !left;
}

static int check_section(const struct reader *reader, size_t index)
{
	struct audited_section *section = &reader->audit->sections[index];
	int r = 0;

	if (section->section.kind & (SECTION_HOST | SECTION_DEFAULT))
		return 0;
	if (section->section.kind == SECTION_USER)
		r = check_user(reader, section);
	if (section->section.kind == SECTION_GROUP)
		r = check_group(reader, section);
	if (r < 0)
		return r;
	if (!section->keys)
		return add_finding(FOUND_NO_EFFECT, section, "it sets nothing: remove it",
				   reader->findings);
	if (is_covered(reader->audit, index))
		return add_finding(FOUND_NO_EFFECT, section,
				   "a section above is for all of these users, and goes over it",
				   reader->findings);
	return 0;
}

/* Why no new range may be there. False: nothing of the policy's is against it. */
static bool is_kept_off(const struct policy *policy, struct id_range range, const char **ret_wrong)
{
	struct id_range met;

	*ret_wrong = NULL;
	if (id_set_meets(&policy->avoid, range, &met))
		*ret_wrong = "avoid has ids of it, so that the user gets none who has it not yet";
	else if (id_set_meets(&policy->real_ids, range, &met))
		*ret_wrong =
			"real-ids has ids of it, so that the user gets none who has it not yet";
	return *ret_wrong || !id_range_contains(policy->pool, range);
}

static int check_range(const struct policy_audit *audit, const struct audited_section *section,
		       struct findings *findings)
{
	struct finding finding = {.kind = FOUND_OFF_POOL,
				  .ids = section->range,
				  .party = party_of(section, section->section.header)};

	if (section->range.count == 0 ||
	    !is_kept_off(&audit->policy, section->range, &finding.wrong))
		return 0;
	finding.party.path = section->range_path;
	finding.party.line = section->range_line;
	return findings_add(findings, &finding);
}

/* How many ids the pool has for users. */
static int count_pool(const struct policy *policy, uint64_t *ret)
{
	CLEANUP(id_set_free) struct id_set taken = {NULL, 0, 0};
	struct id_range largest;
	int r;

	r = programs_add(&taken);
	if (r == 0)
		r = id_set_add_all(&taken, &policy->avoid);
	if (r == 0)
		r = id_set_add_all(&taken, &policy->real_ids);
	if (r < 0)
		return r;
	id_set_normalize(&taken);
	*ret = id_set_free_in(&taken, policy->pool, &largest);
	return 0;
}

/* All the users who are listed, but for the system's. */
static size_t count_users(const struct reader *reader)
{
	size_t users = 0;

	for (size_t i = 0; i < reader->people->users.count; i++)
		users += !is_system_account(reader->people->users.people[i].id, reader->uid_min);
	return users;
}

static int check_pool(const struct reader *reader)
{
	struct policy_audit *audit = reader->audit;
	const struct policy_setting *origin = policy_origin(&audit->policy, "pool");
	struct finding finding = {.kind = FOUND_FULL_POOL,
				  .ids = audit->policy.pool,
				  .party = {.kind = PARTY_POLICY, .name = {"[host]", 6}},
				  .wrong = audit->pool.text};
	const size_t users = count_users(reader);
	const uint64_t needed = (uint64_t)users * audit->policy.size;
	uint64_t room = 0;
	int r;

	r = count_pool(&audit->policy, &room);
	if (r < 0 || needed <= room)
		return r;
	note(&audit->pool,
	     "%zu users of size = %" PRIu32 " need %" PRIu64 " ids, and it has %" PRIu64
	     ": a larger pool, or a smaller size",
	     users, audit->policy.size, needed, room);
	finding.party.path = origin ? origin->file : NULL;
	finding.party.line = origin ? origin->line : 0;
	return findings_add(reader->findings, &finding);
}

int policy_audit_run(struct policy_audit *audit, const struct people *people,
		     struct findings *findings)
{
	CLEANUP_FREE const struct person **users = person_list_by_name(&people->users);
	CLEANUP_FREE const struct person **groups = person_list_by_name(&people->groups);
	const struct reader reader = {
		audit, people, users, groups, login_defs_uid_min(LOGIN_DEFS), findings};
	int r = users && groups ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < audit->count; i++) {
		r = check_section(&reader, i);
		if (r == 0)
			r = check_range(audit, &audit->sections[i], findings);
	}
	return r < 0 ? r : check_pool(&reader);
}

void policy_audit_free(struct policy_audit *audit)
{
	policy_files_free(&audit->files);
	policy_free(&audit->policy);
	free(audit->sections);
	audit->sections = NULL;
}
