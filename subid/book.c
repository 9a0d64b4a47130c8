/* SPDX-License-Identifier: BSD-3-Clause */
/* The book, /etc/usernamespaces: see book.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "subid/book.h"
#include "util/array.h"

static int parse_uid(struct slice value, struct id_entry *entry)
{
	uint64_t uid;

	if (parse_number(value, ID_LAST, &uid) < 0)
		return -EINVAL;
	entry->uid = (uid_t)uid;
	entry->has_uid = true;
	return 0;
}

static int parse_gid_start(struct slice value, struct id_entry *entry)
{
	struct id_range gids;
	uint64_t start;

	if (parse_number(value, ID_LAST, &start) < 0 ||
	    id_range_make(start, entry->range.count, &gids) < 0)
		return -EINVAL;
	entry->gid_start = gids.start;
	return 0;
}

/* A day as YYYY-MM-DD; only its form is checked, as no decision hangs on it. */
static int parse_retired(struct slice value, struct id_entry *entry)
{
	static const char form[] = "dddd-dd-dd";

	if (value.length != sizeof(form) - 1)
		return -EINVAL;
	for (size_t i = 0; i < value.length; i++) {
		bool digit = value.text[i] >= '0' && value.text[i] <= '9';

		if (form[i] == 'd' ? !digit : value.text[i] != form[i])
			return -EINVAL;
	}
	entry->retired = true;
	return 0;
}

static int set_deny_setgroups(struct slice value, struct id_entry *entry)
{
	(void)value;
	entry->deny_setgroups = true;
	return 0;
}

static int set_adopted(struct slice value, struct id_entry *entry)
{
	(void)value;
	entry->adopted = true;
	return 0;
}

static int set_reserved(struct slice value, struct id_entry *entry)
{
	(void)value;
	entry->reserved = true;
	return 0;
}

/* Every flag there is: usernamespaces(5). */
static const struct {
	const char *name;
	bool takes_value;
	int (*apply)(struct slice value, struct id_entry *entry);
} flags[] = {
	{"uid", true, parse_uid},
	{"gid", true, parse_gid_start},
	{"deny-setgroups", false, set_deny_setgroups},
	{"adopted", false, set_adopted},
	{"reserved", false, set_reserved},
	{"retired", true, parse_retired},
};

/* A flag that stands there twice contradicts itself. *seen has a bit for each that did. */
static int parse_flag(struct slice flag, struct id_entry *entry, unsigned int *seen)
{
	struct slice name, value = flag;
	bool has_value;

	next_field(&value, '=', &name);
	has_value = value.text != NULL;
	for (size_t i = 0; i < COUNT_OF(flags); i++) {
		if (!slice_equals(name, flags[i].name) || has_value != flags[i].takes_value)
			continue;
		if (*seen & (1u << i))
			return -EINVAL;
		*seen |= 1u << i;
		return flags[i].apply(value, entry);
	}
	return -EINVAL;
}

const char *book_parse_entry(struct slice line, struct id_entry *ret)
{
	struct slice list, flag;
	unsigned int seen = 0;
	const char *wrong;

	wrong = parse_owner_and_range(&line, ret);
	if (wrong)
		return wrong;
	if (!next_field(&line, ':', &list) || line.text)
		return "it has not four fields, <user>:<start>:<length>:<flags>";
	ret->flags = list;
	if (list.length == 0)
		return NULL;
	while (next_field(&list, ',', &flag))
		if (parse_flag(flag, ret, &seen) < 0)
			return "a flag is unknown, repeated or has a wrong value "
			       "(usernamespaces(5))";
	return NULL;
}

struct id_range book_entry_gids(const struct id_entry *entry)
{
	return (struct id_range){entry->gid_start, entry->range.count};
}

struct id_range book_entry_range(const struct id_entry *entry, bool gids)
{
	return gids ? book_entry_gids(entry) : entry->range;
}

bool book_entry_is_users(const struct id_entry *entry)
{
	return !entry->reserved && !entry->retired;
}

bool book_entry_is_of(const struct id_entry *entry, uid_t uid)
{
	return book_entry_is_users(entry) && entry->has_uid && entry->uid == uid;
}

bool book_entry_is_of_namesake(const struct id_entry *entry, const char *owner, uid_t uid)
{
	return book_entry_is_users(entry) && entry->has_uid && entry->uid != uid &&
	       slice_equals(entry->owner, owner);
}

const struct id_entry *book_find(const struct id_file *book, uid_t uid)
{
	for (size_t i = 0; i < book->count; i++)
		if (book_entry_is_of(&book->entries[i], uid))
			return &book->entries[i];
	return NULL;
}

void book_format_retired(char ret[static BOOK_RETIRED_SIZE])
{
	time_t now = time(NULL);
	struct tm day;

	strftime(ret, BOOK_RETIRED_SIZE, "retired=%Y-%m-%d", gmtime_r(&now, &day));
}

void book_format(const struct id_entry *entry, char ret[static BOOK_LINE_SIZE])
{
	char uid[32] = "", gid[32] = "", retired[BOOK_RETIRED_SIZE] = "";
	const char *const flags_set[] = {uid, gid, entry->adopted ? "adopted" : "",
					 entry->reserved ? "reserved" : "", retired};
	size_t used;
	bool first = true;

	if (entry->has_uid)
		snprintf(uid, sizeof(uid), "uid=%u", entry->uid);
	if (entry->gid_start != entry->range.start)
		snprintf(gid, sizeof(gid), "gid=%" PRIu32, entry->gid_start);
	if (entry->retired)
		book_format_retired(retired);
	used = (size_t)snprintf(ret, BOOK_LINE_SIZE, "%.*s:%" PRIu32 ":%" PRIu32 ":",
				(int)entry->owner.length, entry->owner.text, entry->range.start,
				entry->range.count);
	for (size_t i = 0; i < COUNT_OF(flags_set); i++) {
		if (!flags_set[i][0])
			continue;
		used += (size_t)snprintf(ret + used, BOOK_LINE_SIZE - used, "%s%s",
					 first ? "" : ",", flags_set[i]);
		first = false;
	}
	snprintf(ret + used, BOOK_LINE_SIZE - used, "\n");
}
