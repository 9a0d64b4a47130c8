/* SPDX-License-Identifier: BSD-3-Clause */
/* What a decision about ranges hangs on: see sources.h. Runs as root, or as who asks. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "subid/book.h"
#include "subid/lookup.h"
#include "subid/nsswitch.h"
#include "subid/paths.h"
#include "subid/programs.h"
#include "subid/settle.h"
#include "subid/sources.h"
#include "subid/subfile.h"
#include "util/array.h"

void sources_free(struct settle_sources *sources)
{
	free(sources->source);
	id_file_free(&sources->book);
	id_file_free(&sources->subuid);
	id_file_free(&sources->subgid);
	id_set_free(&sources->lib_uids);
	id_set_free(&sources->lib_gids);
	id_set_free(&sources->avoid);
	accounts_free(&sources->accounts);
}

int sources_try_files(struct settle_sources *sources, bool *ret_copies_changed, struct reason *why)
{
	bool book_changed = false;
	int r;

	*ret_copies_changed = false;
	free(sources->source);
	sources->source = NULL;
	r = nsswitch_subid_source(NSSWITCH_FILE, &sources->source, why);
	if (r == 0)
		r = id_file_refresh(BOOK_FILE, book_parse_entry, &sources->book, &book_changed,
				    why);
	if (r < 0)
		return r;
	id_file_try(SUBUID_FILE, subfile_parse_entry, &sources->subuid, ret_copies_changed);
	id_file_try(SUBGID_FILE, subfile_parse_entry, &sources->subgid, ret_copies_changed);
	return 0;
}

/* Of the copies, the first that could not be read. NULL: both were. */
static const struct id_file *find_unread(const struct settle_sources *sources)
{
	if (sources->subuid.unread.text[0])
		return &sources->subuid;
	return sources->subgid.unread.text[0] ? &sources->subgid : NULL;
}

int sources_read_files(struct settle_sources *sources, struct reason *why)
{
	const struct id_file *unread;
	bool ignored;
	int r;

	r = sources_try_files(sources, &ignored, why);
	unread = r == 0 ? find_unread(sources) : NULL;
	return unread ? refuse(why, -EINVAL, "%s", unread->unread.text) : r;
}

int sources_lock_and_read(struct settle_sources *sources, struct subid_lock *lock,
			  struct reason *why)
{
	int r;

	r = subid_lock(lock, why);
	return r < 0 ? r : sources_read_files(sources, why);
}

/* Is there a line whose owner is a number? To libsubid it is this user's if it is their uid. */
static bool has_owner(const struct id_file *file, const char *owner)
{
	for (size_t i = 0; i < file->count; i++)
		if (slice_equals(file->entries[i].owner, owner))
			return true;
	return false;
}

/* By name, and by uid where a line has it: each look-up reads the whole file again. */
int sources_ask_libsubid(struct settle_sources *sources, const struct settle_request *request,
			 struct reason *why)
{
	/* Libsubid takes a file that is not there for an error; we have just looked. */
	struct id_set *uids = sources->source || sources->subuid.text ? &sources->lib_uids : NULL;
	struct id_set *gids = sources->source || sources->subgid.text ? &sources->lib_gids : NULL;
	char digits[16];
	int r;

	id_set_free(&sources->lib_uids);
	id_set_free(&sources->lib_gids);
	snprintf(digits, sizeof(digits), "%u", request->uid);
	if (sources->source)
		return lookup_ranges_from(sources->source, request->name, uids, gids, why);
	r = lookup_ranges(request->name, uids, gids, why);
	if (r == 0)
		r = lookup_ranges(digits, has_owner(&sources->subuid, digits) ? uids : NULL,
				  has_owner(&sources->subgid, digits) ? gids : NULL, why);
	return r;
}

int sources_ask_taken(struct settle_sources *sources, const struct settle_request *request,
		      struct reason *why)
{
	int r;

	r = programs_add(&sources->avoid);
	if (r < 0)
		return refuse_errno(why, r, "cannot list the ids to avoid");
	r = request->collect_avoid(request->argument, &sources->avoid, why);
	if (r < 0)
		return r;
	return accounts_enumerate(&sources->accounts, why);
}

int sources_refuse_malformed(const struct settle_sources *sources, struct reason *why)
{
	const struct id_file *files[] = {&sources->book, &sources->subuid, &sources->subgid};
	const struct id_file *unread = find_unread(sources);
	unsigned int count = 0;
	struct reason first;

	if (unread)
		return refuse(why, -EINVAL, "no range can be given to anybody new: %s",
			      unread->unread.text);
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		if (count == 0)
			id_file_malformed(files[i], 0, &first);
		count += files[i]->malformed;
	}
	if (count == 0)
		return 0;
	refuse(why, -EINVAL, "no range can be given to anybody new: %s", first.text);
	if (count > 1)
		note(why, "userns check names %u more such lines", count - 1);
	return -EINVAL;
}
