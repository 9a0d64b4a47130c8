/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of record_settlement(): decisions written to three files, and what a failure leaves. */
#include <time.h>

#include "subid/book.h"
#include "subid/decide.h"
#include "subid/record.h"
#include "subid/subfile.h"
#include "tests/unit/parsed.h"
#include "tests/unit/scratch.h"

/* In libc's place: the day does not end while a test runs, and each test is of one day. */
time_t time(time_t *ret)
{
	if (ret)
		*ret = 1769817600; /* 2026-01-31 */
	return 1769817600;
}

/* The three files in a directory. NULL: it is not there. */
struct files {
	const char *book, *subuid, *subgid;
};

enum { BOOK = 1, SUBUID = 2, SUBGID = 4 };

/* A login as settle_range() has it: read, decide, write. */
struct login {
	const char *name;
	uid_t uid;
	uint32_t size;
	unsigned int broken; /* files that cannot be written */
};

/* What test_copies() changes, for every login. */
static enum settle_copies copies = COPIES_WHERE_READ;
static const char *source;

struct paths {
	char book[64], subuid[64], subgid[64];
};

/* What libsubid says: every line of the name and of the uid. */
static struct id_set answers_of(const struct id_file *file, const struct login *login)
{
	struct id_set set = {NULL, 0, 0};

	for (size_t i = 0; i < file->count; i++)
		if (subfile_owned_by(&file->entries[i], login->name, login->uid))
			assert_int_equal(id_set_add(&set, file->entries[i].range), 0);
	return set;
}

static void name_paths(const struct scratch *s, unsigned int broken, struct paths *ret)
{
	/* There is no such directory, which stops root as well. */
	snprintf(ret->book, sizeof(ret->book), "%s/%sbook", s->dir, broken & BOOK ? "none/" : "");
	snprintf(ret->subuid, sizeof(ret->subuid), "%s/%ssubuid", s->dir,
		 broken & SUBUID ? "none/" : "");
	snprintf(ret->subgid, sizeof(ret->subgid), "%s/%ssubgid", s->dir,
		 broken & SUBGID ? "none/" : "");
}

/* Gives what record_settlement() gives; a failed decision fails the test. */
static int log_in(struct scratch *s, const struct files *files, const struct login *login,
		  struct settlement *ret)
{
	const struct settle_request request = {.name = login->name,
					       .uid = login->uid,
					       .gid = login->uid,
					       .pool = {524288, 100 * 65536},
					       .copies = copies,
					       .size = login->size};
	struct paths paths;
	struct settle_sources sources;
	struct reason why = {""};
	int r;

	name_paths(s, login->broken, &paths);
	sources = (struct settle_sources){
		.book = file_of(paths.book, files->book, book_parse_entry),
		.subuid = file_of(paths.subuid, files->subuid, subfile_parse_entry),
		.subgid = file_of(paths.subgid, files->subgid, subfile_parse_entry),
		.source = source ? strdup(source) : NULL,
		.asked = true,
	};
	sources.lib_uids = answers_of(&sources.subuid, login);
	sources.lib_gids = answers_of(&sources.subgid, login);
	if (settle_decide(&sources, &request, ret, &why) < 0)
		fail_msg("%s: %s", login->name, why.text);
	r = record_settlement(&sources, &request, ret, &why);
	if (r < 0 && !login->broken)
		fail_msg("%s: %s", login->name, why.text);
	if (r < 0)
		TELLS("broken", &why, s->dir);
	sources_free(&sources);
	return r;
}

static void put(struct scratch *s, const char *name, const char *text)
{
	unlinkat(s->fd, name, 0);
	if (text)
		scratch_write(s, name, text, strlen(text), 0644);
}

static void put_all(struct scratch *s, const struct files *files)
{
	put(s, "book", files->book);
	put(s, "subuid", files->subuid);
	put(s, "subgid", files->subgid);
}

