/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The model of test_model.c: a host's users, what was handed out to them ever, what the three files
 * say, read by other code than the one under test, and what a login has to give, found by trying.
 */
#ifndef TESTS_UNIT_MODEL_H
#define TESTS_UNIT_MODEL_H

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "subid/range.h"
#include "tests/unit/unit.h"
#include "util/cleanup.h"

enum { PEOPLE = 64, HELD = 256, LINES = 512, RANGES = 2048 };

/* Xorshift. */
static uint32_t seed;

static inline uint32_t draw(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % below;
}

static inline bool one_in(uint32_t n)
{
	return draw(n) == 0;
}

/* A line of a file, as the model reads it. */
struct line {
	char text[128];
	char owner[32];
	struct id_range ids;
	uint32_t gid_start;
	bool has_uid, dead; /* reserved or retired */
	uid_t uid;
};

enum { BOOK, SUBUID, SUBGID };

struct view {
	struct line lines[3][LINES];
	size_t counts[3];
	bool malformed;
};

struct person {
	const char *name;
	uid_t uid;
	gid_t gid;
	bool gone;
	bool listed;	       /* by NSS, when it is asked for all users */
	struct id_range fixed; /* by the policy; count 0: none */
	bool has_extra;	       /* lines in shadow's files that no login has seen */
};

#define NOBODY SIZE_MAX

/* What was handed out, in this order, and is never taken back. */
struct held {
	size_t person; /* NOBODY: retired */
	struct id_range uids, gids;
};

static struct world {
	char dir[40];
	char paths[3][64];
	struct person people[PEOPLE];
	size_t people_count;
	struct held held[HELD];
	size_t held_count;
	struct id_range avoid[3];
	size_t avoid_count;
	uint32_t real_uids[16], real_gids[16]; /* besides the people's */
	size_t real_count;
	char wrong[32][128]; /* lines that are somebody's mistake, and will be mended */
	size_t wrong_count;
	struct id_range pool;
	uint32_t size;
	bool by_uid;
	uint32_t sequence, step;
	const char *doing;
} world;

