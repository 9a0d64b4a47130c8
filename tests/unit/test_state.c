/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of namespace/state and keyfile: what is written, and when it is believed. */
#include "namespace/keyfile.h"
#include "namespace/state.h"
#include "tests/unit/scratch.h"
#include "util/file.h"

static void test_find(void **state)
{
	static const struct {
		const char *text, *key, *value; /* NULL: not found */
	} rows[] = {
		{"user=alice\nuid=1000\n", "user", "alice"},
		{"user=alice\nuid=1000\n", "uid", "1000"},
		{"user=alice\nuid=1000", "uid", "1000"},
		{"user=alice\nuid=1000\n", "gid", NULL},
		{"uid_map=0 1 2,\nuid=7\n", "uid", "7"},
		{"guid=1\nuid=2\n", "uid", "2"},
		{"a=uid=1\nuid=2\n", "uid", "2"},
		{"policy=a=b\n", "policy", "a=b"},
		{"empty=\nnext=1\n", "empty", ""},
		{"empty=", "empty", ""},
		{"uid\nuid=3\n", "uid", "3"},
		{"uid", "uid", NULL},
		{"\n\nuid=4\n", "uid", "4"},
		{"uid=1\nuid=2\n", "uid", "1"},
		{"UID=1\n", "uid", NULL},
		{" uid=1\n", "uid", NULL},
		{"", "uid", NULL},
		{"\n", "uid", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice found = keyfile_find(rows[i].text, rows[i].key);
		const char *value = found.text;
		size_t length = found.length;

		if (!rows[i].value && value)
			fail_msg("row %zu: '%s' found", i, value);
		if (!rows[i].value)
			continue;
		if (!value || length != strlen(rows[i].value) ||
		    strncmp(value, rows[i].value, length) != 0)
			fail_msg("row %zu: '%s'", i, value ? value : "nothing");
		/* In the text itself. */
		assert_in_range((uintptr_t)value, (uintptr_t)rows[i].text,
				(uintptr_t)(rows[i].text + strlen(rows[i].text)));
	}
}

static const char written[] = "version=1\n"
			      "user=DOM\\alice\n"
			      "uid=1000\n"
			      "gid=100\n"
			      "uid_map=0 1000 1,1 524288 65536,\n"
			      "gid_map=0 100 1,1 700000 65536,\n"
			      "setgroups=deny\n"
			      "policy=/etc/security/userns.conf\n"
			      "lifetime=boot\n";

static struct ns_maps some_maps(bool setgroups)
{
	struct ns_maps maps = {.setgroups = setgroups};

	map_for_user(1000, &(struct id_range){524288, 65536}, 1, &maps.uids);
	map_for_user(100, &(struct id_range){700000, 65536}, 1, &maps.gids);
	return maps;
}

static int write_state(struct scratch *s, const struct ns_maps *maps, struct reason *why)
{
	const struct rundir dir = {.fd = s->fd, .lock = -1};
	const struct state what = {.user = "DOM\\alice",
				   .uid = 1000,
				   .gid = 100,
				   .maps = maps,
				   .policy = "/etc/security/userns.conf",
				   .lifetime = LIFETIME_BOOT};

	return state_write(&dir, &what, why);
}

static void test_write(void **state)
{
	struct ns_maps maps = some_maps(false);
	struct scratch *s = *state;
	struct reason why;

	assert_int_equal(write_state(s, &maps, &why), 0);
	assert_file(s, STATE_NAME, written, sizeof(written) - 1);
	assert_int_equal(mode_of_file(s, STATE_NAME), 0644);
	assert_int_equal(count_files(s), 1);
}

static void test_write_over_older(void **state)
{
	struct ns_maps maps = some_maps(true);
	struct scratch *s = *state;
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FD int fd = -1;
	struct reason why;
	size_t length;
	char map[MAP_TEXT_SIZE];

	memset(map, 'x', sizeof(map));
	scratch_write(s, STATE_NAME, map, sizeof(map), 0644);
	assert_int_equal(write_state(s, &maps, &why), 0);
	fd = openat(s->fd, STATE_NAME, O_RDONLY | O_CLOEXEC);
	assert_int_equal(file_read(fd, 4096, &text, &length), 0);
	assert_true(slice_equals(keyfile_find(text, "setgroups"), "allow"));
	/* What was written is found as it was put in. */
	assert_int_equal(map_format(&maps.gids, ',', map), 0);
	assert_true(slice_equals(keyfile_find(text, "gid_map"), map));
	assert_int_equal(count_files(s), 1);
}

static void test_write_failures(void **state)
{
	const struct rundir nowhere = RUNDIR_INIT;
	struct ns_maps maps = some_maps(true);
	const struct state what = {.user = "a", .uid = 1000, .maps = &maps, .policy = "p"};
	struct scratch *s = *state;
	struct reason why;

	assert_int_equal(state_write(&nowhere, &what, &why), -EBADF);
	TELLS("nowhere", &why, "uid 1000");

	scratch_write(s, STATE_NAME, "older", 5, 0644);
	for (size_t i = 0; i < MAP_EXTENTS_MAX; i++)
		maps.gids.extents[i] = (struct extent){4294967294, 4294967294, 1};
	maps.gids.count = MAP_EXTENTS_MAX;
	assert_int_equal(write_state(s, &maps, &why), -E2BIG);
	TELLS("too long", &why, "uid 1000");
	assert_file(s, STATE_NAME, "older", 5);
	assert_int_equal(count_files(s), 1);
}

static void test_read(void **state)
{
	static const struct {
		size_t length; /* of what was written */
		const char *from, *to, *told;
	} rows[] = {
		{sizeof(written) - 1, NULL, NULL, NULL},
		{0, NULL, NULL, "it is cut short"},
		{30, NULL, NULL, "it is cut short"},
		{sizeof(written) - 2, NULL, NULL, "it is cut short"},
		{sizeof(written) - 1, "version=1", "version=2", "it is of version 2"},
		{sizeof(written) - 1, "version=1", "version=x", "it is cut short"},
		{sizeof(written) - 1, "uid=1000", "uid=1001", "it is not uid 1000's"},
		{sizeof(written) - 1, "lifetime=", "lifetima=", "it is cut short"},
	};
	struct scratch *s = *state;
	const struct rundir dir = {.uid = 1000, .fd = s->fd, .lock = -1};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct reason why = {.text = ""};
		char text[sizeof(written)], user[ID_OWNER_SIZE];

		memcpy(text, written, sizeof(text));
		if (rows[i].from)
			memcpy(strstr(text, rows[i].from), rows[i].to, strlen(rows[i].to));
		scratch_write(s, STATE_NAME, text, rows[i].length, 0644);
		state_user(&dir, user, &why);
		assert_string_equal(user, rows[i].told ? "" : "DOM\\alice");
		if (rows[i].told)
			TELLS(rows[i].told, &why, rows[i].told);
		assert_int_equal(state_lifetime(&dir, &why),
				 rows[i].told ? LIFETIME_SESSION : LIFETIME_BOOT);
	}
}

