/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading, deciding and writing a user's range: see settle.h. Runs as root. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "subid/book.h"
#include "subid/lock.h"
#include "subid/lookup.h"
#include "subid/paths.h"
#include "subid/programs.h"
#include "subid/record.h"
#include "subid/settle.h"
#include "subid/subfile.h"
#include "util/cleanup.h"

static void free_sources(struct settle_sources *sources)
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

static int read_files(struct settle_sources *sources, bool *ret_copies_changed, struct reason *why)
{
	bool book_changed = false;
	int r;

	*ret_copies_changed = false;
	free(sources->source);
	sources->source = NULL;
	r = lookup_source(NSSWITCH_FILE, &sources->source, why);
	if (r == 0)
		r = id_file_refresh(BOOK_FILE, book_parse_entry, &sources->book, &book_changed,
				    why);
	if (r == 0)
		r = id_file_refresh(SUBUID_FILE, subfile_parse_entry, &sources->subuid,
				    ret_copies_changed, why);
	if (r == 0)
		r = id_file_refresh(SUBGID_FILE, subfile_parse_entry, &sources->subgid,
				    ret_copies_changed, why);
	return r;
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
static int ask_libsubid(struct settle_sources *sources, const struct settle_request *request,
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
	r = lookup_ranges(request->name, uids, gids, why);
	if (r == 0 && !sources->source)
		r = lookup_ranges(digits, has_owner(&sources->subuid, digits) ? uids : NULL,
				  has_owner(&sources->subgid, digits) ? gids : NULL, why);
	return r;
}

/* What does not change under shadow's locks, and takes long where the directory is large. */
static int ask_once(struct settle_sources *sources, const struct settle_request *request,
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

/* The last new range, whose ends no directory has been asked about. NULL: nothing is new. */
static const struct user_range *find_new(const struct settlement *settled)
{
	const struct user_range *last;

	if (settled->count == 0)
		return NULL;
	last = &settled->ranges[settled->count - 1];
	return last->in_book || last->adopted ? NULL : last;
}

/*
 * Decides, and again as long as a directory that does not list its users knows an end of what
 * was chosen. Each time that id is one more to keep clear of, so it comes to an end.
 */
static int decide_and_probe(struct settle_sources *sources, const struct settle_request *request,
			    struct settlement *ret, struct reason *why)
{
	bool found = true;
	int r = 0;

	while (r == 0 && found) {
		const struct user_range *range;

		found = false;
		why->text[0] = '\0';
		r = settle_decide(sources, request, ret, why);
		range = r == 0 ? find_new(ret) : NULL;
		if (range)
			r = accounts_probe(range->uids, user_range_gids(range), &sources->accounts,
					   &found, why);
		/* Who has something keeps it, without more. */
		if (r < 0 && range && book_find(&sources->book, request->uid)) {
			sources->unknown = *why;
			found = true;
			r = 0;
		}
	}
	return r;
}

/*
 * A directory may have put a real user into a range since it was given out. What cannot be known
 * changes nothing here: what was given out goes on.
 */
static int check_kept(struct settle_sources *sources, const struct settle_request *request,
		      struct settlement *settled, struct reason *why)
{
	struct reason ignored;
	bool any = false;

	for (size_t i = 0; i < settled->count; i++) {
		const struct user_range *range = &settled->ranges[i];
		bool found = false;

		if (accounts_probe(range->uids, user_range_gids(range), &sources->accounts, &found,
				   &ignored) == 0)
			any |= found;
	}
	return any ? settle_decide(sources, request, settled, why) : 0;
}

/* The files as they are now, and a decision by them. The caller frees sources. */
static int read_and_decide(struct settle_sources *sources, const struct settle_request *request,
			   struct settlement *ret, struct reason *why)
{
	bool changed;
	int r;

	r = read_files(sources, &changed, why);
	/* Not to be taken for what a decision asks for: a file under a lease gives -EAGAIN too. */
	if (r < 0)
		return r;
	/* What libsubid said holds as long as the files are those that it read. */
	if (sources->asked && changed)
		r = ask_libsubid(sources, request, why);
	if (r == 0)
		r = decide_and_probe(sources, request, ret, why);
	if (r != -EAGAIN)
		return r;
	r = ask_libsubid(sources, request, why);
	if (r == 0)
		r = ask_once(sources, request, why);
	/* Who has something keeps it, whatever does not answer. */
	if (r < 0 && !book_find(&sources->book, request->uid))
		return r;
	if (r < 0)
		sources->unknown = *why;
	sources->asked = true;
	return decide_and_probe(sources, request, ret, why);
}

static int settle_locked(struct settle_sources *sources, const struct settle_request *request,
			 struct settlement *ret, struct reason *why)
{
	CLEANUP(subid_unlock) struct subid_lock lock = SUBID_LOCK_INIT;
	int r;

	r = subid_lock(&lock, why);
	if (r == 0)
		r = read_and_decide(sources, request, ret, why);
	if (r == 0)
		r = record_settlement(sources, request, ret, why);
	return r;
}

int settle_range(const struct settle_request *request, struct settlement *ret, struct reason *why)
{
	CLEANUP(free_sources) struct settle_sources sources = {.asked = false};
	struct settlement settled;
	int r;

	r = read_and_decide(&sources, request, &settled, why);
	if (r == 0 && !settlement_is_recorded(&settled))
		r = settle_locked(&sources, request, &settled, why);
	else if (r == 0)
		r = check_kept(&sources, request, &settled, why);
	if (r == 0)
		*ret = settled;
	return r;
}
