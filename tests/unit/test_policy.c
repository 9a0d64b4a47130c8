/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of conf/policy: every key, and every way in which a policy file is not believed. */
#include "conf/keys.h"
#include "conf/policy.h"
#include "tests/unit/scratch.h"

static const struct policy untouched = {
	.pool = {7, 7}, .delegate = DELEGATE_NO, .allocate = ALLOCATE_BY_UID, .size = 7};

/* One who is in no group, with the uid of nobody else here. */
static int is_in_none(void *argument, const char *name, gid_t gid, struct reason *why)
{
	(void)argument;
	(void)name;
	(void)gid;
	(void)why;
	return 0;
}

static int read_for(const char *user, const char *path, struct policy *ret, struct reason *why)
{
	const struct policy_subject subject = {
		.name = user, .uid = 1000, .is_in_group = is_in_none};

	return policy_read(path, &subject, ret, why);
}

static bool sets_equal(const struct id_set *a, const struct id_set *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!id_range_equal(a->ranges[i], b->ranges[i]))
			return false;
	return true;
}

static void assert_policy(const char *name, const struct policy *found, const struct policy *wanted)
{
	if (!id_range_equal(found->pool, wanted->pool) || found->delegate != wanted->delegate ||
	    found->size != wanted->size || found->allocate != wanted->allocate ||
	    found->lifetime != wanted->lifetime || !id_range_equal(found->range, wanted->range))
		fail_msg("%s: pool %u+%u, delegate %d, allocate %d, size %u, range %u+%u", name,
			 found->pool.start, found->pool.count, found->delegate, found->allocate,
			 found->size, found->range.start, found->range.count);
	if (!sets_equal(&found->avoid, &wanted->avoid) ||
	    !sets_equal(&found->real_ids, &wanted->real_ids))
		fail_msg("%s: %zu to avoid, %zu of real ids", name, found->avoid.count,
			 found->real_ids.count);
}

/* A policy as a test row has it: the pool and the size are those by default if they are 0. */
static struct policy full(struct policy row)
{
	if (row.pool.count == 0)
		row.pool = policy_defaults.pool;
	if (row.size == 0)
		row.size = policy_defaults.size;
	return row;
}

static void test_defaults(void **state)
{
	const struct policy wanted = {
		.pool = {524288, 1878523904}, .delegate = DELEGATE_AUTO, .size = 65536};

	(void)state;
	assert_policy("policy_defaults", &policy_defaults, &wanted);
	assert_int_equal(id_range_last(policy_defaults.pool), 1879048191);
}

/* One that is named must be there: its name can be spelt wrong. */
static void test_missing(void **state)
{
	struct policy policy = untouched;
	struct scratch *s = *state;
	struct reason why = {""};

	if (geteuid() != 0)
		skip();
	assert_int_equal(read_for("alice", scratch_path(s, "none"), &policy, &why), -ENOENT);
	TELLS("none", &why, s->path, "there is no policy file");
	assert_policy("none", &policy, &untouched);
}

/* What people are told of defaults is what they are. */
static void test_usual_values(void **state)
{
	struct policy policy = untouched;

	(void)state;
	for (size_t i = 0; i < policy_key_count; i++) {
		const char *usual = policy_keys[i].usual;

		if (usual && policy_keys[i].parse(slice_of(usual), &policy) < 0)
			fail_msg("%s does not take %s", policy_keys[i].name, usual);
	}
	assert_policy("usual", &policy, &policy_defaults);
	assert_int_equal(policy.mirror, policy_defaults.mirror);
	assert_int_equal(policy.root, policy_defaults.root);
	assert_int_equal(policy.deny_setgroups, policy_defaults.deny_setgroups);
	policy_free(&policy);
}

#define POOL	((struct id_range){524288, 1878523904})
#define DEFAULT "[default]\n"
#define HOST	"[host]\n"