static void test_read_no_file(void **state)
{
	struct scratch *s = *state;
	const struct rundir dir = {.uid = 1000, .fd = s->fd, .lock = -1};
	struct ns_maps maps = some_maps(true);
	struct reason why = {.text = ""};
	char user[ID_OWNER_SIZE];

	state_user(&dir, user, &why);
	assert_string_equal(user, "");
	assert_string_equal(why.text, "");
	scratch_write(s, STATE_NAME, written, sizeof(written) - 1, 0666);
	state_user(&dir, user, &why);
	assert_string_equal(user, "");
	TELLS("writable", &why, "writable for others");
	unlinkat(s->fd, STATE_NAME, 0);
	assert_int_equal(mkdirat(s->fd, STATE_NAME, 0755), 0);
	state_user(&dir, user, &why);
	assert_string_equal(user, "");
	TELLS("directory", &why, "it is no file");
	assert_int_equal(write_state(s, &maps, &why), 0);
	state_user(&dir, user, &why);
	assert_string_equal(user, "DOM\\alice");
}

static void test_maps(void **state)
{
	struct ns_maps maps = some_maps(false), found;

	(void)state;
	assert_int_equal(state_maps(written, &found), 0);
	assert_true(maps_equal(&maps, &found));
	assert_int_equal(state_maps("uid_map=0 1 1,\n", &found), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		SCRATCH_TEST(test_write),
		SCRATCH_TEST(test_write_over_older),
		SCRATCH_TEST(test_write_failures),
		SCRATCH_TEST(test_read),
		SCRATCH_TEST(test_read_no_file),
		cmocka_unit_test(test_maps),
	};

	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
