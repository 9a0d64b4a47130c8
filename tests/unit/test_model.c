/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random lives of a host's users, each step checked against a model. The seed is fixed, so that a
 * failure comes again; it and the step are named.
 */
#include <sys/stat.h>
#include <sys/syscall.h>

#include "subid/book.h"
#include "subid/decide.h"
#include "subid/record.h"
#include "subid/subfile.h"
#include "tests/unit/model.h"
#include "tests/unit/model_events.h"
#include "tests/unit/parsed.h"

/* As many as a quick run takes; MODEL_SEQUENCES and MODEL_STEPS are for a longer one. */
enum { SEQUENCES = 2500, STEPS = 60 };

/* In libc's place: util/file writes by renaming, so a crash is a rename that does not come. */
int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	if (writes_left == 0) {
		errno = EIO;
		return -1;
	}
	writes_left -= writes_left > 0;
	return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, 0);
}

/* In libc's place: nothing here outlives the test. */
int fsync(int fd)
{
	(void)fd;
	return 0;
}

static uint32_t setting(const char *name, uint32_t usual)
{
	const char *text = getenv(name);

	return text ? (uint32_t)strtoul(text, NULL, 10) : usual;
}

/* How often something came of it: a run in which nothing happens proves nothing. */
static struct {
	unsigned int given, grown, kept_short, adopted, retired, completed, crashed;
	unsigned int refused, refused_malformed, refused_full, unforeseen, by_uid, largest;
} seen;

/* What a login gave. */

/* Invariant 1, for a range that is new to a person, by who had what ever. */
static void check_new(size_t person, const struct held *new, bool chosen)
{
	const struct person *who = &world.people[person];
	char what[64];

	snprintf(what, sizeof(what), "%u+%u (gids from %u)", new->uids.start, new->uids.count,
		 new->gids.start);
	for (size_t i = 0; i < world.held_count; i++) {
		const struct held *old = &world.held[i];

		if (meet(old->uids, new->uids) || meet(old->gids, new->gids) ||
		    (chosen && (meet(old->uids, new->gids) || meet(old->gids, new->uids))))
			fail_here("%s got %s, and %s has or had %u+%u", who->name, what,
				  old->person == NOBODY ? "somebody"
							: world.people[old->person].name,
				  old->uids.start, old->uids.count);
	}
	if (meet(new->uids, (struct id_range){who->uid, 1}) ||
	    meet(new->gids, (struct id_range){who->gid, 1}))
		fail_here("%s got %s with their own id in it", who->name, what);
	if (is_real(new->uids, false) || is_real(new->gids, true))
		fail_here("%s got %s with a real id in it", who->name, what);
	for (size_t i = 0; chosen && i < world.avoid_count; i++)
		if (meet(new->uids, world.avoid[i]))
			fail_here("%s got %s, which is to be avoided", who->name, what);
	if (chosen && new->uids.start != new->gids.start)
		fail_here("%s got %s", who->name, what);
	if (chosen && who->fixed.count == 0 &&
	    (!inside(world.pool, new->uids) ||
	     (new->uids.count % 65536 == 0 && new->uids.start % 65536)))
		fail_here("%s got %s, outside the pool or not aligned", who->name, what);
}

/* What the book has of a person since: it is handed out, also if the host crashed on it. */
static void learn(const struct view *before, const struct view *after, size_t person)
{
	const struct person *who = &world.people[person];
	size_t known = 0;
	char owner[32];

	owner_of(who, owner);
	for (size_t i = 0; i < after->counts[BOOK]; i++) {
		const struct line *line = &after->lines[BOOK][i];
		struct held held = {person, line->ids, gids_of(line)};

		if (!is_of(who, line) || strcmp(line->owner, owner) != 0)
			continue;
		while (known < world.held_count && world.held[known].person != person)
			known++;
		if (known < world.held_count) {
			if (memcmp(&world.held[known], &held, sizeof(held)) != 0)
				fail_here("%s's range became %u+%u", who->name, line->ids.start,
					  line->ids.count);
			known++;
			continue;
		}
		if (before->malformed)
			fail_here("%s got %u+%u while a line was malformed", who->name,
				  line->ids.start, line->ids.count);
		check_new(person, &held, !flag_is(strrchr(line->text, ':') + 1, "adopted", NULL));
		assert_true(world.held_count < HELD);
		world.held[world.held_count++] = held;
		known = world.held_count;
	}
	for (; known < world.held_count; known++)
		if (world.held[known].person == person)
			fail_here("%s lost %u+%u", who->name, world.held[known].uids.start,
				  world.held[known].uids.count);
}