static void test_good(void **state)
{
	static const struct {
		const char *text;
		struct policy policy;
	} rows[] = {
		{"", {.pool = POOL, .delegate = DELEGATE_AUTO, .size = 65536}},
		{"\n\n", {.pool = POOL, .delegate = DELEGATE_AUTO, .size = 65536}},
		{"# nothing", {.pool = POOL, .delegate = DELEGATE_AUTO, .size = 65536}},
		{"# nothing\n#[default]\n  # size=1\n",
		 {.pool = POOL, .delegate = DELEGATE_AUTO, .size = 65536}},
		{HOST DEFAULT, {.pool = POOL, .delegate = DELEGATE_AUTO, .size = 65536}},
		{DEFAULT "delegate = auto\n",
		 {.pool = POOL, .delegate = DELEGATE_AUTO, .size = 65536}},
		{DEFAULT "delegate = yes\n",
		 {.pool = POOL, .delegate = DELEGATE_YES, .size = 65536}},
		{DEFAULT "delegate=no", {.pool = POOL, .delegate = DELEGATE_NO, .size = 65536}},
		{DEFAULT "size = 1\n", {.pool = POOL, .delegate = DELEGATE_AUTO, .size = 1}},
		{DEFAULT "size = 1000\n", {.pool = POOL, .delegate = DELEGATE_AUTO, .size = 1000}},
		{DEFAULT "size = 64K\n", {.pool = POOL, .delegate = DELEGATE_AUTO, .size = 65536}},
		{DEFAULT "size = 1M\n", {.pool = POOL, .delegate = DELEGATE_AUTO, .size = 1048576}},
		{DEFAULT "size = 2M # a comment\n",
		 {.pool = POOL, .delegate = DELEGATE_AUTO, .size = 2097152}},
		{DEFAULT "size = 1878523904\n",
		 {.pool = POOL, .delegate = DELEGATE_AUTO, .size = 1878523904}},
		{DEFAULT "size = 4095M\n" HOST "pool = 65536-4294967294\n",
		 {.pool = {65536, 4294901759}, .delegate = DELEGATE_AUTO, .size = 4293918720}},
		{HOST "pool = 65536-4294967294\n",
		 {.pool = {65536, 4294901759}, .delegate = DELEGATE_AUTO, .size = 65536}},
		{HOST "pool = 100000-165535\n",
		 {.pool = {100000, 65536}, .delegate = DELEGATE_AUTO, .size = 65536}},
		{HOST "pool = 65536-65536\n" DEFAULT "size = 1\n",
		 {.pool = {65536, 1}, .delegate = DELEGATE_AUTO, .size = 1}},
		{"# all\n" DEFAULT "\ndelegate = no\n\tsize = 1M\n\n" HOST
		 "# ids\npool = 1000000-3000000\n",
		 {.pool = {1000000, 2000001}, .delegate = DELEGATE_NO, .size = 1048576}},
	};
	struct scratch *s = *state;

	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *path =
			scratch_write(s, "conf", rows[i].text, strlen(rows[i].text), 0644);
		struct policy policy = untouched;
		struct reason why = {""};

		if (read_for("alice", path, &policy, &why) < 0)
			fail_msg("'%s': %s", rows[i].text, why.text);
		assert_policy(rows[i].text, &policy, &rows[i].policy);
		policy_free(&policy);
	}
}

/* Releases of clang-format differ about braces in macros. */
/* clang-format off */
#define SET(...)                                                                                   \
	{                                                                                          \
		.ranges = (struct id_range[]){__VA_ARGS__},                                        \
		.count = COUNT_OF(((struct id_range[]){__VA_ARGS__}))                                 \
	}
/* clang-format on */

static void check_read(struct scratch *s, const char *user, const char *text,
		       const struct policy *wanted)
{
	const char *path = scratch_write(s, "conf", text, strlen(text), 0644);
	struct policy policy = untouched;
	struct reason why = {""};

	if (read_for(user, path, &policy, &why) < 0)
		fail_msg("'%s': %s", text, why.text);
	assert_policy(text, &policy, wanted);
	policy_free(&policy);
	assert_null(policy.avoid.ranges);
	assert_null(policy.real_ids.ranges);
	assert_int_equal(policy.avoid.count, 0);
	policy_free(&policy);
}