/* For people: where in the run it happened. What the files say is printed. */
__attribute__((format(printf, 1, 2), noreturn)) static void fail_here(const char *format, ...)
{
	char why[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	for (size_t i = 0; i < 3; i++) {
		CLEANUP_FILE FILE *file = fopen(world.paths[i], "re");
		char text[256];

		print_error("--- %s\n", strrchr(world.paths[i], '/') + 1);
		while (file && fgets(text, sizeof(text), file))
			print_error("%s", text);
	}
	fail_msg("seed %u, step %u, %s: %s", world.sequence, world.step, world.doing, why);
	abort();
}

/* The files. */

static inline char *load(size_t which, size_t *ret_length)
{
	CLEANUP_FD int fd = open(world.paths[which], O_RDONLY | O_CLOEXEC);
	char *text = calloc(1, 1 << 16);
	ssize_t n;

	assert_non_null(text);
	*ret_length = 0;
	if (fd < 0) {
		free(text);
		return NULL;
	}
	n = read(fd, text, (1 << 16) - 1);
	assert_true(n >= 0);
	*ret_length = (size_t)n;
	return text;
}

static inline void store(size_t which, const char *text)
{
	CLEANUP_FD int fd =
		open(world.paths[which], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static inline bool flag_is(const char *flags, const char *name, const char **ret_value)
{
	size_t length = strlen(name);

	for (const char *at = flags; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
		if (strncmp(at, name, length) == 0) {
			if (ret_value)
				*ret_value = at + length;
			return true;
		}
	return false;
}

/* Lines that make a file malformed, whichever of the three it is. */
static const char *const garbage[] = {"x", "a:1", "alice:524288:65536:colour", "b:1:0",
				      "alice:4294967295:1"};

static inline bool read_line(const char *text, struct line *ret)
{
	const char *flags, *value;
	int n = 0;

	for (size_t i = 0; i < COUNT_OF(garbage); i++)
		if (strcmp(text, garbage[i]) == 0)
			return false;
	memset(ret, 0, sizeof(*ret));
	snprintf(ret->text, sizeof(ret->text), "%s", text);
	if (sscanf(text, "%31[^:]:%" SCNu32 ":%" SCNu32 "%n", ret->owner, &ret->ids.start,
		   &ret->ids.count, &n) != 3)
		return false;
	ret->gid_start = ret->ids.start;
	flags = text + n;
	if (*flags != ':')
		return *flags == '\0';
	flags++;
	if (flag_is(flags, "uid=", &value)) {
		ret->has_uid = true;
		ret->uid = (uid_t)strtoul(value, NULL, 10);
	}
	if (flag_is(flags, "gid=", &value))
		ret->gid_start = (uint32_t)strtoul(value, NULL, 10);
	ret->dead = flag_is(flags, "retired=", NULL) || flag_is(flags, "reserved", NULL);
	return true;
}

static inline void look(struct view *ret)
{
	ret->malformed = false;
	for (size_t i = 0; i < 3; i++) {
		size_t length;
		CLEANUP_FREE char *text = load(i, &length);
		char *rest = text, *line;

		ret->counts[i] = 0;
		while (rest && (line = strsep(&rest, "\n"))) {
			if (!*line)
				continue;
			assert_true(ret->counts[i] < LINES);
			if (read_line(line, &ret->lines[i][ret->counts[i]]))
				ret->counts[i]++;
			else
				ret->malformed = true;
		}
	}
}

static inline struct id_range gids_of(const struct line *line)
{
	return (struct id_range){line->gid_start, line->ids.count};
}

/* Counted in 64 bits, unlike the code under test. */
static inline bool meet(struct id_range a, struct id_range b)
{
	return a.start < (uint64_t)b.start + b.count && b.start < (uint64_t)a.start + a.count;
}

static inline bool inside(struct id_range outer, struct id_range inner)
{
	return outer.start <= inner.start &&
	       (uint64_t)inner.start + inner.count <= (uint64_t)outer.start + outer.count;
}

static inline bool is_digits(const char *text)
{
	return text[strspn(text, "0123456789")] == '\0';
}

static inline void owner_of(const struct person *person, char ret[static 32])
{
	if (is_digits(person->name) || strchr(person->name, ' '))
		snprintf(ret, 32, "%u", person->uid);
	else
		snprintf(ret, 32, "%s", person->name);
}

/* Is a line of shadow's files this person's? */
static inline bool owns(const struct person *person, const struct line *line)
{
	char digits[16];

	if (!is_digits(line->owner))
		return strcmp(line->owner, person->name) == 0;
	snprintf(digits, sizeof(digits), "%u", person->uid);
	return strcmp(line->owner, digits) == 0;
}

static inline bool is_of(const struct person *person, const struct line *line)
{
	return line->has_uid && !line->dead && line->uid == person->uid;
}

static inline bool is_of_namesake(const struct person *person, const struct line *line)
{
	return line->has_uid && !line->dead && line->uid != person->uid &&
	       !is_digits(line->owner) && strcmp(line->owner, person->name) == 0;
}

/* What is taken, of whatever kind, as seen by one person. */

struct taken {
	struct id_range ranges[RANGES];
	size_t count;
};

static inline void take(struct taken *taken, struct id_range range)
{
	assert_true(taken->count < RANGES);
	taken->ranges[taken->count++] = range;
}

static inline bool is_taken(const struct taken *taken, struct id_range range)
{
	for (size_t i = 0; i < taken->count; i++)
		if (meet(taken->ranges[i], range))
			return true;
	return false;
}

static inline void collect_taken(const struct view *view, const struct person *person,
				 struct taken *ret)
{
	ret->count = 0;
	take(ret, (struct id_range){0, 65536});
	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < view->counts[i]; j++) {
			take(ret, view->lines[i][j].ids);
			take(ret, gids_of(&view->lines[i][j]));
		}
	for (size_t i = 0; i < world.avoid_count; i++)
		take(ret, world.avoid[i]);
	for (size_t i = 0; i < world.real_count; i++) {
		take(ret, (struct id_range){world.real_uids[i], 1});
		take(ret, (struct id_range){world.real_gids[i], 1});
	}
	for (size_t i = 0; i < world.people_count; i++)
		if (&world.people[i] == person ||
		    (world.people[i].listed && !world.people[i].gone)) {
			take(ret, (struct id_range){world.people[i].uid, 1});
			take(ret, (struct id_range){world.people[i].gid, 1});
		}
}

static inline uint64_t aligned(uint64_t start, uint32_t count)
{
	return count % 65536 ? start : (start + 65535) / 65536 * 65536;
}

/* A range begins where the pool does, or behind something: the lowest such place that is free. */
static inline bool find_place(const struct taken *taken, uint32_t count, struct id_range *ret)
{
	uint64_t best = UINT64_MAX;

	for (size_t i = 0; i <= taken->count; i++) {
		uint64_t start = world.pool.start;

		if (i < taken->count)
			start = (uint64_t)taken->ranges[i].start + taken->ranges[i].count;
		start = aligned(start, count);
		if (start < world.pool.start || start >= best ||
		    start + count > (uint64_t)world.pool.start + world.pool.count)
			continue;
		if (!is_taken(taken, (struct id_range){(uint32_t)start, count}))
			best = start;
	}
	*ret = (struct id_range){(uint32_t)best, count};
	return best != UINT64_MAX;
}

static inline bool find_slot(const struct taken *taken, uid_t uid, uint32_t count,
			     struct id_range *ret)
{
	uint64_t first = aligned(world.pool.start, count);
	uint64_t end = (uint64_t)world.pool.start + world.pool.count;
	uint64_t slots = first < end ? (end - first) / count : 0;

	if (slots == 0)
		return false;
	*ret = (struct id_range){(uint32_t)(first + uid % slots * count), count};
	return !is_taken(taken, *ret);
}

/* What a login has to give. */

enum fate { GIVES, REFUSES, EITHER };

struct forecast {
	enum fate fate;
	struct held has[64];
	size_t count;
	bool full;   /* the size is not reached */
	bool asked;  /* something new is to be given */
	bool adopts; /* has is not in the book */
};

static inline uint32_t size_for(const struct person *person)
{
	return person->fixed.count ? person->fixed.count : world.size;
}

/* Had somebody else the name? Then nobody can tell whose a line is. */
static inline bool was_anothers(const struct view *view, const struct person *person)
{
	for (size_t i = 0; i < view->counts[BOOK]; i++)
		if (is_of_namesake(person, &view->lines[BOOK][i]))
			return true;
	return false;
}

/* What shadow's files give: only where both are alike, as all else is for other tests. */
static inline enum fate forecast_adoption(const struct view *view, const struct person *person,
					  struct forecast *ret)
{
	size_t gids = 0;

	if (was_anothers(view, person))
		return GIVES;
	for (size_t i = 0; i < view->counts[SUBUID]; i++) {
		const struct line *line = &view->lines[SUBUID][i];

		if (owns(person, line))
			ret->has[ret->count++] =
				(struct held){.uids = line->ids, .gids = line->ids};
	}
	for (size_t i = 0; i < view->counts[SUBGID]; i++) {
		const struct line *line = &view->lines[SUBGID][i];

		if (!owns(person, line))
			continue;
		if (gids == ret->count ||
		    memcmp(&ret->has[gids].uids, &line->ids, sizeof(line->ids)) != 0)
			return EITHER;
		gids++;
	}
	for (size_t i = 0; i < ret->count; i++)
		for (size_t j = 0; j < i; j++)
			if (meet(ret->has[i].uids, ret->has[j].uids))
				return EITHER;
	return gids == ret->count ? GIVES : EITHER;
}

static inline bool own_id_is_taken(const struct view *view, const struct person *person)
{
	const struct id_range uid = {person->uid, 1}, gid = {person->gid, 1};

	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < view->counts[i]; j++) {
			const struct line *line = &view->lines[i][j];

			if ((i != SUBGID && meet(line->ids, uid)) ||
			    (i != SUBUID && meet(gids_of(line), gid)))
				return true;
		}
	return false;
}

static inline bool is_real(struct id_range ids, bool groups)
{
	for (size_t i = 0; i < world.real_count; i++)
		if (meet(ids,
			 (struct id_range){groups ? world.real_gids[i] : world.real_uids[i], 1}))
			return true;
	for (size_t i = 0; i < world.people_count; i++) {
		const struct person *other = &world.people[i];

		if (other->listed && !other->gone &&
		    meet(ids, (struct id_range){groups ? other->gid : other->uid, 1}))
			return true;
	}
	return false;
}

static inline bool meets_others(const struct view *view, const struct person *person,
				const struct held *held)
{
	for (size_t i = 0; i < view->counts[BOOK]; i++) {
		const struct line *line = &view->lines[BOOK][i];

		if (!is_of(person, line) &&
		    (meet(line->ids, held->uids) || meet(gids_of(line), held->gids)))
			return true;
	}
	for (size_t i = 0; i < view->counts[SUBUID]; i++)
		if (!owns(person, &view->lines[SUBUID][i]) &&
		    meet(view->lines[SUBUID][i].ids, held->uids))
			return true;
	for (size_t i = 0; i < view->counts[SUBGID]; i++)
		if (!owns(person, &view->lines[SUBGID][i]) &&
		    meet(view->lines[SUBGID][i].ids, held->gids))
			return true;
	return held->uids.start < 65536 || held->gids.start < 65536;
}

/* What is new; false: nothing can be. */
static inline bool forecast_new(const struct view *view, const struct person *person, uint64_t has,
				struct id_range *ret)
{
	static struct taken taken;
	uint32_t count = (uint32_t)(size_for(person) - has);

	if (view->malformed)
		return false;
	collect_taken(view, person, &taken);
	if (person->fixed.count) {
		*ret = person->fixed;
		return !is_taken(&taken, *ret);
	}
	return world.by_uid ? find_slot(&taken, person->uid, count, ret)
			    : find_place(&taken, count, ret);
}

static inline enum fate forecast_fate(const struct view *view, const struct person *person,
				      struct forecast *ret)
{
	struct id_range range;
	char owner[32];
	uint64_t has = 0;

	owner_of(person, owner);
	for (size_t i = 0; i < view->counts[BOOK]; i++) {
		const struct line *line = &view->lines[BOOK][i];

		if (!is_of(person, line))
			continue;
		if (strcmp(line->owner, owner) != 0)
			return REFUSES;
		ret->has[ret->count++] = (struct held){.uids = line->ids, .gids = gids_of(line)};
	}
	ret->adopts = ret->count == 0;
	if (ret->adopts && view->malformed)
		return REFUSES;
	if (ret->adopts && forecast_adoption(view, person, ret) != GIVES)
		return EITHER;
	for (size_t i = 0; i < ret->count; i++)
		has += ret->has[i].uids.count;
	/* By these two there is one range, and no other. */
	ret->full =
		has < size_for(person) && (has == 0 || (!world.by_uid && person->fixed.count == 0));
	ret->asked = ret->adopts || ret->full;
	for (size_t i = 0; i < ret->count; i++)
		if (meets_others(view, person, &ret->has[i]) ||
		    (ret->asked &&
		     (is_real(ret->has[i].uids, false) || is_real(ret->has[i].gids, true))))
			return REFUSES;
	if (own_id_is_taken(view, person))
		return REFUSES;
	if (ret->full && forecast_new(view, person, has, &range)) {
		ret->has[ret->count++] = (struct held){.uids = range, .gids = range};
		ret->full = false;
	}
	return ret->count > 0 ? GIVES : REFUSES;
}

#endif