static bool covers(const struct view *view, size_t which, const struct person *person,
		   struct id_range range)
{
	for (size_t i = 0; i < view->counts[which]; i++)
		if (owns(person, &view->lines[which][i]) &&
		    inside(view->lines[which][i].ids, range))
			return true;
	return false;
}

/* The copies give a person what the book does, and nothing of anybody else's. */
static void check_copies(const struct view *view, size_t person)
{
	const struct person *who = &world.people[person];

	for (size_t i = 0; i < world.held_count; i++) {
		const struct held *held = &world.held[i];

		if (held->person == person) {
			if (!covers(view, SUBUID, who, held->uids) ||
			    !covers(view, SUBGID, who, held->gids))
				fail_here("%s's %u+%u is not in the copies", who->name,
					  held->uids.start, held->uids.count);
			continue;
		}
		for (size_t half = SUBUID; world.wrong_count == 0 && half <= SUBGID; half++)
			for (size_t j = 0; j < view->counts[half]; j++)
				if (owns(who, &view->lines[half][j]) &&
				    meet(view->lines[half][j].ids,
					 half == SUBUID ? held->uids : held->gids))
					fail_here("%s has '%s', which was somebody else's",
						  who->name, view->lines[half][j].text);
	}
}

/* The book is written first, so whatever a crash leaves, the copies have nothing that it lacks. */
static bool is_in_book(const struct view *view, size_t half, const struct person *person,
		       const struct line *copy)
{
	for (size_t i = 0; i < view->counts[BOOK]; i++) {
		const struct line *line = &view->lines[BOOK][i];

		if (is_of(person, line) &&
		    inside(half == SUBUID ? line->ids : gids_of(line), copy->ids))
			return true;
	}
	return false;
}

/* All that is others' is there, as it was and where it was; what is new is this person's. */
static void check_others(const struct view *before, const struct view *after,
			 const struct person *who)
{
	char owner[32];

	owner_of(who, owner);
	for (size_t i = 0; i < 3; i++) {
		size_t at = 0;

		for (size_t j = 0; j < before->counts[i]; j++) {
			const struct line *line = &before->lines[i][j];

			if (strcmp(line->text, after->lines[i][at].text) == 0 &&
			    at < after->counts[i]) {
				at++;
				continue;
			}
			if (i != BOOK && was_anothers(before, who) &&
			    strcmp(line->owner, owner) == 0)
				continue;
			if (i == BOOK && is_of_namesake(who, line) && at < after->counts[i] &&
			    after->lines[i][at].dead &&
			    strncmp(line->text, after->lines[i][at].text, strlen(line->text)) ==
				    0) {
				at++;
				continue;
			}
			fail_here("at %s's login '%s' was lost", who->name, line->text);
		}
		for (; at < after->counts[i]; at++)
			if (i == BOOK ? !is_of(who, &after->lines[i][at])
				      : !owns(who, &after->lines[i][at]) ||
						!is_in_book(after, i, who, &after->lines[i][at]))
				fail_here("at %s's login '%s' was added", who->name,
					  after->lines[i][at].text);
	}
}

static void check_success(const struct settlement *settled, const struct forecast *forecast,
			  const struct view *after, size_t person, const struct reason *why)
{
	const struct person *who = &world.people[person];
	size_t count = 0;

	for (size_t i = 0; i < world.held_count; i++) {
		const struct held *held = &world.held[i];

		if (held->person != person)
			continue;
		if (count >= settled->count ||
		    memcmp(&settled->ranges[count].uids, &held->uids, sizeof(held->uids)) != 0 ||
		    settled->ranges[count].gid_start != held->gids.start)
			fail_here("%s was not given %u+%u", who->name, held->uids.start,
				  held->uids.count);
		count++;
	}
	if (count != settled->count)
		fail_here("%s was given %zu ranges of %zu", who->name, settled->count, count);
	for (size_t i = 0; settled->retire_name && i < after->counts[BOOK]; i++)
		if (is_of_namesake(who, &after->lines[BOOK][i]))
			fail_here("'%s' is not retired", after->lines[BOOK][i].text);
	check_copies(after, person);
	if (forecast->fate != GIVES)
		return;
	for (size_t i = 0; i < forecast->count; i++)
		if (i >= settled->count || memcmp(&settled->ranges[i].uids, &forecast->has[i].uids,
						  sizeof(struct id_range)) != 0)
			fail_here("%s should have %u+%u", who->name, forecast->has[i].uids.start,
				  forecast->has[i].uids.count);
	if (forecast->count != settled->count || forecast->full != (why->text[0] != '\0'))
		fail_here("%s has %zu ranges instead of %zu: '%s'", who->name, settled->count,
			  forecast->count, why->text);
}

