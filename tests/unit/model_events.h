/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happens on the host of test_model.c besides logins: what admins do by hand and by verbs,
 * what useradd writes, and who comes from the directory.
 */
#ifndef TESTS_UNIT_MODEL_EVENTS_H
#define TESTS_UNIT_MODEL_EVENTS_H

#include "subid/book.h"
#include "subid/reserve.h"
#include "subid/retire.h"
#include "subid/subfile.h"
#include "tests/unit/model.h"

/* How many files can be written before the host crashes; negative: all. */
static int writes_left = -1;

/* How often something came of it. */
static struct {
	unsigned int done, unbooked, crashed, refused;
} revoked;
static unsigned int reserved_by_verb;

static void parse_files(struct settle_sources *ret)
{
	static id_entry_parser *const parsers[] = {book_parse_entry, subfile_parse_entry,
						   subfile_parse_entry};
	struct id_file *files[] = {&ret->book, &ret->subuid, &ret->subgid};

	for (size_t i = 0; i < 3; i++) {
		size_t length;
		char *text = load(i, &length);

		assert_int_equal(id_file_parse(world.paths[i], text, length, parsers[i], files[i]),
				 0);
	}
}

static void append(size_t which, const char *line)
{
	size_t length;
	CLEANUP_FREE char *text = load(which, &length);
	char all[1 << 16];
	int n;

	/* Some people's editors end no last line. */
	n = snprintf(all, sizeof(all), "%s%s%s%s", text ? text : "",
		     length && text[length - 1] != '\n' ? "\n" : "", line, one_in(8) ? "" : "\n");
	assert_in_range(n, 1, sizeof(all) - 1);
	store(which, all);
}

/* Rewrites a file line by line; edit gives the line anew, or an empty one for none. */
static void edit_file(size_t which,
		      void edit(const char *line, const void *argument, char ret[static 160]),
		      const void *argument)
{
	size_t length;
	CLEANUP_FREE char *text = load(which, &length);
	char all[1 << 16] = "", *rest = text, *line;
	size_t used = 0;

	if (!text)
		return;
	while ((line = strsep(&rest, "\n"))) {
		char edited[160];

		if (!*line)
			continue;
		edit(line, argument, edited);
		if (*edited)
			used += (size_t)snprintf(all + used, sizeof(all) - used, "%s\n", edited);
	}
	store(which, all);
}

static void drop_name(const char *line, const void *argument, char ret[static 160])
{
	const char *name = argument;
	size_t length = strlen(name);

	snprintf(ret, 160, "%s",
		 strncmp(line, name, length) == 0 && line[length] == ':' ? "" : line);
}

static void drop_line(const char *line, const void *argument, char ret[static 160])
{
	snprintf(ret, 160, "%s", strcmp(line, argument) == 0 ? "" : line);
}

static void retire_line(const char *text, const void *argument, char ret[static 160])
{
	const struct person *person = argument;
	struct line line;

	snprintf(ret, 160, "%s%s", text,
		 read_line(text, &line) && is_of(person, &line) ? ",retired=2026-01-31" : "");
}

/* A line that is in an admin's way: it will be taken away some day. */
static void append_wrong(size_t which, const char *line)
{
	if (world.wrong_count == COUNT_OF(world.wrong))
		return;
	snprintf(world.wrong[world.wrong_count++], sizeof(world.wrong[0]), "%s", line);
	append(which, line);
}

static void mend(void)
{
	for (size_t i = 0; i < world.wrong_count; i++)
		for (size_t which = 0; which < 3; which++)
			edit_file(which, drop_line, world.wrong[i]);
	world.wrong_count = 0;
}

static struct id_range some_range(void)
{
	uint32_t start = world.pool.start + draw(world.pool.count);
	uint32_t room = world.pool.start + world.pool.count - start;
	uint32_t most = room < world.size ? room : world.size;

	return (struct id_range){start, 1 + draw(most)};
}

/* What the lines of the three files take, and no more. */
static void collect_lines(const struct view *view, struct taken *ret)
{
	ret->count = 0;
	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < view->counts[i]; j++) {
			take(ret, view->lines[i][j].ids);
			take(ret, gids_of(&view->lines[i][j]));
		}
}

/* Clear of all lines, of all that ever was handed out, and of people's ids. */
static bool find_clean(struct id_range *ret)
{
	static struct taken taken;
	static struct view view;

	look(&view);
	collect_taken(&view, NULL, &taken);
	for (size_t i = 0; i < world.people_count; i++) {
		take(&taken, (struct id_range){world.people[i].uid, 1});
		take(&taken, (struct id_range){world.people[i].gid, 1});
	}
	for (unsigned int i = 0; i < 20; i++) {
		*ret = some_range();
		if (!is_taken(&taken, *ret))
			return true;
	}
	return false;
}

/* "userns reserve", of a place that is named or chosen: never over a line, or a real id that is
 * known. */
