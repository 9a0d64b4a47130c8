/* SPDX-License-Identifier: BSD-3-Clause */
/* Real users and groups by name: see people.h. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "userns/people.h"
#include "util/account.h"

static int add_person(struct person **people, size_t *count, uint32_t id, const char *name)
{
	struct person *larger = *people;

	/* Room is doubled where the count is a power of two. */
	if ((*count & (*count - 1)) == 0)
		larger = reallocarray(larger, *count ? *count * 2 : 1, sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	*people = larger;
	larger[*count] = (struct person){id, strdup(name)};
	if (!larger[*count].name)
		return -ENOMEM;
	(*count)++;
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	const struct person *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

static int read_users(struct people *people)
{
	struct passwd *entry;
	int r = 0;

	setpwent();
	while (r == 0 && (errno = 0, entry = getpwent()))
		r = add_person(&people->users, &people->user_count, entry->pw_uid, entry->pw_name);
	if (r == 0 && !means_no_such_user(errno))
		r = -errno;
	endpwent();
	if (people->user_count > 0)
		qsort(people->users, people->user_count, sizeof(*people->users), compare_ids);
	return r;
}

static int read_groups(struct people *people)
{
	struct group *entry;
	int r = 0;

	setgrent();
	while (r == 0 && (errno = 0, entry = getgrent()))
		r = add_person(&people->groups, &people->group_count, entry->gr_gid,
			       entry->gr_name);
	if (r == 0 && !means_no_such_user(errno))
		r = -errno;
	endgrent();
	return r;
}

int people_read(struct people *ret)
{
	int r = read_users(ret);

	return r < 0 ? r : read_groups(ret);
}

static int add_parties(const struct person *people, size_t count, bool users,
		       struct parties *parties)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		const struct party party = {.kind = PARTY_ACCOUNT,
					    .range = {people[i].id, 1},
					    .name = {people[i].name, strlen(people[i].name)},
					    .has_uid = users,
					    .uid = people[i].id};

		if (people[i].id <= ID_LAST)
			r = parties_add(parties, &party);
	}
	return r;
}

int people_add_parties(const struct people *people, struct parties *uids, struct parties *gids)
{
	int r = add_parties(people->users, people->user_count, true, uids);

	return r < 0 ? r : add_parties(people->groups, people->group_count, false, gids);
}

/* The name that has the uid now. 0: *ret is NULL where nobody has it. */
static int find_name(const struct people *people, uid_t uid, const char **ret)
{
	const struct person key = {.id = uid}, *person = NULL;
	struct passwd *entry;

	if (people->user_count > 0)
		person = bsearch(&key, people->users, people->user_count, sizeof(key), compare_ids);
	if (person) {
		*ret = person->name;
		return 0;
	}
	/* Directories need not list everybody. */
	errno = 0;
	entry = getpwuid(uid);
	if (!entry && !means_no_such_user(errno))
		return -errno;
	*ret = entry ? entry->pw_name : NULL;
	return 0;
}

/* Several may share a uid: is one of them called as the line says? */
static bool is_any_called(const struct people *people, uid_t uid, struct slice owner)
{
	for (size_t i = 0; i < people->user_count; i++) {
		char name[ID_OWNER_SIZE];

		if (people->users[i].id != uid)
			continue;
		owner_in_files(people->users[i].name, uid, name);
		if (slice_equals(owner, name))
			return true;
	}
	return false;
}

static int check_owner(const struct people *people, const struct id_entry *entry,
		       struct findings *findings)
{
	struct finding finding = {.kind = FOUND_GONE,
				  .ids = entry->range,
				  .party = audit_line(entry, FROM_BOOK, false)};
	char owner[ID_OWNER_SIZE];
	const char *name = NULL;
	int r;

	r = find_name(people, entry->uid, &name);
	if (r < 0)
		return r;
	if (name) {
		owner_in_files(name, entry->uid, owner);
		if (slice_equals(entry->owner, owner) ||
		    is_any_called(people, entry->uid, entry->owner))
			return 0;
		finding.kind = FOUND_RENAMED;
	}
	return findings_add(findings, &finding);
}

int people_check_owners(const struct people *people, const struct id_file *book,
			struct findings *findings)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < book->count; i++) {
		const struct id_entry *entry = &book->entries[i];

		if (entry->has_uid && !entry->reserved && !entry->retired)
			r = check_owner(people, entry, findings);
	}
	return r;
}

void people_free(struct people *people)
{
	for (size_t i = 0; i < people->user_count; i++)
		free(people->users[i].name);
	for (size_t i = 0; i < people->group_count; i++)
		free(people->groups[i].name);
	free(people->users);
	free(people->groups);
	*people = (struct people){.user_count = 0};
}