static void test_ids_to_avoid(void **state)
{
	const struct {
		const char *text;
		struct policy policy;
	} rows[] = {
		{HOST "avoid = 1000000-1000065535\n", {.avoid = SET({1000000, 999065536})}},
		{HOST "avoid = 0-4294967294\n", {.avoid = SET({0, 4294967295})}},
		{HOST "avoid = 5-5\n", {.avoid = SET({5, 1})}},
		{HOST "real-ids = 200000-2000200000\n", {.real_ids = SET({200000, 2000000001})}},
		/* As they stand there: any order, and over each other. */
		{HOST "avoid = 30-39,10-19,15-34\n", {.avoid = SET({30, 10}, {10, 10}, {15, 20})}},
		{HOST "avoid = 10-19 , 30-39,  50-59\n",
		 {.avoid = SET({10, 10}, {30, 10}, {50, 10})}},
		{HOST "real-ids = 10-19, 30-39 # people, groups\navoid=70-79\n",
		 {.avoid = SET({70, 10}), .real_ids = SET({10, 10}, {30, 10})}},
	};

	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct policy wanted = full(rows[i].policy);

		check_read(*state, "alice", rows[i].text, &wanted);
	}
}

static void test_many_to_avoid(void **state)
{
	enum { MANY = 500 };
	struct policy policy = untouched;
	struct scratch *s = *state;
	struct reason why = {""};
	char text[MANY * 24];
	size_t used = 0;

	if (geteuid() != 0)
		skip();
	used += (size_t)snprintf(text, sizeof(text), "%savoid = ", HOST);
	for (unsigned int i = 0; i < MANY; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%u-%u", i ? "," : "",
					 i * 100, i * 100 + 9);
	assert_int_equal(
		read_for("alice", scratch_write(s, "conf", text, used, 0644), &policy, &why), 0);
	assert_int_equal(policy.avoid.count, MANY);
	for (uint32_t i = 0; i < MANY; i++)
		assert_true(id_range_equal(policy.avoid.ranges[i], (struct id_range){i * 100, 10}));
	policy_free(&policy);
}

/*
 * libeconf cuts values at 8191 bytes, without a word: then ids would be handed out that the admin
 * wanted to be left alone. Wherever it cuts, it is all of them or an error.
 */
static void test_long_values(void **state)
{
	enum { MANY = 1200 };
	struct scratch *s = *state;

	if (geteuid() != 0)
		skip();
	for (int shift = 0; shift < 32; shift++) {
		struct policy policy = untouched;
		struct reason why = {""};
		char text[MANY * 16];
		size_t used;
		int r;

		used = (size_t)snprintf(text, sizeof(text), "%savoid = %0*d-2", HOST, shift + 1, 1);
		for (unsigned int i = 0; i < MANY; i++)
			used += (size_t)snprintf(text + used, sizeof(text) - used, ",%u-%u",
						 100000 + i * 10, 100005 + i * 10);
		r = read_for("alice", scratch_write(s, "conf", text, used, 0644), &policy, &why);
		if (r == 0 && policy.avoid.count != MANY + 1)
			fail_msg("%zu of %d ranges", policy.avoid.count, MANY + 1);
		if (r < 0)
			TELLS("long", &why, s->path);
		policy_free(&policy);
	}
}

#define ALICE "[user alice]\n"
#define BOB   "[user bob]\n"

