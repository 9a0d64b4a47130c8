/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of namespace/maps: maps as text and back, and when two are the same. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "namespace/maps.h"
#include "subid/settle.h"
#include "tests/unit/unit.h"

static void assert_map_for_user(uint32_t own, const struct id_range *ranges, size_t count,
				const char *wanted)
{
	char text[MAP_TEXT_SIZE];
	struct id_map map;

	memset(&map, 0xff, sizeof(map));
	map_for_user(own, ranges, count, &map);
	assert_int_equal(map.count, count + 1);
	assert_int_equal(map_format(&map, '\n', text), 0);
	assert_string_equal(text, wanted);
}

/* Without the user's own id: the first range is root, and the others are behind it. */
static void test_of_ranges(void **state)
{
	const struct id_range ranges[] = {{524288, 65536}, {100000, 1}, {700000, 3}};
	char text[MAP_TEXT_SIZE];
	struct id_map map;

	(void)state;
	memset(&map, 0xff, sizeof(map));
	map_of_ranges(ranges, 3, &map);
	assert_int_equal(map.count, 3);
	assert_int_equal(map_format(&map, '\n', text), 0);
	assert_string_equal(text, "0 524288 65536\n65536 100000 1\n65537 700000 3\n");
}

static void test_for_user(void **state)
{
	const struct id_range ranges[] = {{524288, 65536}, {100000, 1}, {700000, 3}};

	(void)state;
	assert_map_for_user(1000, ranges, 0, "0 1000 1\n");
	assert_map_for_user(1000, ranges, 1, "0 1000 1\n1 524288 65536\n");
	/* In the order in which they come, one behind the other inside. */
	assert_map_for_user(100, ranges, 3,
			    "0 100 1\n1 524288 65536\n65537 100000 1\n65538 700000 3\n");
	assert_map_for_user(4294967294, (const struct id_range[]){{0, 4294967294}}, 1,
			    "0 4294967294 1\n1 0 4294967294\n");
}

/* As many as the kernel takes, and the settlement never gives more. */
static void test_for_user_most(void **state)
{
	struct id_range ranges[MAP_EXTENTS_MAX - 1];
	struct id_map map;

	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(ranges); i++)
		ranges[i] = (struct id_range){100000 + i * 10, 2};
	map_for_user(7, ranges, COUNT_OF(ranges), &map);
	assert_int_equal(map.count, MAP_EXTENTS_MAX);
	assert_int_equal(map.extents[MAP_EXTENTS_MAX - 1].inside, 1 + 2 * (COUNT_OF(ranges) - 1));
	assert_int_equal(map.extents[MAP_EXTENTS_MAX - 1].outside,
			 100000 + 10 * (COUNT_OF(ranges) - 1));
	assert_true(USER_RANGES_MAX <= COUNT_OF(ranges));
}

/* The most ranges of a user, with the longest numbers, are still a text that the kernel takes. */
static void test_for_user_text(void **state)
{
	struct id_range ranges[USER_RANGES_MAX];
	char text[MAP_TEXT_SIZE];
	struct id_map map;

	(void)state;
	for (uint32_t i = 0; i < COUNT_OF(ranges); i++)
		ranges[i] = (struct id_range){4294967294 - i, 1};
	map_for_user(4294967294, ranges, COUNT_OF(ranges), &map);
	for (size_t i = 0; i < map.count; i++)
		map.extents[i] = (struct extent){4294967294, 4294967294, 4294967294};
	assert_int_equal(map_format(&map, '\n', text), 0);
}

static void test_format(void **state)
{
	struct id_map map = {.count = 0};
	char text[MAP_TEXT_SIZE];

	(void)state;
	assert_int_equal(map_format(&map, '\n', text), 0);
	assert_string_equal(text, "");
	map.extents[0] = (struct extent){0, 4294967294, 1};
	map.extents[1] = (struct extent){4294967294, 0, 4294967295};
	map.count = 2;
	assert_int_equal(map_format(&map, ',', text), 0);
	assert_string_equal(text, "0 4294967294 1,4294967294 0 4294967295,");
}

