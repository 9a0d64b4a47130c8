/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading, deciding and writing a user's range: see settle.h. Runs as root. */
#include <errno.h>
#include <string.h>

#include "subid/book.h"
#include "subid/lock.h"
#include "subid/lookup.h"
#include "subid/paths.h"
#include "subid/settle.h"
#include "subid/subfile.h"
#include "util/cleanup.h"

static void free_sources(struct settle_sources *sources)
{
	id_file_free(&sources->book);
	id_file_free(&sources->subuid);
	id_file_free(&sources->subgid);
	id_set_free(&sources->lib_uids);
	id_set_free(&sources->lib_gids);
}

static int read_files(struct settle_sources *sources, struct reason *why)
{
	int r;

	r = id_file_read(BOOK_FILE, book_parse_entry, &sources->book, why);
	if (r == 0)
		r = id_file_read(SUBUID_FILE, subfile_parse_entry, &sources->subuid, why);
	if (r == 0)
		r = id_file_read(SUBGID_FILE, subfile_parse_entry, &sources->subgid, why);
	return r;
}

static int ask_libsubid(struct settle_sources *sources, const struct settle_request *request,
			struct reason *why)
{
	int r;

	r = lookup_check_source(NSSWITCH_FILE, why);
	/* Libsubid takes a file that is not there for an error; we have just looked. */
	if (r == 0)
		r = lookup_ranges(request->name, request->uid,
				  sources->subuid.text ? &sources->lib_uids : NULL,
				  sources->subgid.text ? &sources->lib_gids : NULL, why);
	sources->asked_libsubid = r == 0;
	return r;
}

/* The files as they are now, and a decision by them. The caller frees sources. */
static int read_and_decide(struct settle_sources *sources, const struct settle_request *request,
			   struct settlement *ret, struct reason *why)
{
	int r;

	r = read_files(sources, why);
	if (r < 0)
		return r;
	r = settle_decide(sources, request, ret, why);
	if (r != -EAGAIN)
		return r;
	r = ask_libsubid(sources, request, why);
	if (r < 0)
		return r;
	return settle_decide(sources, request, ret, why);
}

/* The book first: the next login completes the copies from it. */
static int record(const struct settle_sources *sources, const struct settle_request *request,
		  const struct settlement *settled, struct reason *why)
{
	char owner[ID_OWNER_SIZE];
	struct id_entry entry = {
		.range = settled->uids,
		.gid_start = settled->gids.start,
		.has_uid = true,
		.uid = request->uid,
		.adopted = settled->adopted,
	};
	int r = 0;

	owner_in_files(request->name, request->uid, owner);
	entry.owner = (struct slice){owner, strlen(owner)};
	if (settled->write_book)
		r = book_append(&sources->book, &entry, why);
	if (r == 0 && settled->write_subuid)
		r = subfile_append(&sources->subuid, entry.owner, settled->uids, why);
	if (r == 0 && settled->write_subgid)
		r = subfile_append(&sources->subgid, entry.owner, settled->gids, why);
	return r;
}

static bool is_recorded(const struct settlement *settled)
{
	return !settled->write_book && !settled->write_subuid && !settled->write_subgid;
}

static int settle_locked(const struct settle_request *request, struct settlement *ret,
			 struct reason *why)
{
	CLEANUP(free_sources) struct settle_sources sources = {.asked_libsubid = false};
	int r;

	r = read_and_decide(&sources, request, ret, why);
	if (r == 0)
		r = record(&sources, request, ret, why);
	return r;
}

int settle_range(const struct settle_request *request, struct settlement *ret, struct reason *why)
{
	CLEANUP(free_sources) struct settle_sources sources = {.asked_libsubid = false};
	CLEANUP(subid_unlock) struct subid_lock lock = SUBID_LOCK_INIT;
	struct settlement settled;
	int r;

	r = read_and_decide(&sources, request, &settled, why);
	if (r == 0 && !is_recorded(&settled)) {
		r = subid_lock(&lock, why);
		if (r == 0)
			r = settle_locked(request, &settled, why);
	}
	if (r == 0)
		*ret = settled;
	return r;
}