static void test_users(void **state)
{
	const struct {
		const char *text;
		struct policy policy; /* of alice */
	} rows[] = {
		{DEFAULT "allocate = next\n", {.allocate = ALLOCATE_NEXT}},
		{DEFAULT "allocate = by-uid\n", {.allocate = ALLOCATE_BY_UID}},
		{ALICE "size = 1000\n", {.size = 1000}},
		{DEFAULT "lifetime = session\n", {.lifetime = LIFETIME_SESSION}},
		{DEFAULT "lifetime = boot\n", {.lifetime = LIFETIME_BOOT}},
		{DEFAULT "lifetime = boot\n" ALICE "lifetime = session\n",
		 {.lifetime = LIFETIME_SESSION}},
		{ALICE "delegate = no\nallocate = by-uid\n",
		 {.delegate = DELEGATE_NO, .allocate = ALLOCATE_BY_UID}},
		/* Key by key, wherever the sections stand. */
		{DEFAULT "size = 1M\ndelegate = no\n" ALICE "delegate = yes\n",
		 {.size = 1048576, .delegate = DELEGATE_YES}},
		{ALICE "delegate = yes\n" DEFAULT "size = 1M\ndelegate = no\n",
		 {.size = 1048576, .delegate = DELEGATE_YES}},
		/* libeconf 0.5 lists no key that the section before ends with. */
		{DEFAULT "delegate = no\n" ALICE "delegate = yes\n", {.delegate = DELEGATE_YES}},
		{BOB "size = 1000\n" ALICE "size = 2000\n", {.size = 2000}},
		/* Others' are theirs. */
		{BOB "size = 1000\nrange = 700000-700999\n", {.size = 65536}},
		{BOB "delegate = no\n" ALICE "size = 5\n[user alic]\nsize = 6\n[user alicex]\n"
		     "size = 7\n[user Alice]\nsize = 8\n",
		 {.size = 5}},
		/* A fixed range sets the size, and may lie anywhere above the host's ids. */
		{ALICE "range = 700000-700999\n", {.range = {700000, 1000}, .size = 1000}},
		{ALICE "range = 4294967294-4294967294\n", {.range = {4294967294, 1}, .size = 1}},
		{ALICE "range = 65536-65545\nsize = 1M\n", {.range = {65536, 10}, .size = 10}},
		{DEFAULT "size = 2M\n" HOST "pool = 100000-200000\n" ALICE
			 "range = 700000-700999\n",
		 {.pool = {100000, 100001}, .range = {700000, 1000}, .size = 1000}},
	};

	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct policy wanted = full(rows[i].policy);

		check_read(*state, "alice", rows[i].text, &wanted);
	}
}

#define BAD_DELEGATE "expected auto, yes or no"
#define BAD_SIZE     "expected a number of ids"
#define BAD_POOL     "expected FIRST-LAST"
#define BAD_RANGES   "expected FIRST-LAST, or several"
#define BAD_ALLOCATE "expected next or by-uid"

