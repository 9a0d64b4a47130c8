/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading, deciding and writing a user's range: see settle.h. Runs as root. */
#include <errno.h>

#include "subid/book.h"
#include "subid/conflict.h"
#include "subid/decide.h"
#include "subid/lock.h"
#include "subid/newcomers.h"
#include "subid/record.h"
#include "subid/settle.h"
#include "util/array.h"
#include "util/cleanup.h"

/* Are its ends ids that we chose, in whole or in part? */
static bool is_new(const struct user_range *range)
{
	return !range->in_book && (!range->adopted || range->is_half);
}

/* Asks a directory that does not list its users about the ends of what is new. */
static int probe_new(struct settle_sources *sources, const struct settlement *settled,
		     bool *ret_found, struct reason *why)
{
	bool found = false;
	int r = 0;

	for (size_t i = 0; r == 0 && !found && i < settled->count; i++) {
		const struct user_range *range = &settled->ranges[i];

		if (is_new(range))
			r = accounts_probe(range->uids, user_range_gids(range), &sources->accounts,
					   &found, why);
	}
	if (r == 0)
		*ret_found = found;
	return r;
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
		bool decided;

		found = false;
		why->text[0] = '\0';
		r = settle_decide(sources, request, ret, why);
		decided = r == 0;
		if (decided)
			r = probe_new(sources, ret, &found, why);
		/* Who has something keeps it, without more. */
		if (r < 0 && decided && book_find(&sources->book, request->uid)) {
			sources->unknown = *why;
			found = true;
			r = 0;
		}
	}
	return r;
}

/* Is one of the user's ranges known to hold a real account? */
static bool holds_account(const struct accounts *accounts, const struct settlement *settled)
{
	struct id_range met;

	for (size_t i = 0; i < settled->count; i++)
		if (id_set_meets(&accounts->uids, settled->ranges[i].uids, &met) ||
		    id_set_meets(&accounts->gids, user_range_gids(&settled->ranges[i]), &met))
			return true;
	return false;
}

/*
 * A real account may have come into a range since that was given out. What cannot be known changes
 * nothing here: what was given out goes on.
 */
static int check_kept(struct settle_sources *sources, const struct settle_request *request,
		      struct settlement *settled, struct reason *why)
{
	struct accounts *accounts = &sources->accounts;
	struct reason ignored;
	bool found;

	accounts_list_local(accounts, &ignored);
	newcomers_add(accounts, &ignored);
	for (size_t i = 0; i < settled->count; i++) {
		const struct user_range *range = &settled->ranges[i];

		accounts_probe(range->uids, user_range_gids(range), accounts, &found, &ignored);
	}
	return holds_account(accounts, settled) ? settle_decide(sources, request, settled, why) : 0;
}

/* The files as they are now, and a decision by them. The caller frees sources. */
static int read_and_decide(struct settle_sources *sources, const struct settle_request *request,
			   struct settlement *ret, struct reason *why)
{
	bool changed;
	int r;

	r = sources_try_files(sources, &changed, why);
	/* Not to be taken for what a decision asks for: a file under a lease gives -EAGAIN too. */
	if (r < 0)
		return r;
	/* What libsubid said holds as long as the files are those that it read. */
	if (sources->asked && changed)
		r = sources_ask_libsubid(sources, request, why);
	if (r == 0)
		r = decide_and_probe(sources, request, ret, why);
	if (r != -EAGAIN)
		return r;
	r = sources_ask_libsubid(sources, request, why);
	if (r == 0)
		r = sources_ask_taken(sources, request, why);
	/* Who has something keeps it, whatever does not answer. */
	if (r < 0 && !book_find(&sources->book, request->uid))
		return r;
	if (r < 0)
		sources->unknown = *why;
	sources->asked = true;
	return decide_and_probe(sources, request, ret, why);
}

/* useradd(8) may have made an account while we waited for its lock. */
static int list_newest(struct settle_sources *sources, const struct settle_request *request,
		       struct reason *why)
{
	struct reason cause = {.text = ""};
	int r;

	r = accounts_list_local(&sources->accounts, &cause);
	if (r == 0)
		return 0;
	/* Who has something keeps it, without more. */
	if (book_find(&sources->book, request->uid)) {
		sources->unknown = cause;
		return 0;
	}
	*why = cause;
	return r;
}

static int settle_locked(struct settle_sources *sources, const struct settle_request *request,
			 struct settlement *ret, struct reason *why)
{
	CLEANUP(subid_unlock) struct subid_lock lock = SUBID_LOCK_INIT;
	int r;

	r = subid_lock(&lock, why);
	if (r == 0)
		r = list_newest(sources, request, why);
	if (r == 0)
		r = read_and_decide(sources, request, ret, why);
	if (r == 0)
		r = record_settlement(sources, request, ret, why);
	return r;
}

/* What there is, or what it would be; *ret_recorded: is that all written already? */
static int settle_unlocked(struct settle_sources *sources, const struct settle_request *request,
			   struct settlement *ret, bool *ret_recorded, struct reason *why)
{
	int r;

	r = read_and_decide(sources, request, ret, why);
	if (r < 0)
		return r;
	*ret_recorded = settlement_is_recorded(ret);
	return *ret_recorded ? check_kept(sources, request, ret, why) : 0;
}

static void note_unread(const struct settle_sources *sources, struct reason *why)
{
	const struct id_file *copies[] = {&sources->subuid, &sources->subgid};

	for (size_t i = 0; i < COUNT_OF(copies); i++)
		if (copies[i]->unread.text[0])
			note(why, "what the book gives was not compared with a copy: %s",
			     copies[i]->unread.text);
}

int settle_preview(const struct settle_request *request, struct settlement *ret, struct reason *why)
{
	CLEANUP(sources_free) struct settle_sources sources = {.asked = false};
	struct settlement settled;
	bool recorded;
	int r;

	r = settle_unlocked(&sources, request, &settled, &recorded, why);
	if (r < 0)
		return r;
	note_unread(&sources, why);
	*ret = settled;
	return 0;
}

/* Whose own ids lie in a range: who has that is to be refused as well, from the next login on. */
static void record_newcomer(const struct settle_sources *sources,
			    const struct settle_request *request, struct reason *why)
{
	struct reason cause;

	if (check_own_ids(sources, request, &cause) == -EEXIST &&
	    newcomers_record(request->uid, &cause) < 0)
		note(why, "%s", cause.text);
}

int settle_range(const struct settle_request *request, struct settlement *ret, struct reason *why)
{
	CLEANUP(sources_free) struct settle_sources sources = {.asked = false};
	struct settlement settled;
	bool recorded;
	int r;

	r = settle_unlocked(&sources, request, &settled, &recorded, why);
	if (r == 0 && !recorded)
		r = settle_locked(&sources, request, &settled, why);
	if (r < 0) {
		record_newcomer(&sources, request, why);
		return r;
	}
	note_unread(&sources, why);
	*ret = settled;
	return 0;
}