/* A login, as settle_range() has it. */

static void answer(const struct view *view, const struct person *person, struct settle_sources *ret)
{
	struct id_set *sets[] = {NULL, &ret->lib_uids, &ret->lib_gids};

	for (size_t half = SUBUID; half <= SUBGID; half++)
		for (size_t i = 0; i < view->counts[half]; i++) {
			struct id_range met, range = view->lines[half][i].ids;

			/* Each once; and, as libsubid sometimes does, a stranger's. */
			if ((owns(person, &view->lines[half][i]) || one_in(50)) &&
			    !(id_set_meets(sets[half], range, &met) && id_range_equal(met, range)))
				id_set_add(sets[half], range);
		}
	for (size_t i = 0; i < world.avoid_count; i++)
		id_set_add(&ret->avoid, world.avoid[i]);
	for (size_t i = 0; i < world.real_count; i++) {
		id_set_add(&ret->accounts.uids, (struct id_range){world.real_uids[i], 1});
		id_set_add(&ret->accounts.gids, (struct id_range){world.real_gids[i], 1});
	}
	for (size_t i = 0; i < world.people_count; i++)
		if (world.people[i].listed && !world.people[i].gone) {
			id_set_add(&ret->accounts.uids, (struct id_range){world.people[i].uid, 1});
			id_set_add(&ret->accounts.gids, (struct id_range){world.people[i].gid, 1});
		}
	ret->asked = true;
}

/* Decides, and writes as many files as writes says. *ret_decided: was it a decision to give? */
static int settle(const struct view *view, const struct person *person, int writes,
		  struct settlement *ret, bool *ret_decided, struct reason *why)
{
	const struct settle_request request = {.name = person->name,
					       .uid = person->uid,
					       .gid = person->gid,
					       .pool = world.pool,
					       .size = size_for(person),
					       .by_uid = world.by_uid,
					       .fixed = person->fixed,
					       .fixed_by = "range ="};
	struct settle_sources sources = {.asked = false};
	struct reason written = {""};
	int r;

	parse_files(&sources);
	r = settle_decide(&sources, &request, ret, why);
	if (r == -EAGAIN) {
		answer(view, person, &sources);
		r = settle_decide(&sources, &request, ret, why);
	}
	*ret_decided = r == 0;
	if (r < 0 && !why->text[0])
		fail_here("%s is refused without a reason: %d", person->name, r);
	if (r == 0 && !settlement_is_recorded(ret)) {
		writes_left = writes;
		r = record_settlement(&sources, &request, ret, &written);
		writes_left = -1;
	}
	sources_free(&sources);
	return r;
}

static void count_login(const struct view *before, const struct forecast *forecast,
			const struct settlement *settled, bool decided, int r)
{
	bool new = false, old = false, adopted = false;

	seen.refused += !decided;
	seen.refused_malformed += !decided && before->malformed;
	seen.refused_full += !decided && forecast->full && !before->malformed;
	seen.unforeseen += forecast->fate == EITHER;
	if (!decided)
		return;
	for (size_t i = 0; i < settled->count; i++) {
		const struct user_range *range = &settled->ranges[i];

		new |= !range->in_book && !range->adopted;
		adopted |= !range->in_book && range->adopted;
		old |= range->in_book;
		seen.completed += range->in_book && !(range->in_subuid && range->in_subgid);
	}
	seen.given += new && !old && !adopted;
	seen.grown += new && (old || adopted);
	if (new)
		seen.by_uid += world.by_uid;
	seen.adopted += adopted;
	seen.kept_short += forecast->full;
	seen.retired += settled->retire_name;
	seen.crashed += r < 0;
	if (settled->count > seen.largest)
		seen.largest = (unsigned int)settled->count;
}

static void log_in(size_t person, int writes)
{
	static struct view before, after;
	static struct settlement settled;
	static struct forecast forecast;
	const struct person *who = &world.people[person];
	struct reason why = {""};
	bool decided = false;
	int r;

	look(&before);
	forecast.count = 0;
	forecast.fate = forecast_fate(&before, who, &forecast);
	r = settle(&before, who, writes, &settled, &decided, &why);
	look(&after);
	count_login(&before, &forecast, &settled, decided, r);
	if (forecast.fate == GIVES && !decided)
		fail_here("%s is refused: %s", who->name, why.text);
	if (forecast.fate == REFUSES && decided)
		fail_here("%s is not refused", who->name);
	if (writes < 0 && decided && r < 0)
		fail_here("%s: nothing can be written: %d", who->name, r);
	learn(&before, &after, person);
	check_others(&before, &after, who);
	if (r == 0)
		check_success(&settled, &forecast, &after, person, &why);
}