/* The kernel takes less than a page: 4095 bytes and not one more. */
static void test_format_too_long(void **state)
{
	struct {
		char text[MAP_TEXT_SIZE];
		char behind[8];
	} place;
	struct id_map map = {.count = 171};

	(void)state;
	memset(&place, '!', sizeof(place));
	for (size_t i = 0; i < 170; i++) /* 24 bytes each */
		map.extents[i] = (struct extent){4294967294, 4294967294, 1};
	map.extents[170] = (struct extent){1000000, 1000, 1}; /* 15 bytes */
	assert_int_equal(map_format(&map, '\n', place.text), 0);
	assert_int_equal(strlen(place.text), MAP_TEXT_SIZE - 1);
	map.extents[170].inside *= 10;
	assert_int_equal(map_format(&map, '\n', place.text), -E2BIG);
	for (size_t i = 0; i < MAP_EXTENTS_MAX; i++)
		map.extents[i] = (struct extent){4294967294, 4294967294, 4294967294};
	map.count = MAP_EXTENTS_MAX;
	assert_int_equal(map_format(&map, '\n', place.text), -E2BIG);
	assert_memory_equal(place.behind, "!!!!!!!!", sizeof(place.behind));
}

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		struct extent extents[3];
	} rows[] = {
		{"", 0, {{0, 0, 0}}},
		/* As the kernel pads it. */
		{"         0          0 4294967295\n", 1, {{0, 0, 4294967295}}},
		{"         0       1000          1\n         1     524288      65536\n",
		 2,
		 {{0, 1000, 1}, {1, 524288, 65536}}},
		{"5 6 7", 1, {{5, 6, 7}}},
		{"4294967294 4294967293 1\n", 1, {{4294967294, 4294967293, 1}}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct id_map map = {.count = 99};

		assert_int_equal(map_parse(rows[i].text, &map), 0);
		assert_int_equal(map.count, rows[i].count);
		assert_memory_equal(map.extents, rows[i].extents,
				    rows[i].count * sizeof(struct extent));
	}
}

static void test_parse_malformed(void **state)
{
	static const char *const rows[] = {
		"0",	       "0 1000",    "0 1000 1\n1", "x",	 "0 x 1",
		"0 1000 1\nx", "0 1000 1x", "0,1000,1",	   "\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct id_map map = {.count = 99};

		if (map_parse(rows[i], &map) != -EINVAL || map.count != 99)
			fail_msg("'%s' was taken", rows[i]);
	}
}

static void test_parse_extents(void **state)
{
	char text[(MAP_EXTENTS_MAX + 1) * 16] = "";
	struct id_map map;
	size_t used = 0;

	(void)state;
	for (unsigned int i = 0; i < MAP_EXTENTS_MAX; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%u %u 1\n", i,
					 1000 + i);
	assert_int_equal(map_parse(text, &map), 0);
	assert_int_equal(map.count, MAP_EXTENTS_MAX);
	assert_int_equal(map.extents[MAP_EXTENTS_MAX - 1].outside, 1000 + MAP_EXTENTS_MAX - 1);
	snprintf(text + used, sizeof(text) - used, "%u %u 1\n", 5000, 5000);
	assert_int_equal(map_parse(text, &map), -EINVAL);
}