/* The file's text, to be freed; NULL when there is none. */
static char *get(const struct scratch *s, const char *name)
{
	CLEANUP_FD int fd = openat(s->fd, name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *text;

	if (fd < 0)
		return NULL;
	assert_int_equal(fstat(fd, &st), 0);
	text = calloc(1, (size_t)st.st_size + 1);
	assert_non_null(text);
	assert_int_equal(read(fd, text, (size_t)st.st_size), st.st_size);
	return text;
}

static void assert_text(const struct scratch *s, const char *about, const char *name,
			const char *wanted)
{
	CLEANUP_FREE char *text = get(s, name);

	if (!text != !wanted || (text && strcmp(text, wanted) != 0))
		fail_msg("%s: %s is\n%s", about, name, text ? text : "not there");
}

static void assert_files(const struct scratch *s, const char *about, const struct files *wanted)
{
	assert_text(s, about, "book", wanted->book);
	assert_text(s, about, "subuid", wanted->subuid);
	assert_text(s, about, "subgid", wanted->subgid);
}

#define ALICE "alice:524288:65536\n"

struct row {
	const char *about;
	struct files before;
	struct login login;
	struct files after;
};

static const struct row rows[] = {
	{"a new range, no files",
	 {NULL, NULL, NULL},
	 {"alice", 1000, 65536, 0},
	 {"alice:524288:65536:uid=1000\n", ALICE, ALICE}},
	{"a new range behind others, who lack a newline",
	 {"# book\nbob:524288:65536:uid=7", "# uids\nbob:524288:65536", "bob:524288:65536"},
	 {"alice", 1000, 65536, 0},
	 {"# book\nbob:524288:65536:uid=7\nalice:589824:65536:uid=1000\n",
	  "# uids\nbob:524288:65536\nalice:589824:65536\n",
	  "bob:524288:65536\nalice:589824:65536\n"}},
	{"a user who is written by uid",
	 {NULL, "", NULL},
	 {"a b", 1000, 65536, 0},
	 {"1000:524288:65536:uid=1000\n", "1000:524288:65536\n", "1000:524288:65536\n"}},
	{"adopted, and nothing else is to be written",
	 {"# x\n", ALICE, ALICE},
	 {"alice", 1000, 65536, 0},
	 {"# x\nalice:524288:65536:uid=1000,adopted\n", ALICE, ALICE}},
	{"adopted, with other gids",
	 {NULL, ALICE, "alice:700000:65536\n"},
	 {"alice", 1000, 65536, 0},
	 {"alice:524288:65536:uid=1000,gid=700000,adopted\n", ALICE, "alice:700000:65536\n"}},
	{"several adopted, halves missing, and one more to the size",
	 {NULL, "alice:700000:10\nalice:800000:20\n", "alice:710000:10\n"},
	 {"alice", 1000, 40, 0},
	 {"alice:700000:10:uid=1000,gid=710000,adopted\n"
	  "alice:800000:20:uid=1000,adopted\n"
	  "alice:524288:10:uid=1000\n",
	  "alice:700000:10\nalice:800000:20\nalice:524288:10\n",
	  "alice:710000:10\nalice:800000:20\nalice:524288:10\n"}},
	{"growth",
	 {"alice:524288:65536:uid=1000\n", ALICE, ALICE},
	 {"alice", 1000, 65546, 0},
	 {"alice:524288:65536:uid=1000\nalice:589824:10:uid=1000\n", ALICE "alice:589824:10\n",
	  ALICE "alice:589824:10\n"}},
	{"copies are missing, beside malformed lines",
	 {"x\nalice:524288:65536:uid=1000,deny-setgroups\n", "x\n", ALICE "y"},
	 {"alice", 1000, 65536, 0},
	 {"x\nalice:524288:65536:uid=1000,deny-setgroups\n", "x\n" ALICE, ALICE "y"}},
	{"copies of several ranges are missing here and there",
	 {"alice:524288:10:uid=1000\nalice:600000:10:uid=1000,gid=700000\n", "alice:600000:10\n",
	  "alice:524288:10\n"},
	 {"alice", 1000, 20, 0},
	 {"alice:524288:10:uid=1000\nalice:600000:10:uid=1000,gid=700000\n",
	  "alice:600000:10\nalice:524288:10\n", "alice:524288:10\nalice:700000:10\n"}},
	{"nothing to write",
	 {"alice:524288:65536:uid=1000", "alice:524288:65536", ALICE},
	 {"alice", 1000, 65536, 0},
	 {"alice:524288:65536:uid=1000", "alice:524288:65536", ALICE}},
	{"a name that was another's",
	 {"alice:524288:65536:uid=2000\n", ALICE, ALICE},
	 {"alice", 1000, 65536, 0},
	 {"alice:524288:65536:uid=2000,retired=2026-01-31\nalice:589824:65536:uid=1000\n",
	  "alice:589824:65536\n", "alice:589824:65536\n"}},
	{"that, with lines of whoever had the name: nobody can tell which one",
	 {"alice:524288:65536:uid=2000\n", ALICE "alice:700000:10\n", ALICE "alice:700000:10\n"},
	 {"alice", 1000, 10, 0},
	 {"alice:524288:65536:uid=2000,retired=2026-01-31\nalice:589824:10:uid=1000\n",
	  "alice:589824:10\n", "alice:589824:10\n"}},
	{"that, with comments, other gids, and lines of others with the same name in front",
	 {"# top\nbob:900000:10:uid=7\nalice:524288:65536:uid=2000,gid=600000,deny-setgroups",
	  "# top\nalicex:950000:1\nbob:900000:10\n" ALICE "#" ALICE,
	  "bob:900000:10\nalice:600000:65536\n\n#end"},
	 {"alice", 1000, 10, 0},
	 {"# top\nbob:900000:10:uid=7\n"
	  "alice:524288:65536:uid=2000,gid=600000,deny-setgroups,retired=2026-01-31\n"
	  "alice:589824:10:uid=1000\n",
	  "# top\nalicex:950000:1\nbob:900000:10\n#" ALICE "alice:589824:10\n",
	  "bob:900000:10\n\n#end\nalice:589824:10\n"}},
	{"that, by the uid in digits, which no namesake had, and which are not theirs",
	 {"alice:524288:65536:uid=2000\n", "1000:700000:10\n" ALICE, "1000:700000:10\n" ALICE},
	 {"alice", 1000, 10, 0},
	 {"alice:524288:65536:uid=2000,retired=2026-01-31\nalice:589824:10:uid=1000\n",
	  "1000:700000:10\nalice:589824:10\n", "1000:700000:10\nalice:589824:10\n"}},
	{"that, where there are no copies",
	 {"alice:524288:65536:uid=2000\n", NULL, NULL},
	 {"alice", 1000, 10, 0},
	 {"alice:524288:65536:uid=2000,retired=2026-01-31\nalice:589824:10:uid=1000\n",
	  "alice:589824:10\n", "alice:589824:10\n"}},
	{"a name of digits takes nothing from who is written by uid",
	 {"2000:524288:65536:uid=2000\n", "2000:524288:65536\n", "2000:524288:65536\n"},
	 {"2000", 1000, 10, 0},
	 {"2000:524288:65536:uid=2000\n1000:589824:10:uid=1000\n",
	  "2000:524288:65536\n1000:589824:10\n", "2000:524288:65536\n1000:589824:10\n"}},
};

static void test_writes(void **state)
{
	struct scratch *s = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct settlement settled;

		put_all(s, &rows[i].before);
		assert_int_equal(log_in(s, &rows[i].before, &rows[i].login, &settled), 0);
		assert_files(s, rows[i].about, &rows[i].after);
	}
	assert_int_equal(count_files(s), 3);
}