static void test_bad(void **state)
{
	static const struct {
		const char *text;
		unsigned int line; /* 0: the reason names none */
		const char *says;
	} rows[] = {
		{DEFAULT "delegate = maybe\n", 2, BAD_DELEGATE},
		{DEFAULT "delegate = Yes\n", 2, BAD_DELEGATE},
		{DEFAULT "delegate = yes no\n", 2, BAD_DELEGATE},
		{DEFAULT "delegate = 1\n", 2, BAD_DELEGATE},
		{DEFAULT "delegate =\n", 2, BAD_DELEGATE},
		{DEFAULT "delegate\n", 2, BAD_DELEGATE},
		{DEFAULT "size = 0\n", 2, BAD_SIZE},
		{DEFAULT "size = 0K\n", 2, BAD_SIZE},
		{DEFAULT "size = 1\nsize = 2\n", 3, "'size' has two values: it stands in line 2"},
		{DEFAULT "size =\n# x\nsize = 2\n", 4,
		 "'size' has two values: it stands in line 2"},
		{DEFAULT "size = 1\n" HOST DEFAULT "size = junk\n", 4,
		 "section [default] stands in line 1 already"},
		{DEFAULT "size = -1\n", 2, BAD_SIZE},
		{DEFAULT "size = 0x10000\n", 2, BAD_SIZE},
		{DEFAULT "size = 64k\n", 2, BAD_SIZE},
		{DEFAULT "size = 64 K\n", 2, BAD_SIZE},
		{DEFAULT "size = 1G\n", 2, BAD_SIZE},
		{DEFAULT "size = K\n", 2, BAD_SIZE},
		{DEFAULT "size = 1KK\n", 2, BAD_SIZE},
		{DEFAULT "size = 1.5M\n", 2, BAD_SIZE},
		{DEFAULT "size = 4096M\n", 2, BAD_SIZE},
		{DEFAULT "size = 4294967295\n", 2, BAD_SIZE},
		{DEFAULT "size = 18446744073709551617\n", 2, BAD_SIZE},
		{DEFAULT "size =\n", 2, BAD_SIZE},
		{DEFAULT "size = #1\n", 2, BAD_SIZE},
		{HOST "pool = 524288\n", 2, BAD_POOL},
		{HOST "pool = 524288-\n", 2, BAD_POOL},
		{HOST "pool = -524288\n", 2, BAD_POOL},
		{HOST "pool = -\n", 2, BAD_POOL},
		{HOST "pool = 600000-524288\n", 2, BAD_POOL},
		{HOST "pool = 65535-600000\n", 2, BAD_POOL},
		{HOST "pool = 0-600000\n", 2, BAD_POOL},
		{HOST "pool = 524288-4294967295\n", 2, BAD_POOL},
		{HOST "pool = 524288-600000-700000\n", 2, BAD_POOL},
		{HOST "pool = 524288 - 600000\n", 2, BAD_POOL},
		{HOST "pool = 524288:65536\n", 2, BAD_POOL},
		{HOST "pool = 0x80000-0x90000\n", 2, BAD_POOL},
		{HOST "pool = 512K-1024K\n", 2, BAD_POOL},
		{HOST "avoid =\n", 2, BAD_RANGES},
		{HOST "avoid = ,\n", 2, BAD_RANGES},
		{HOST "avoid = 1-2,\n", 2, BAD_RANGES},
		{HOST "avoid = ,1-2\n", 2, BAD_RANGES},
		{HOST "avoid = 1-2,,3-4\n", 2, BAD_RANGES},
		{HOST "avoid = 1-2 3-4\n", 2, BAD_RANGES},
		{HOST "avoid = 1 - 2\n", 2, BAD_RANGES},
		{HOST "avoid = 5\n", 2, BAD_RANGES},
		{HOST "avoid = 1-2,x\n", 2, BAD_RANGES},
		{HOST "avoid = 1-2,9-8\n", 2, BAD_RANGES},
		{HOST "avoid = 1-4294967295\n", 2, BAD_RANGES},
		{HOST "avoid = 1-2\navoid = 3-4\n", 3, "has two values"},
		{HOST "real-ids = 1-2;3-4\n", 2, BAD_RANGES},
		{HOST "real-ids =\n", 2, BAD_RANGES},
		{HOST "avoid = 1-2\nreal-ids = 1-2-3\n", 3, BAD_RANGES},
		{DEFAULT "avoid = 1-2\n", 2, "unknown key 'avoid' in section [default]"},
		{DEFAULT "real-ids = 1-2\n", 2, "unknown key 'real-ids' in section [default]"},
		{DEFAULT "allocate = by_uid\n", 2, BAD_ALLOCATE},
		{DEFAULT "allocate = Next\n", 2, BAD_ALLOCATE},
		{DEFAULT "allocate =\n", 2, BAD_ALLOCATE},
		{DEFAULT "lifetime = login\n", 2, "lifetime = login: expected session or boot"},
		{HOST "lifetime = boot\n", 2, "unknown key 'lifetime' in section [host]"},
		{HOST "allocate = next\n", 2, "unknown key 'allocate' in section [host]"},
		{DEFAULT "range = 700000-700999\n", 2, "unknown key 'range' in section [default]"},
		{ALICE "range = 65535-700999\n", 2, BAD_POOL},
		{ALICE "range = 700000\n", 2, BAD_POOL},
		{ALICE "range = 700000-700009,800000-800009\n", 2, BAD_POOL},
		{ALICE "pool = 524288-600000\n", 2, "unknown key 'pool' in section [user alice]"},
		{ALICE "avoid = 1-2\n", 2, "unknown key 'avoid' in section [user alice]"},
		/* A mistake does not wait for its user to log in. */
		{BOB "size = x\n", 2, BAD_SIZE},
		{BOB "colour = x\n", 2, "unknown key 'colour' in section [user bob]"},
		/* libeconf 0.5 lists no key that the section before ends with. */
		{DEFAULT "size = 1\n" BOB "size = x\n", 4, BAD_SIZE},
		{DEFAULT "size = 1\n" HOST "size = 1\n", 4, "unknown key 'size' in section [host]"},
		{"[user]\nsize = 1\n", 1, "unknown section [user]"},
		{ALICE "size = 2M\n" HOST "pool = 100000-1000000\n", 2,
		 "larger than the whole pool"},
		/* The line is the one with the key, whatever stands before it. */
		{"# one\n\n" DEFAULT "# four\n\n\nsize = x\n", 7, BAD_SIZE},
		{DEFAULT "delegate = no\nsize = x\n", 3, BAD_SIZE},
		{HOST "pool = 100000-900000\n\n" DEFAULT "delegate = perhaps\n", 5, BAD_DELEGATE},
		{DEFAULT "sizes = 1\n", 2, "unknown key 'sizes' in section [default]"},
		{DEFAULT "Size = 1\n", 2, "unknown key 'Size' in section [default]"},
		{DEFAULT "pool = 524288-600000\n", 2, "unknown key 'pool' in section [default]"},
		{HOST "size = 1\n", 2, "unknown key 'size' in section [host]"},
		{"[other]\nsize = 1\n", 1, "unknown section [other]"},

		{"[Default]\nsize = 1\n", 1, "unknown section [Default]"},
		{"size = 1\n", 1, "key 'size' stands before any section"},
		{"# one\nsize = 1\n" DEFAULT, 2, "key 'size' stands before any section"},
		{"[default\nsize = 1\n", 1, ""},
		{DEFAULT "[\n", 2, ""},
		{"[]\n", 1, ""},
		{"[default] size = 1\n", 1, ""},
		{DEFAULT "size 1\n", 2, ""},
		{DEFAULT "; comment\n", 2, ""},
		/* A line that begins with a blank continues the one before. */
		{DEFAULT "size = 1\n  000\n", 3, "has two values"},
		{DEFAULT "delegate = no\n yes\n", 3, "has two values"},
		{DEFAULT "size = 2M\n" HOST "pool = 100000-1000000\n", 2,
		 "larger than the whole pool"},
		{DEFAULT "size = 1878523905\n", 2, "larger than the whole pool"},
		{HOST "pool = 100000-165534\n", 2, "larger than the whole pool"},
	};
	struct scratch *s = *state;

	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *path =
			scratch_write(s, "conf", rows[i].text, strlen(rows[i].text), 0644);
		struct policy policy = untouched;
		struct reason why = {""};
		char place[64];
		int r = read_for("alice", path, &policy, &why);

		if (r != -EINVAL)
			fail_msg("'%s': %d, %s", rows[i].text, r, why.text);
		assert_policy(rows[i].text, &policy, &untouched);
		snprintf(place, sizeof(place), rows[i].line ? "%s:%u: " : "%s: ", path,
			 rows[i].line);
		TELLS(rows[i].text, &why, place, rows[i].says);
	}
}