static void test_equal(void **state)
{
	static const char base[] = "0 1000 1\n1 524288 65536\n70000 9 2\n";
	static const struct {
		const char *uids, *gids;
		bool setgroups, equal;
	} rows[] = {
		{base, base, true, true},
		{"70000 9 2\n0 1000 1\n1 524288 65536\n", "1 524288 65536\n70000 9 2\n0 1000 1\n",
		 true, true},
		{base, base, false, false},
		{"0 1000 1\n1 524288 65536\n", base, true, false},
		{base, "0 1000 1\n1 524288 65536\n70000 9 2\n80000 20 1\n", true, false},
		{"0 1001 1\n1 524288 65536\n70000 9 2\n", base, true, false},
		{"0 1000 1\n2 524288 65536\n70000 9 2\n", base, true, false},
		{"0 1000 1\n1 524288 65535\n70000 9 2\n", base, true, false},
		{base, "0 1000 1\n1 524289 65536\n70000 9 2\n", true, false},
		{"", "", true, false},
	};
	struct ns_maps wanted = {.setgroups = true};

	(void)state;
	assert_int_equal(map_parse(base, &wanted.uids), 0);
	assert_int_equal(map_parse(base, &wanted.gids), 0);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ns_maps other = {.setgroups = rows[i].setgroups};

		assert_int_equal(map_parse(rows[i].uids, &other.uids), 0);
		assert_int_equal(map_parse(rows[i].gids, &other.gids), 0);
		if (maps_equal(&wanted, &other) != rows[i].equal ||
		    maps_equal(&other, &wanted) != rows[i].equal)
			fail_msg("row %zu", i);
	}
}

/* Only ids outside count, and each side by itself. */
static void test_are_within(void **state)
{
	static const char base[] = "0 1000 1\n1 524288 65536\n65537 589824 65536\n";
	static const struct {
		const char *uids, *gids;
		bool within;
	} rows[] = {
		{base, base, true},
		{"", "", true},
		{"0 524288 65536\n", base, true},
		{"0 524288 1\n9 1000 1\n", "0 655359 1\n", true},
		/* Over two that follow each other. */
		{"0 524288 131072\n", base, true},
		{"0 524288 131073\n", base, false},
		{base, "0 524287 2\n", false},
		{"0 1001 1\n", base, false},
		{base, "0 0 4294967295\n", false},
		{"0 4294967295 1\n", base, false},
	};
	struct ns_maps of_user = {.setgroups = true};

	(void)state;
	assert_int_equal(map_parse(base, &of_user.uids), 0);
	assert_int_equal(map_parse(base, &of_user.gids), 0);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct ns_maps there = {.setgroups = false};

		assert_int_equal(map_parse(rows[i].uids, &there.uids), 0);
		assert_int_equal(map_parse(rows[i].gids, &there.gids), 0);
		if (maps_are_within(&there, &of_user) != rows[i].within)
			fail_msg("row %zu", i);
	}
}

static void test_read_own(void **state)
{
	struct ns_maps maps, again;
	char text[MAP_TEXT_SIZE];
	struct reason why;

	(void)state;
	assert_int_equal(maps_read(getpid(), &maps, &why), 0);
	/* A process runs under an id, so there is one in its map. */
	assert_true(maps.uids.count >= 1);
	assert_true(maps.gids.count >= 1);
	again = maps;
	assert_int_equal(map_format(&maps.uids, '\n', text), 0);
	assert_int_equal(map_parse(text, &again.uids), 0);
	assert_true(maps_equal(&maps, &again));
}

static void test_read_gone(void **state)
{
	struct ns_maps maps;
	struct reason why;
	char path[64];
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(0);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(maps_read(pid, &maps, &why), -ENOENT);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	TELLS("gone", &why, path);
}

static void test_find(void **state)
{
	const struct id_map usual = {{{0, 1000, 1}, {1, 100000, 65536}}, 2};

	(void)state;
	assert_non_null(map_find(&usual, 0));
	assert_non_null(map_find(&usual, 65536));
	assert_null(map_find(&usual, 65537));
	assert_non_null(map_find(&(struct id_map){{{5, 0, 4294967290}}, 1}, 4294967294));
	assert_null(map_find(&(struct id_map){{{5, 0, 4294967290}}, 1}, 4));
	assert_null(map_find(&(struct id_map){.count = 0}, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_for_user),
		cmocka_unit_test(test_of_ranges),
		cmocka_unit_test(test_for_user_most),
		cmocka_unit_test(test_for_user_text),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_format_too_long),
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_malformed),
		cmocka_unit_test(test_parse_extents),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_are_within),
		cmocka_unit_test(test_read_own),
		cmocka_unit_test(test_read_gone),
	};

	return cmocka_run_group_tests_name("maps", tests, NULL, NULL);
}