/* All that was written is found again: the next login writes nothing. */
static void log_in_again(struct scratch *s, const char *about, const struct login *login,
			 const struct settlement *first)
{
	CLEANUP_FREE char *book = get(s, "book");
	CLEANUP_FREE char *subuid = get(s, "subuid");
	CLEANUP_FREE char *subgid = get(s, "subgid");
	const struct settle_request request = {.name = login->name,
					       .uid = login->uid,
					       .gid = login->uid,
					       .pool = {524288, 100 * 65536},
					       .copies = copies,
					       .size = login->size};
	struct settle_sources sources = {
		.book = file_of("book", book, book_parse_entry),
		.subuid = file_of("subuid", subuid, subfile_parse_entry),
		.subgid = file_of("subgid", subgid, subfile_parse_entry),
		.source = source ? strdup(source) : NULL,
	};
	struct settlement found;
	struct reason why = {""};

	if (settle_decide(&sources, &request, &found, &why) < 0)
		fail_msg("%s: again: %s", about, why.text);
	assert_true(settlement_is_recorded(&found));
	assert_false(found.retire_name);
	if (found.count != first->count)
		fail_msg("%s: %zu ranges instead of %zu", about, found.count, first->count);
	for (size_t i = 0; i < found.count; i++) {
		assert_true(id_range_equal(found.ranges[i].uids, first->ranges[i].uids));
		assert_int_equal(found.ranges[i].gid_start, first->ranges[i].gid_start);
		assert_int_equal(found.ranges[i].adopted, first->ranges[i].adopted);
	}
	sources_free(&sources);
}

