/* SPDX-License-Identifier: BSD-3-Clause */
/* Ids set aside for other programs: see reserve.h. Runs as root with CAP_CHOWN. */
#include <errno.h>
#include <string.h>

#include "subid/book.h"
#include "subid/choose.h"
#include "subid/lock.h"
#include "subid/reserve.h"
#include "util/cleanup.h"

static bool is_reserved_for(const struct id_entry *entry, const char *name)
{
	return entry->reserved && !entry->retired && slice_equals(entry->owner, name);
}

static bool is_there(const struct id_file *book, const struct settle_request *request)
{
	for (size_t i = 0; i < book->count; i++)
		if (is_reserved_for(&book->entries[i], request->name) &&
		    id_range_equal(book->entries[i].range, request->fixed))
			return true;
	return false;
}

/* Until no directory knows an end of it, as settle.c does for users. */
static int choose(struct settle_sources *sources, const struct settle_request *request,
		  struct id_range *ret, struct reason *why)
{
	bool found = true;
	int r = 0;

	while (r == 0 && found) {
		found = false;
		r = choose_range(sources, request, request->size, ret, why);
		if (r == 0)
			r = accounts_probe(*ret, *ret, &sources->accounts, &found, why);
	}
	return r;
}

static int add_line(const struct id_file *book, const char *name, struct id_range range,
		    struct reason *why)
{
	const struct id_entry entry = {.owner = {name, strlen(name)},
				       .range = range,
				       .gid_start = range.start,
				       .reserved = true};
	char line[BOOK_LINE_SIZE];
	const struct id_file_change change = {.added = line};

	book_format(&entry, line);
	return id_file_rewrite(book, &change, why);
}

static int check_request(const struct settle_request *request, struct reason *why)
{
	if (!name_fits_in_files(request->name))
		return refuse(why, -EINVAL,
			      "'%s' cannot stand in the book as a name (usernamespaces(5))",
			      request->name);
	if (request->fixed.count > 0 && request->fixed.start < ID_BLOCK)
		return refuse(why, -EINVAL, "ids below %u are the host's, and never given out",
			      ID_BLOCK);
	return 0;
}

int reserve_locked(struct settle_sources *sources, const struct settle_request *request,
		   struct id_range *ret, bool *ret_new, struct reason *why)
{
	struct id_range range = request->fixed;
	bool is_new = !is_there(&sources->book, request);
	int r = 0;

	if (is_new) {
		r = sources_refuse_malformed(sources, why);
		if (r == 0)
			r = choose(sources, request, &range, why);
		if (r == 0)
			r = add_line(&sources->book, request->name, range, why);
	}
	if (r < 0)
		return r;
	*ret = range;
	*ret_new = is_new;
	return 0;
}

int reserve_range(const struct settle_request *request, struct id_range *ret, bool *ret_new,
		  struct reason *why)
{
	CLEANUP(sources_free) struct settle_sources sources = {.asked = false};
	CLEANUP(subid_unlock) struct subid_lock lock = SUBID_LOCK_INIT;
	int r;

	r = check_request(request, why);
	/* What is named is checked against accounts alone. */
	if (r == 0 && request->fixed.count > 0)
		r = accounts_enumerate(&sources.accounts, why);
	else if (r == 0)
		r = sources_ask_taken(&sources, request, why);
	if (r == 0)
		r = sources_lock_and_read(&sources, &lock, why);
	/* useradd(8) may have made an account while we waited for its lock. */
	if (r == 0)
		r = accounts_list_local(&sources.accounts, why);
	return r < 0 ? r : reserve_locked(&sources, request, ret, ret_new, why);
}

struct wanted {
	const char *name;
	struct id_range range; /* count 0: all */
};

static enum line_fate judge(const struct id_entry *entry, const void *argument)
{
	const struct wanted *wanted = argument;

	return is_reserved_for(entry, wanted->name) && (wanted->range.count == 0 ||
							id_range_equal(entry->range, wanted->range))
		       ? LINE_FLAG
		       : LINE_KEEP;
}

static int retire_reserved(const struct id_file *book, const struct wanted *wanted,
			   struct id_set *retired, struct reason *why)
{
	char flag[BOOK_RETIRED_SIZE];
	const struct id_file_change change = {.judge = judge, .argument = wanted, .flag = flag};
	int r = 0;

	for (size_t i = 0; r == 0 && i < book->count; i++)
		if (judge(&book->entries[i], wanted) == LINE_FLAG)
			r = id_set_add(retired, book->entries[i].range);
	if (r < 0)
		return refuse_errno(why, r, "cannot retire ranges");
	if (retired->count == 0)
		return refuse(why, -ENOENT, "nothing%s is reserved for '%s' in %s",
			      wanted->range.count > 0 ? " of that range" : "", wanted->name,
			      book->path);
	book_format_retired(flag);
	return id_file_rewrite(book, &change, why);
}

int unreserve_ranges(const char *name, struct id_range range, struct id_set *ret_retired,
		     struct reason *why)
{
	CLEANUP(sources_free) struct settle_sources sources = {.asked = false};
	CLEANUP(subid_unlock) struct subid_lock lock = SUBID_LOCK_INIT;
	CLEANUP(id_set_free) struct id_set retired = {NULL, 0, 0};
	const struct wanted wanted = {name, range};
	int r;

	r = sources_lock_and_read(&sources, &lock, why);
	if (r == 0)
		r = retire_reserved(&sources.book, &wanted, &retired, why);
	if (r < 0)
		return r;
	*ret_retired = retired;
	retired = (struct id_set){NULL, 0, 0};
	return 0;
}