static void test_nul(void **state)
{
	static const char texts[][32] = {
		"[default]\nsize = 1\0x\n",
		"\0[default]\nsize = 1\n",
		"# x\0\n",
	};
	struct scratch *s = *state;

	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		struct policy policy = untouched;
		struct reason why = {""};

		assert_int_equal(read_for("alice", scratch_write(s, "conf", texts[i], 22, 0644),
					  &policy, &why),
				 -EINVAL);
		TELLS("NUL", &why, s->path, "NUL byte");
		assert_policy("NUL", &policy, &untouched);
	}
}

static void assert_unbelieved(const char *name, const char *path, int error, const char *says)
{
	struct policy policy = untouched;
	struct reason why = {""};
	int r = read_for("alice", path, &policy, &why);

	if (r != error)
		fail_msg("%s: %d, %s", name, r, why.text);
	TELLS(name, &why, path, says);
	assert_policy(name, &policy, &untouched);
}

static void test_unbelieved_kinds(void **state)
{
	struct scratch *s = *state;

	/* Before the file, its directory would not be believed. */
	if (geteuid() != 0)
		skip();
	scratch_write(s, "conf", DEFAULT, strlen(DEFAULT), 0644);
	assert_int_equal(symlinkat("conf", s->fd, "link"), 0);
	assert_int_equal(mkdirat(s->fd, "dir", 0755), 0);
	assert_int_equal(mkfifoat(s->fd, "fifo", 0644), 0);
	/* A FIFO that holds us is the end of this program. */
	alarm(5);
	assert_unbelieved("link", scratch_path(s, "link"), -ELOOP, "symbolic link");
	assert_unbelieved("directory", scratch_path(s, "dir"), -EINVAL, "not a regular file");
	assert_unbelieved("FIFO", scratch_path(s, "fifo"), -EINVAL, "not a regular file");
	alarm(0);
}