/* A login that reads the files as they are. */
static int log_in_now(struct scratch *s, const struct login *login, struct settlement *ret)
{
	CLEANUP_FREE char *book = get(s, "book");
	CLEANUP_FREE char *subuid = get(s, "subuid");
	CLEANUP_FREE char *subgid = get(s, "subgid");

	return log_in(s, &(struct files){book, subuid, subgid}, login, ret);
}

static void test_writes_once(void **state)
{
	struct scratch *s = *state;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct settlement settled;

		put_all(s, &rows[i].before);
		assert_int_equal(log_in(s, &rows[i].before, &rows[i].login, &settled), 0);
		log_in_again(s, rows[i].about, &rows[i].login, &settled);
	}
}

/* Where a policy wants copies, or none, and where libsubid looks elsewhere. */
static void test_copies(void **state)
{
	static const char book[] = "alice:524288:65536:uid=1000\n";
	static const struct {
		enum settle_copies copies;
		const char *source;
		struct row row;
	} cases[] = {
		{COPIES_NEVER,
		 NULL,
		 {"a new range, no copies",
		  {NULL, NULL, NULL},
		  {"alice", 1000, 65536, 0},
		  {book, NULL, NULL}}},
		{COPIES_NEVER,
		 NULL,
		 {"what is missing stays so, and what is there stays",
		  {book, ALICE, "bob:900000:10\n"},
		  {"alice", 1000, 65536, 0},
		  {book, ALICE, "bob:900000:10\n"}}},
		{COPIES_NEVER,
		 NULL,
		 {"found there, and adopted",
		  {NULL, ALICE, ALICE},
		  {"alice", 1000, 65536, 0},
		  {"alice:524288:65536:uid=1000,adopted\n", ALICE, ALICE}}},
		/* The new person would be given the old one's ids. */
		{COPIES_NEVER,
		 NULL,
		 {"a name that was another's goes from the copies",
		  {"alice:524288:65536:uid=2000\n", ALICE, ALICE},
		  {"alice", 1000, 65536, 0},
		  {"alice:524288:65536:uid=2000,retired=2026-01-31\nalice:589824:65536:uid=1000\n",
		   "", ""}}},
		{COPIES_WHERE_READ,
		 "sss",
		 {"nobody reads them",
		  {book, NULL, NULL},
		  {"alice", 1000, 65536, 0},
		  {book, NULL, NULL}}},
		{COPIES_ALWAYS,
		 "sss",
		 {"libsubid does not read them, but they are wanted",
		  {book, NULL, "bob:900000:10\n"},
		  {"alice", 1000, 65536, 0},
		  {book, ALICE, "bob:900000:10\n" ALICE}}},
		{COPIES_ALWAYS,
		 NULL,
		 {"as usual", {book, NULL, NULL}, {"alice", 1000, 65536, 0}, {book, ALICE, ALICE}}},
	};
	struct scratch *s = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct row *row = &cases[i].row;
		struct settlement settled;

		copies = cases[i].copies;
		source = cases[i].source;
		put_all(s, &row->before);
		assert_int_equal(log_in(s, &row->before, &row->login, &settled), 0);
		assert_files(s, row->about, &row->after);
		log_in_again(s, row->about, &row->login, &settled);
	}
	copies = COPIES_WHERE_READ;
	source = NULL;
}

static void fail_then_complete(struct scratch *s, const struct row *row, unsigned int broken)
{
	struct login login = row->login;
	struct settlement settled;

	put_all(s, &row->before);
	for (unsigned int part = broken; part; part >>= 3) {
		login.broken = part & 7;
		if (login.broken)
			log_in_now(s, &login, &settled);
	}
	login.broken = 0;
	log_in_now(s, &login, &settled);
	assert_files(s, row->about, &row->after);
	log_in_again(s, row->about, &login, &settled);
}

