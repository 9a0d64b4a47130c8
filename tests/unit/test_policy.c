/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of conf/policy: every key, and every way in which a policy file is not believed. */
#include "conf/policy.h"
#include "tests/unit/scratch.h"

static const struct policy untouched = {{7, 7}, DELEGATE_NO, 7};

static void assert_policy(const char *name, const struct policy *found, const struct policy *wanted)
{
	if (!id_range_equal(found->pool, wanted->pool) || found->delegate != wanted->delegate ||
	    found->size != wanted->size)
		fail_msg("%s: pool %u+%u, delegate %d, size %u", name, found->pool.start,
			 found->pool.count, found->delegate, found->size);
}

static void test_defaults(void **state)
{
	const struct policy wanted = {{524288, 1878523904}, DELEGATE_AUTO, 65536};
	struct policy policy = untouched;
	struct scratch *s = *state;
	struct reason why = {""};

	assert_int_equal(policy_read(scratch_path(s, "none"), &policy, &why), 0);
	assert_policy("no file", &policy, &wanted);
	assert_policy("policy_defaults", &policy_defaults, &wanted);
	assert_int_equal(id_range_last(policy.pool), 1879048191);
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
		{"", {POOL, DELEGATE_AUTO, 65536}},
		{"\n\n", {POOL, DELEGATE_AUTO, 65536}},
		{"# nothing", {POOL, DELEGATE_AUTO, 65536}},
		{"# nothing\n#[default]\n  # size=1\n", {POOL, DELEGATE_AUTO, 65536}},
		{HOST DEFAULT, {POOL, DELEGATE_AUTO, 65536}},
		{DEFAULT "delegate = auto\n", {POOL, DELEGATE_AUTO, 65536}},
		{DEFAULT "delegate = yes\n", {POOL, DELEGATE_YES, 65536}},
		{DEFAULT "delegate=no", {POOL, DELEGATE_NO, 65536}},
		{DEFAULT "size = 1\n", {POOL, DELEGATE_AUTO, 1}},
		{DEFAULT "size = 1000\n", {POOL, DELEGATE_AUTO, 1000}},
		{DEFAULT "size = 64K\n", {POOL, DELEGATE_AUTO, 65536}},
		{DEFAULT "size = 1M\n", {POOL, DELEGATE_AUTO, 1048576}},
		{DEFAULT "size = 2M # a comment\n", {POOL, DELEGATE_AUTO, 2097152}},
		{DEFAULT "size = 1878523904\n", {POOL, DELEGATE_AUTO, 1878523904}},
		{DEFAULT "size = 4095M\n" HOST "pool = 65536-4294967294\n",
		 {{65536, 4294901759}, DELEGATE_AUTO, 4293918720}},
		{HOST "pool = 65536-4294967294\n", {{65536, 4294901759}, DELEGATE_AUTO, 65536}},
		{HOST "pool = 100000-165535\n", {{100000, 65536}, DELEGATE_AUTO, 65536}},
		{HOST "pool = 65536-65536\n" DEFAULT "size = 1\n", {{65536, 1}, DELEGATE_AUTO, 1}},
		{"# all\n" DEFAULT "\ndelegate = no\n\tsize = 1M\n\n" HOST
		 "# ids\npool = 1000000-3000000\n",
		 {{1000000, 2000001}, DELEGATE_NO, 1048576}},
	};
	struct scratch *s = *state;

	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *path =
			scratch_write(s, "conf", rows[i].text, strlen(rows[i].text), 0644);
		struct policy policy = untouched;
		struct reason why = {""};

		if (policy_read(path, &policy, &why) < 0)
			fail_msg("'%s': %s", rows[i].text, why.text);
		assert_policy(rows[i].text, &policy, &rows[i].policy);
	}
}

#define BAD_DELEGATE "expected auto, yes or no"
#define BAD_SIZE     "expected a number of ids"
#define BAD_POOL     "expected FIRST-LAST"

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
		{DEFAULT "size = 1\nsize = 2\n", 2, "has two values"},
		{DEFAULT "size = 1\n" HOST DEFAULT "size = junk\n", 2, "has two values"},
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
		/* The line is the one with the key, whatever stands before it. */
		{"# one\n\n" DEFAULT "# four\n\n\nsize = x\n", 7, BAD_SIZE},
		{DEFAULT "delegate = no\nsize = x\n", 3, BAD_SIZE},
		{HOST "pool = 100000-900000\n\n" DEFAULT "delegate = perhaps\n", 5, BAD_DELEGATE},
		{DEFAULT "sizes = 1\n", 2, "unknown key 'sizes' in section [default]"},
		{DEFAULT "Size = 1\n", 2, "unknown key 'Size' in section [default]"},
		{DEFAULT "pool = 524288-600000\n", 2, "unknown key 'pool' in section [default]"},
		{HOST "size = 1\n", 2, "unknown key 'size' in section [host]"},
		{"[other]\nsize = 1\n", 2, "unknown key 'size' in section [other]"},
		{"[user alice]\ndelegate = no\n", 2, "section [user alice]"},
		{"[Default]\nsize = 1\n", 2, "section [Default]"},
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
		{DEFAULT "size = 2M\n" HOST "pool = 100000-1000000\n", 0,
		 "larger than the whole pool"},
		{DEFAULT "size = 1878523905\n", 0, "larger than the whole pool"},
		{HOST "pool = 100000-165534\n", 0, "larger than the whole pool"},
	};
	struct scratch *s = *state;

	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *path =
			scratch_write(s, "conf", rows[i].text, strlen(rows[i].text), 0644);
		struct policy policy = untouched;
		struct reason why = {""};
		char place[64];
		int r = policy_read(path, &policy, &why);

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
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct policy policy = untouched;
		struct reason why = {""};

		assert_int_equal(
			policy_read(scratch_write(s, "conf", texts[i], 22, 0644), &policy, &why),
			-EINVAL);
		TELLS("NUL", &why, s->path, "NUL byte");
		assert_policy("NUL", &policy, &untouched);
	}
}

static void assert_unbelieved(const char *name, const char *path, int error, const char *says)
{
	struct policy policy = untouched;
	struct reason why = {""};
	int r = policy_read(path, &policy, &why);

	if (r != error)
		fail_msg("%s: %d, %s", name, r, why.text);
	TELLS(name, &why, path, says);
	assert_policy(name, &policy, &untouched);
}

static void test_unbelieved_kinds(void **state)
{
	struct scratch *s = *state;

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
	const char *path = scratch_write(s, "conf", DEFAULT, strlen(DEFAULT), 0644);

	if (geteuid() == 0)
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
	assert_int_equal(policy_read(scratch_write(s, "conf", text, most, 0644), &policy, &why), 0);
	assert_policy("just not too large", &policy, &policy_defaults);
	assert_unbelieved("too large", scratch_write(s, "conf", text, most + 1, 0644), -EFBIG,
			  "larger than 1048576 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(test_defaults),
		SCRATCH_TEST(test_good),
		SCRATCH_TEST(test_bad),

		SCRATCH_TEST(test_nul),
		SCRATCH_TEST(test_unbelieved_kinds),
		SCRATCH_TEST(test_unbelieved_owner),
		SCRATCH_TEST(test_unbelieved_modes),
		SCRATCH_TEST(test_too_large),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