static void reserve_by_verb(void)
{
	static struct view before, after;
	static struct taken taken;
	struct settle_request request = {
		.name = "engine", .pool = world.pool, .size = 1 + draw(world.size)};
	struct settle_sources sources = {.asked = false};
	struct reason why = {""};
	struct id_range range;
	bool is_new;
	int r;

	if (one_in(2)) {
		request.fixed = some_range();
		request.fixed_by = "as named";
	}
	parse_files(&sources);
	look(&before);
	collect_lines(&before, &taken);
	for (size_t i = 0; i < world.real_count; i++) {
		id_set_add(&sources.accounts.uids, (struct id_range){world.real_uids[i], 1});
		take(&taken, (struct id_range){world.real_uids[i], 1});
	}
	r = reserve_locked(&sources, &request, &range, &is_new, &why);
	sources_free(&sources);
	look(&after);
	if (r == 0 && is_new) {
		reserved_by_verb++;
		if (is_taken(&taken, range) || before.malformed)
			fail_here("%u:%u was reserved", range.start, range.count);
		world.held[world.held_count++] = (struct held){NOBODY, range, range};
	}
	if (r < 0 && (!why.text[0] || after.counts[BOOK] != before.counts[BOOK]))
		fail_here("a reservation was refused with %d", r);
}

/* By hand, or by the verb. */
static void reserve(void)
{
	struct id_range range;
	char line[128];
	bool clean;

	if (one_in(2) && world.held_count < HELD / 2) {
		reserve_by_verb();
		return;
	}
	clean = find_clean(&range);
	if (!clean)
		range = some_range();
	snprintf(line, sizeof(line), "program:%u:%u:reserved", range.start, range.count);
	if (clean)
		append(BOOK, line);
	else if (one_in(3))
		append_wrong(BOOK, line);
}

/* What useradd or usermod --add-subuids write; seldom over what others have. */
static void give_lines(size_t person)
{
	struct person *who = &world.people[person];
	struct id_range range, elsewhere;
	bool clean = find_clean(&range) && !one_in(10);
	char line[128], owner[32];

	owner_of(who, owner);
	if (!clean)
		range = some_range();
	elsewhere = range;
	if (one_in(4) && !find_clean(&elsewhere))
		clean = false;
	who->has_extra = true;
	for (size_t half = SUBUID; half <= SUBGID; half++) {
		const struct id_range *ids = half == SUBUID ? &range : &elsewhere;

		snprintf(line, sizeof(line), "%s:%u:%u", owner, ids->start, ids->count);
		if (one_in(8))
			continue;
		if (clean)
			append(half, line);
		else
			append_wrong(half, line);
	}
}

static void garble(void)
{
	append_wrong(draw(3), garbage[draw(COUNT_OF(garbage))]);
}

static void add_real_account(void)
{
	if (world.real_count == COUNT_OF(world.real_uids))
		return;
	world.real_uids[world.real_count] = world.pool.start + draw(world.pool.count);
	world.real_gids[world.real_count] = world.pool.start + draw(world.pool.count);
	world.real_count++;
}

/* Is it what the book has under this uid, whoever had that? */
static bool is_held_by_uid(const struct held *held, uid_t uid)
{
	return held->person != NOBODY && world.people[held->person].uid == uid;
}

/* An admin retires who is gone, and clears the copies, or forgets one for a while. */
static void retire(size_t person)
{
	const uid_t uid = world.people[person].uid;
	static struct view view;

	look(&view);
	edit_file(BOOK, retire_line, &world.people[person]);
	for (size_t i = 0; i < world.held_count; i++) {
		const struct held held = world.held[i];

		if (!is_held_by_uid(&held, uid))
			continue;
		world.held[i].person = NOBODY;
		for (size_t half = SUBUID; half <= SUBGID; half++)
			for (size_t j = 0; j < view.counts[half]; j++) {
				const struct line *line = &view.lines[half][j];

				if (!owns(&world.people[held.person], line) ||
				    !meet(line->ids, half == SUBUID ? held.uids : held.gids))
					continue;
				edit_file(half, drop_line, line->text);
				if (one_in(4))
					append_wrong(half, line->text);
			}
	}
}

static bool same_view(const struct view *a, const struct view *b)
{
	for (size_t i = 0; i < 3; i++) {
		if (a->counts[i] != b->counts[i])
			return false;
		for (size_t j = 0; j < a->counts[i]; j++)
			if (strcmp(a->lines[i][j].text, b->lines[i][j].text) != 0)
				return false;
	}
	return true;
}

/* Has the book a line of theirs with the owner of this copy, or with its uid? */
static bool is_named_in_book(const struct view *view, const struct person *who,
			     const struct line *copy)
{
	for (size_t i = 0; i < view->counts[BOOK]; i++) {
		const struct line *line = &view->lines[BOOK][i];
		char owner[32], digits[16];

		owner_of(who, owner);
		if ((line->has_uid && line->uid == who->uid) || strcmp(line->owner, owner) == 0) {
			snprintf(digits, sizeof(digits), "%u", line->uid);
			if (strcmp(copy->owner, line->owner) == 0 ||
			    (line->has_uid && strcmp(copy->owner, digits) == 0))
				return true;
		}
	}
	return false;
}