static void test_unbelieved_owner(void **state)
{
	struct scratch *s = *state;
	const char *path;

	if (geteuid() != 0)
		skip();
	path = scratch_write(s, "conf", DEFAULT, strlen(DEFAULT), 0644);
	assert_int_equal(chown(path, 65534, 65534), 0);
	assert_unbelieved("owner", path, -EPERM, "must belong to root");
}

static void test_unbelieved_modes(void **state)
{
	struct scratch *s = *state;

	if (geteuid() != 0)
		skip();
	assert_unbelieved("group", scratch_write(s, "conf", DEFAULT, strlen(DEFAULT), 0664), -EPERM,
			  "writable for others");
	assert_unbelieved("others", scratch_write(s, "conf", DEFAULT, strlen(DEFAULT), 0646),
			  -EPERM, "writable for others");
}

static void test_too_large(void **state)
{
	const size_t most = 1 << 20;
	CLEANUP_FREE char *text = malloc(most + 1);
	struct policy policy = untouched;
	struct scratch *s = *state;
	struct reason why = {""};

	if (geteuid() != 0)
		skip();
	assert_non_null(text);
	memset(text, '\n', most + 1);
	assert_int_equal(
		read_for("alice", scratch_write(s, "conf", text, most, 0644), &policy, &why), 0);
	assert_policy("just not too large", &policy, &policy_defaults);
	policy_free(&policy);
	assert_unbelieved("too large", scratch_write(s, "conf", text, most + 1, 0644), -EFBIG,
			  "larger than 1048576 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		SCRATCH_TEST(test_missing),
		cmocka_unit_test(test_usual_values),
		SCRATCH_TEST(test_good),
		SCRATCH_TEST(test_ids_to_avoid),
		SCRATCH_TEST(test_many_to_avoid),
		SCRATCH_TEST(test_long_values),
		SCRATCH_TEST(test_users),
		SCRATCH_TEST(test_bad),
		SCRATCH_TEST(test_nul),
		SCRATCH_TEST(test_unbelieved_kinds),
		SCRATCH_TEST(test_unbelieved_owner),
		SCRATCH_TEST(test_unbelieved_modes),
		SCRATCH_TEST(test_too_large),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