/*
 * Whatever files cannot be written at one login, and at another after it: the next one leaves what
 * a single login would have left.
 */
static void test_completes_after_failures(void **state)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (unsigned int broken = 1; broken < 64; broken++)
			fail_then_complete(*state, &rows[i], broken);
}

/* The order of writing: nobody gets by a copy what the book does not have. */
static void test_order(void **state)
{
	static const struct files none = {NULL, NULL, NULL};
	static const struct {
		unsigned int broken;
		struct files after;
	} cases[] = {
		{BOOK, {NULL, NULL, NULL}},
		{SUBUID, {"alice:524288:65536:uid=1000\n", NULL, NULL}},
		{SUBGID, {"alice:524288:65536:uid=1000\n", ALICE, NULL}},
	};
	struct scratch *s = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct login login = {"alice", 1000, 65536, cases[i].broken};
		struct settlement settled;

		put_all(s, &none);
		assert_int_equal(log_in(s, &none, &login, &settled), -ENOENT);
		assert_files(s, "order", &cases[i].after);
	}
}

/* What a name must not inherit is gone from the copies before the book knows of the new person. */
static void test_order_of_retiring(void **state)
{
	static const struct files before = {"alice:524288:65536:uid=2000\n", ALICE, ALICE};
	static const struct {
		unsigned int broken;
		struct files after;
	} cases[] = {
		{SUBUID, {"alice:524288:65536:uid=2000\n", ALICE, ALICE}},
		{SUBGID, {"alice:524288:65536:uid=2000\n", "", ALICE}},
		{BOOK, {"alice:524288:65536:uid=2000\n", "", ""}},
	};
	struct scratch *s = *state;

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const struct login login = {"alice", 1000, 65536, cases[i].broken};
		struct settlement settled;

		put_all(s, &before);
		assert_int_equal(log_in(s, &before, &login, &settled), -ENOENT);
		assert_files(s, "order", &cases[i].after);
	}
}

/* As many lines as there may be, as long as they may be. */
static void test_most_lines(void **state)
{
	struct scratch *s = *state;
	char name[257], *book, *subuid;
	struct login login = {name, 4294967294, 1, 0};
	static struct settlement settled;
	struct settle_sources sources = {.asked = true};
	const struct settle_request request = {.name = name, .uid = 4294967294};
	struct reason why = {""};
	struct paths paths;
	struct id_file file;

	memset(name, 'n', 256);
	name[256] = '\0';
	name_paths(s, 0, &paths);
	sources.book.path = paths.book;
	sources.subuid.path = paths.subuid;
	sources.subgid.path = paths.subgid;
	settled.count = USER_RANGES_MAX;
	for (uint32_t i = 0; i < USER_RANGES_MAX; i++)
		settled.ranges[i] = (struct user_range){.uids = {3000000000 + i * 1000000, 1000000},
							.gid_start = 2900000000 + i * 1000000,
							.adopted = true};
	assert_int_equal(record_settlement(&sources, &request, &settled, &why), 0);
	book = get(s, "book");
	subuid = get(s, "subuid");
	file = file_of("book", book, book_parse_entry);
	assert_int_equal(file.count, USER_RANGES_MAX);
	assert_int_equal(file.malformed, 0);
	for (uint32_t i = 0; i < USER_RANGES_MAX; i++)
		assert_true(file.entries[i].adopted && file.entries[i].uid == login.uid &&
			    file.entries[i].gid_start == 2900000000 + i * 1000000 &&
			    slice_equals(file.entries[i].owner, name));
	id_file_free(&file);
	file = file_of("subuid", subuid, subfile_parse_entry);
	assert_int_equal(file.count, USER_RANGES_MAX);
	assert_int_equal(file.malformed, 0);
	id_file_free(&file);
	free(book);
	free(subuid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_writes),     SCRATCH_TEST(test_writes_once),
		SCRATCH_TEST(test_copies),     SCRATCH_TEST(test_completes_after_failures),
		SCRATCH_TEST(test_order),      SCRATCH_TEST(test_order_of_retiring),
		SCRATCH_TEST(test_most_lines),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
