/* SPDX-License-Identifier: BSD-3-Clause */
/* Real users and groups by name, as NSS lists them, for "userns check". */
#ifndef USERNS_PEOPLE_H
#define USERNS_PEOPLE_H

#include "userns/audit.h"

struct person {
	uint32_t id;
	char *name;
};

struct person_list {
	struct person *people;
	size_t count;
	size_t room;
};

struct people {
	struct person_list users; /* sorted by uid */
	struct person_list groups;
};

/* Lists them all. -errno when NSS fails. Zero it to begin; people_free() to end. */
int people_read(struct people *ret);

/* Adds them as parties; the names stay the people's. -ENOMEM. */
int people_add_parties(const struct people *people, struct parties *uids, struct parties *gids);

/*
 * Who has the uids of the book's lines now? Asks NSS for each that was not listed. -errno when it
 * does not answer; -ENOMEM.
 */
int people_check_owners(const struct people *people, const struct id_file *book,
			struct findings *findings);

/* Who is called so, of a list in the order of names. NULL: nobody that was listed. */
const struct person *person_find(const struct person *const *by_name, size_t count,
				 struct slice name);

/* A list in the order of names, for person_find(); the caller frees it. NULL: no memory. */
const struct person **person_list_by_name(const struct person_list *list);

void people_free(struct people *people);

#endif
