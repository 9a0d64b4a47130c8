/* SPDX-License-Identifier: BSD-3-Clause */
/* Real users and groups by name: see people.h. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "subid/accounts.h"
#include "subid/book.h"
#include "userns/people.h"
#include "util/account.h"
#include "util/array.h"

static int add_person(uint32_t id, const char *name, void *argument)
{
	struct person_list *list = argument;
	struct person *larger = array_grow(list->people, list->count, &list->room, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	list->people = larger;
	larger[list->count] = (struct person){id, strdup(name)};
	if (!larger[list->count].name)
		return -ENOMEM;
	list->count++;
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	const struct person *left = a, *right = b;

	return (left->id > right->id) - (left->id < right->id);
}

int people_read(struct people *ret)
{
	int r = accounts_each_user(add_person, &ret->users);

	if (r == 0)
		r = accounts_each_group(add_person, &ret->groups);
	if (ret->users.count > 0)
		qsort(ret->users.people, ret->users.count, sizeof(*ret->users.people), compare_ids);
	return r;
}

static int add_parties(const struct person_list *list, bool users, struct parties *parties)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < list->count; i++) {
		const struct person *person = &list->people[i];
		const struct party party = {.kind = PARTY_ACCOUNT,
					    .range = {person->id, 1},
					    .name = {person->name, strlen(person->name)},
					    .has_uid = users,
					    .uid = person->id};

		if (person->id <= ID_LAST)
			r = parties_add(parties, &party);
	}
	return r;
}

int people_add_parties(const struct people *people, struct parties *uids, struct parties *gids)
{
	int r = add_parties(&people->users, true, uids);

	return r < 0 ? r : add_parties(&people->groups, false, gids);
}

/* The name that has the uid now. 0: *ret is NULL where nobody has it. */
static int find_name(const struct people *people, uid_t uid, const char **ret)
{
	const struct person key = {.id = uid}, *person = NULL;
	struct passwd *entry;

	if (people->users.count > 0)
		person = bsearch(&key, people->users.people, people->users.count, sizeof(key),
				 compare_ids);
	if (person) {
		*ret = person->name;
		return 0;
	}
	/* Directories need not list everybody. */
	errno = 0;
	entry = getpwuid(uid);
	/* Any other errno, also ENOENT, is a service that did not answer: subid/accounts.c. */
	if (!entry && errno != 0)
		return -errno;
	*ret = entry ? entry->pw_name : NULL;
	return 0;
}

/* Several may share a uid: is one of them called as the line says? */
static bool is_any_called(const struct people *people, uid_t uid, struct slice owner)
{
	for (size_t i = 0; i < people->users.count; i++) {
		const struct person *person = &people->users.people[i];
		char name[ID_OWNER_SIZE];

		if (person->id != uid)
			continue;
		owner_in_files(person->name, uid, name);
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

		if (entry->has_uid && book_entry_is_users(entry))
			r = check_owner(people, entry, findings);
	}
	return r;
}

static int compare_names(const void *a, const void *b)
{
	const struct person *const *left = a, *const *right = b;

	return strcmp((*left)->name, (*right)->name);
}

const struct person **person_list_by_name(const struct person_list *list)
{
	const struct person **by_name = calloc(list->count + 1, sizeof(*by_name));

	if (!by_name)
		return NULL;
	for (size_t i = 0; i < list->count; i++)
		by_name[i] = &list->people[i];
	qsort(by_name, list->count, sizeof(*by_name), compare_names);
	return by_name;
}

static int compare_to_name(const void *key, const void *element)
{
	const struct slice *name = key;
	const struct person *const *person = element;
	int order = strncmp(name->text, (*person)->name, name->length);

	return order ? order : (*person)->name[name->length] ? -1 : 0;
}

const struct person *person_find(const struct person *const *by_name, size_t count,
				 struct slice name)
{
	const struct person *const *found =
		bsearch(&name, by_name, count, sizeof(*by_name), compare_to_name);

	return found ? *found : NULL;
}

static void free_list(struct person_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->people[i].name);
	free(list->people);
}

void people_free(struct people *people)
{
	free_list(&people->users);
	free_list(&people->groups);
	*people = (struct people){.users = {NULL, 0, 0}};
}