static const char *const names[] = {"alice", "ali", "bob",	"carol", "dave", "erin",
				    "g h",   "bo",  "DOM\\ida", "4242",	 "5000"};

static bool is_in_use(const char *name, uid_t uid)
{
	for (size_t i = 0; i < world.people_count; i++)
		if (!world.people[i].gone &&
		    (strcmp(world.people[i].name, name) == 0 || world.people[i].uid == uid))
			return true;
	return false;
}

/*
 * Was the uid ever that of somebody whom the book called alike? Who has the same name and uid is
 * the same person to everybody; and one number is all that the book knows of two people of one uid
 * whose names it cannot hold.
 */
static bool is_mistakable(const struct person *new)
{
	char owner[32], other[32];

	owner_of(new, owner);
	for (size_t i = 0; i < world.people_count; i++) {
		owner_of(&world.people[i], other);
		if (world.people[i].uid == new->uid && strcmp(owner, other) == 0)
			return true;
	}
	return false;
}

static void add_person(const char *name)
{
	struct person new = {.name = name, .listed = !one_in(4)};

	if (world.people_count == PEOPLE)
		return;
	new.uid = one_in(5) ? world.pool.start + draw(world.pool.count) : 1000 + draw(24);
	if (one_in(8))
		new.uid = one_in(2) ? 4242 : 5000;
	new.gid = one_in(2) ? new.uid : 100;
	if (one_in(12))
		new.fixed = (struct id_range){world.pool.start + draw(4) * world.size, world.size};
	if (is_in_use(name, new.uid) || is_mistakable(&new))
		return;
	world.people[world.people_count++] = new;
}

/* By userdel, which clears shadow's files of the name, or in a directory far away. */
static void delete_person(size_t person)
{
	struct person *who = &world.people[person];

	who->gone = true;
	if (!who->has_extra && one_in(2))
		return;
	for (size_t half = SUBUID; half <= SUBGID; half++) {
		char digits[16];

		edit_file(half, drop_name, who->name);
		snprintf(digits, sizeof(digits), "%u", who->uid);
		edit_file(half, drop_name, digits);
	}
	/* What was wrong of theirs is gone too, and others' lines may have gone with it. */
}

static bool pick(bool gone, size_t *ret)
{
	for (unsigned int i = 0; world.people_count > 0 && i < 10; i++) {
		*ret = draw((uint32_t)world.people_count);
		if (world.people[*ret].gone == gone)
			return true;
	}
	return false;
}

static void change_policy(void)
{
	static const uint32_t small[] = {1, 3, 10, 16, 25}, large[] = {65536, 131072, 65546, 1000};

	if (one_in(6))
		world.by_uid = !world.by_uid;
	else
		world.size = world.pool.count < 65536 ? small[draw(COUNT_OF(small))]
						      : large[draw(COUNT_OF(large))];
}

/* What may happen, and how often of 100 times. */
enum event {
	LOG_IN,
	CRASH,
	GROW,
	NEW,
	RECREATE,
	DELETE,
	RETIRE,
	REVOKE,
	RESERVE,
	USERADD,
	ACCOUNT,
	GARBLE,
	MEND,
	EVENTS
};

static const struct {
	const char *name;
	uint32_t weight;
} events[EVENTS] = {
	[LOG_IN] = {"a login", 35},
	[CRASH] = {"a crash", 15},
	[GROW] = {"another policy", 5},
	[NEW] = {"a new user", 12},
	[RECREATE] = {"a name for another uid", 6},
	[DELETE] = {"a user deleted", 3},
	[RETIRE] = {"a user retired by hand", 2},
	[REVOKE] = {"userns revoke", 5},
	[RESERVE] = {"a range reserved", 4},
	[USERADD] = {"lines of useradd", 6},
	[ACCOUNT] = {"a real account", 1},
	[GARBLE] = {"a malformed line", 2},
	[MEND] = {"lines mended", 4},
};

static enum event draw_event(void)
{
	uint32_t at = draw(100);
	unsigned int event = 0;

	while (event < EVENTS - 1 && at >= events[event].weight)
		at -= events[event++].weight;
	return (enum event)event;
}