static void check_nothing_left(const struct view *view, const struct person *who, bool by_uid)
{
	char owner[32];

	owner_of(who, owner);
	for (size_t i = 0; i < view->counts[BOOK]; i++)
		if (!view->lines[BOOK][i].dead && (strcmp(view->lines[BOOK][i].owner, owner) == 0 ||
						   (by_uid && is_of(who, &view->lines[BOOK][i]))))
			fail_here("'%s' is still %s's", view->lines[BOOK][i].text, who->name);
	for (size_t half = SUBUID; half <= SUBGID; half++)
		for (size_t i = 0; i < view->counts[half]; i++)
			if (by_uid ? owns(who, &view->lines[half][i])
				   : strcmp(view->lines[half][i].owner, owner) == 0)
				fail_here("'%s' is still %s's", view->lines[half][i].text,
					  who->name);
}

/* Is there a line of the file that has all of these ids, of anybody? */
static bool is_on_record(const struct view *view, size_t which, bool gids, struct id_range range)
{
	for (size_t i = 0; i < view->counts[which]; i++) {
		const struct line *line = &view->lines[which][i];

		if (inside(gids ? gids_of(line) : line->ids, range))
			return true;
	}
	return false;
}

/* Whatever came of it: what is no longer in a copy is in the book, or in another copy; nothing goes
 * from the book, and nothing of others' from the copies. */
static void check_revoked(const struct view *before, const struct view *after,
			  const struct person *who)
{
	for (size_t i = 0; i < before->counts[BOOK]; i++)
		if (strncmp(before->lines[BOOK][i].text, after->lines[BOOK][i].text,
			    strlen(before->lines[BOOK][i].text)) != 0)
			fail_here("'%s' went from the book", before->lines[BOOK][i].text);
	for (size_t half = SUBUID; half <= SUBGID; half++)
		for (size_t i = 0, at = 0; i < before->counts[half]; i++) {
			const struct line *line = &before->lines[half][i];

			if (at < after->counts[half] &&
			    strcmp(line->text, after->lines[half][at].text) == 0) {
				at++;
				continue;
			}
			if (!owns(who, line) && !is_named_in_book(before, who, line))
				fail_here("'%s' went with %s's", line->text, who->name);
			if (!is_on_record(after, BOOK, false, line->ids) &&
			    !is_on_record(after, BOOK, true, line->ids) &&
			    !is_on_record(after, half, false, line->ids))
				fail_here("'%s' went from all records", line->text);
		}
}

/* The book is what holds after a crash; what the copies have more is mended some day. */
static void forget_revoked(const struct view *after, const struct person *who)
{
	for (size_t i = 0; i < world.held_count; i++)
		for (size_t j = 0; j < after->counts[BOOK]; j++)
			if (after->lines[BOOK][j].dead &&
			    id_range_equal(after->lines[BOOK][j].ids, world.held[i].uids))
				world.held[i].person = NOBODY;
	for (size_t half = SUBUID; half <= SUBGID; half++)
		for (size_t i = 0; i < after->counts[half]; i++)
			if (owns(who, &after->lines[half][i]) &&
			    world.wrong_count < COUNT_OF(world.wrong))
				snprintf(world.wrong[world.wrong_count++], sizeof(world.wrong[0]),
					 "%s", after->lines[half][i].text);
}

/* "userns revoke", by name and uid, or by the name alone where nobody is called so any more. */
static void revoke_ranges(size_t person, int writes)
{
	const struct person *who = &world.people[person];
	static struct view before, after;
	struct settle_sources sources = {.asked = false};
	CLEANUP(id_set_free) struct id_set retired = {NULL, 0, 0};
	struct reason why = {""};
	char owner[32];
	const struct retiree retiree = {
		.owner = owner, .has_uid = !who->gone || one_in(2), .uid = who->uid};
	int r;

	owner_of(who, owner);
	look(&before);
	parse_files(&sources);
	writes_left = writes;
	r = retire_locked(&sources, &retiree, &retired, &why);
	writes_left = -1;
	sources_free(&sources);
	look(&after);
	check_revoked(&before, &after, who);
	revoked.done += r == 0;
	revoked.unbooked += after.counts[BOOK] > before.counts[BOOK];
	revoked.crashed += r == -EIO;
	revoked.refused += r == -EEXIST;
	if (r < 0 && !why.text[0])
		fail_here("revoking is refused without a reason: %d", r);
	if ((r == -ENOENT || r == -EEXIST) && !same_view(&before, &after))
		fail_here("a refusal changed the files");
	if (r == 0)
		check_nothing_left(&after, who, retiree.has_uid);
	forget_revoked(&after, who);
}

#endif