static void happen(enum event event)
{
	size_t person = 0;

	world.doing = events[event].name;
	switch (event) {
	case LOG_IN:
	case CRASH:
		if (pick(false, &person))
			log_in(person, event == CRASH ? (int)draw(6) : -1);
		break;
	case NEW:
		add_person(names[draw(COUNT_OF(names))]);
		break;
	case RECREATE:
		if (pick(false, &person)) {
			delete_person(person);
			add_person(world.people[person].name);
		}
		break;
	case DELETE:
		if (pick(false, &person))
			delete_person(person);
		break;
	case RETIRE:
		if (pick(!one_in(5), &person))
			retire(person);
		break;
	case REVOKE:
		if (pick(!one_in(3), &person))
			revoke_ranges(person, one_in(3) ? (int)draw(4) : -1);
		break;
	case USERADD:
		if (pick(false, &person))
			give_lines(person);
		break;
	case GROW:
		change_policy();
		break;
	case RESERVE:
		reserve();
		break;
	case ACCOUNT:
		add_real_account();
		break;
	case GARBLE:
		garble();
		break;
	case MEND:
	case EVENTS:
		mend();
		break;
	}
}

static void start_sequence(uint32_t number)
{
	char dir[sizeof(world.dir)];

	memcpy(dir, world.dir, sizeof(dir));
	world = (struct world){.sequence = number, .size = 10};
	memcpy(world.dir, dir, sizeof(dir));
	seed = number * 2654435761u | 1;
	for (size_t i = 0; i < 3; i++) {
		static const char *const files[] = {"book", "subuid", "subgid"};

		snprintf(world.paths[i], sizeof(world.paths[i]), "%s/%s", world.dir, files[i]);
		unlink(world.paths[i]);
	}
	/* A few ids, five slots of 65536, or what is set aside for containers. */
	switch (draw(4)) {
	case 0:
	case 1:
		world.pool = (struct id_range){70000 + draw(1000), 40 + draw(200)};
		break;
	case 2:
		world.pool = (struct id_range){524288 + draw(2) * 100, 5 * 65536};
		world.size = 65536;
		break;
	default:
		world.pool = (struct id_range){524288, 1878523904};
		world.size = 65536;
	}
	world.by_uid = one_in(5);
	for (world.avoid_count = 0; world.avoid_count < draw(4); world.avoid_count++)
		world.avoid[world.avoid_count] = some_range();
}

/* In the end all is mended, everybody logs in, and again, which changes nothing. */
static void end_sequence(void)
{
	world.doing = "the end";
	mend();
	for (unsigned int round = 0; round < 2; round++)
		for (size_t i = 0; i < world.people_count; i++)
			if (!world.people[i].gone)
				log_in(i, -1);
}

static int make_directory(void **state)
{
	(void)state;
	strcpy(world.dir, "/dev/shm/userns-model-XXXXXX");
	if (mkdtemp(world.dir))
		return 0;
	strcpy(world.dir, "/tmp/userns-model-XXXXXX");
	return mkdtemp(world.dir) ? 0 : -1;
}

static int remove_directory(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++)
		unlink(world.paths[i]);
	return rmdir(world.dir);
}

static void assert_seen(void)
{
	const struct {
		const char *what;
		unsigned int count, least;
	} rows[] = {
		{"given", seen.given, 5000},
		{"grown", seen.grown, 1000},
		{"kept short", seen.kept_short, 500},
		{"adopted", seen.adopted, 500},
		{"retired", seen.retired, 500},
		{"revoked", revoked.done, 1000},
		{"revoked, with what only shadow's files had", revoked.unbooked, 100},
		{"revoked, crashed", revoked.crashed, 200},
		{"revoked, refused", revoked.refused, 3},
		{"reserved by verb", reserved_by_verb, 300},
		{"completed", seen.completed, 500},
		{"crashed", seen.crashed, 1000},
		{"refused", seen.refused, 2000},
		{"refused, malformed", seen.refused_malformed, 200},
		{"refused, full", seen.refused_full, 200},
		{"not foreseen", seen.unforeseen, 100},
		{"by uid", seen.by_uid, 500},
		{"ranges of one user", seen.largest, 4},
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (getenv("MODEL_SEED"))
			print_message("# %u %s\n", rows[i].count, rows[i].what);
		if (rows[i].count < rows[i].least)
			fail_msg("only %u %s", rows[i].count, rows[i].what);
	}
}

static void test_lives(void **state)
{
	uint32_t base = setting("MODEL_SEED", 20260131);
	uint32_t sequences = setting("MODEL_SEQUENCES", SEQUENCES);
	uint32_t steps = setting("MODEL_STEPS", STEPS);

	(void)state;
	for (uint32_t i = 0; i < sequences; i++) {
		start_sequence(base + i);
		for (world.step = 0; world.step < steps; world.step++)
			happen(draw_event());
		end_sequence();
	}
	assert_seen();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lives, make_directory, remove_directory),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
