/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of namespace/childmap: the notation of maps, and what the kernel would take of them. */
#include <stdio.h>
#include <stdlib.h>

#include "namespace/childmap.h"
#include "tests/unit/unit.h"

/* As at every login: own id, range. */
static const struct id_map usual = {{{0, 1000, 1}, {1, 524288, 65536}}, 2};

static void test_notation(void **state)
{
	static const struct {
		const char *text;
		struct extent extent; /* count 0: refused */
		int error;
		const char *why;
	} rows[] = {
		{"0:0:1", {0, 0, 1}, 0, NULL},
		{"0:5:10", {0, 5, 10}, 0, NULL},
		{"7:8", {7, 8, 1}, 0, NULL},
		{"4294967294:0:1", {4294967294, 0, 1}, 0, NULL},
		{"0:4294967294:1", {0, 4294967294, 1}, 0, NULL},
		{"0:0:4294967295", {0, 0, 4294967295}, 0, NULL},
		{"1:0:4294967294", {1, 0, 4294967294}, 0, NULL},
		{"", {0, 0, 0}, -EINVAL, "IN:OUT:COUNT"},
		{"1", {0, 0, 0}, -EINVAL, "IN:OUT:COUNT"},
		{"::", {0, 0, 0}, -EINVAL, "IN:OUT:COUNT"},
		{"0:0:", {0, 0, 0}, -EINVAL, "IN:OUT:COUNT"},
		{":0:1", {0, 0, 0}, -EINVAL, "IN:OUT:COUNT"},
		{"0:0:1:", {0, 0, 0}, -EINVAL, "IN:OUT:COUNT"},
		{"0:0:1:1", {0, 0, 0}, -EINVAL, "IN:OUT:COUNT"},
		{"0:0:-1", {0, 0, 0}, -EINVAL, "IN:OUT:COUNT"},
		{"-1:0:1", {0, 0, 0}, -EINVAL, "IN:OUT:COUNT"},
		{"0:+1:1", {0, 0, 0}, -EINVAL, "IN:OUT:COUNT"},
		{"0: 1:1", {0, 0, 0}, -EINVAL, "IN:OUT:COUNT"},
		{"0x1:0:1", {0, 0, 0}, -EINVAL, "IN:OUT:COUNT"},
		{"@0:0:1", {0, 0, 0}, -EINVAL, "IN:OUT:COUNT"},
		{"0:0:0", {0, 0, 0}, -ERANGE, "a count of 0"},
		{"0:4294967295:1", {0, 0, 0}, -ERANGE, "uids end with 4294967294"},
		{"0:4294967296:1", {0, 0, 0}, -ERANGE, "uids end with 4294967294"},
		{"0:4294967294:2", {0, 0, 0}, -ERANGE, "uids end with 4294967294"},
		{"4294967295:0:1", {0, 0, 0}, -ERANGE, "uids end with 4294967294"},
		{"0:0:4294967296", {0, 0, 0}, -ERANGE, "uids end with 4294967294"},
		{"0:1:4294967295", {0, 0, 0}, -ERANGE, "uids end with 4294967294"},
		{"0:18446744073709551616:1", {0, 0, 0}, -ERANGE, "uids end with 4294967294"},
		{"0:0:99999999999999999999999999", {0, 0, 0}, -ERANGE, "uids end with 4294967294"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct id_map map = {.count = 0};
		struct reason why = {.text = ""};
		int r = childmap_add(&map, "uid", rows[i].text, &why);

		if (r != rows[i].error)
			fail_msg("'%s' gives %d: %s", rows[i].text, r, why.text);
		assert_int_equal(map.count, r == 0);
		if (r == 0)
			assert_memory_equal(&map.extents[0], &rows[i].extent,
					    sizeof(struct extent));
		else
			TELLS(rows[i].text, &why, rows[i].why, rows[i].text);
	}
}

static void test_no_more_than_the_kernel_takes(void **state)
{
	struct id_map map = {.count = 0};
	struct reason why = {.text = ""};
	char text[32];

	(void)state;
	for (unsigned int i = 0; i < MAP_EXTENTS_MAX; i++) {
		snprintf(text, sizeof(text), "%u:%u:1", i, i);
		assert_int_equal(childmap_add(&map, "gid", text, &why), 0);
	}
	assert_int_equal(childmap_add(&map, "gid", "340:340:1", &why), -E2BIG);
	assert_int_equal(map.count, MAP_EXTENTS_MAX);
	TELLS("341", &why, "the gid map", "340 lines");
}

static void test_whole(void **state)
{
	/* In the order in which a kernel shows them, which is that of writing up to five. */
	const struct id_map parent = {{{1, 524288, 65536}, {70000, 9, 2}, {0, 1000, 1}}, 3};
	const struct id_map wanted = {{{0, 0, 1}, {1, 1, 65536}, {70000, 70000, 2}}, 3};
	struct id_map whole;

	(void)state;
	childmap_whole(&parent, &whole);
	assert_int_equal(whole.count, wanted.count);
	assert_memory_equal(whole.extents, wanted.extents, 3 * sizeof(struct extent));
}

static void test_fit(void **state)
{
	static const struct {
		const char *name;
		struct extent wanted[4];
		struct extent fits[4]; /* none: refused */
		int error;
		const char *why[3];
	} rows[] = {
		{"one", {{0, 0, 1}}, {{0, 0, 1}}, 0, {NULL}},
		{"sparse", {{0, 5, 1}, {9, 7, 3}}, {{0, 5, 1}, {9, 7, 3}}, 0, {NULL}},
		{"to the last", {{0, 65536, 1}}, {{0, 65536, 1}}, 0, {NULL}},
		/* The kernel wants each in one of the parent's extents. */
		{"cut", {{10, 0, 65537}}, {{10, 0, 1}, {11, 1, 65536}}, 0, {NULL}},
		{"not at 0", {{0, 1, 65536}}, {{0, 1, 65536}}, 0, {NULL}},
		{"behind", {{0, 65537, 1}}, {{0}}, -EPERM, {"no uid 65537", "0-65536"}},
		{"over", {{0, 65530, 8}}, {{0}}, -EPERM, {"no uid 65537", "0:65530:8"}},
		{"all ids", {{0, 0, 4294967295}}, {{0}}, -EPERM, {"no uid 65537"}},
		{"the highest", {{0, 4294967294, 1}}, {{0}}, -EPERM, {"no uid 4294967294"}},
		{"same inside by one",
		 {{0, 0, 10}, {9, 20, 10}},
		 {{0}},
		 -EEXIST,
		 {"0:0:10 and 9:20:10", "map uid 9"}},
		{"same outside by one",
		 {{0, 0, 10}, {10, 9, 10}},
		 {{0}},
		 -EEXIST,
		 {"0:0:10 and 10:9:10", "namespace's uid 9"}},
		{"the third with the first",
		 {{50, 50, 10}, {0, 0, 10}, {59, 70, 1}},
		 {{0}},
		 -EEXIST,
		 {"50:50:10 and 59:70:1", "map uid 59"}},
		{"neighbours",
		 {{10, 10, 10}, {0, 0, 10}},
		 {{10, 10, 10}, {0, 0, 1}, {1, 1, 9}},
		 0,
		 {NULL}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct id_map wanted = {.count = 0}, fits = {.count = 77};
		struct reason why = {.text = ""};
		size_t count = 0;
		int r;

		while (rows[i].wanted[wanted.count].count) {
			wanted.extents[wanted.count] = rows[i].wanted[wanted.count];
			wanted.count++;
		}
		while (rows[i].fits[count].count)
			count++;
		r = childmap_fit(&usual, &wanted, "uid", &fits, &why);
		if (r != rows[i].error)
			fail_msg("%s gives %d: %s", rows[i].name, r, why.text);
		assert_int_equal(fits.count, r == 0 ? count : 77);
		assert_memory_equal(fits.extents, rows[i].fits, count * sizeof(struct extent));
		assert_tells(rows[i].name, &why, rows[i].why, COUNT_OF(rows[i].why));
	}
}

/* What is cut can be more than the kernel takes, as lines and as bytes. */
static void test_fit_is_limited(void **state)
{
	struct id_map parent = {.count = MAP_EXTENTS_MAX}, wanted = {.count = 1}, fits;
	struct reason why = {.text = ""};

	(void)state;
	for (uint32_t i = 0; i < MAP_EXTENTS_MAX; i++)
		parent.extents[i] = (struct extent){i, 10 * i, 1};
	wanted.extents[0] = (struct extent){0, 0, MAP_EXTENTS_MAX};
	assert_int_equal(childmap_fit(&parent, &wanted, "uid", &fits, &why), 0);
	assert_int_equal(fits.count, MAP_EXTENTS_MAX);
	/* Of two ids each, and wanted in threes: each is cut. */
	for (uint32_t i = 0; i < MAP_EXTENTS_MAX; i++)
		parent.extents[i] = (struct extent){2 * i, 10 * i, 2};
	wanted.count = MAP_EXTENTS_MAX / 2 + 1;
	for (uint32_t i = 0; i < wanted.count; i++)
		wanted.extents[i] = (struct extent){3 * i, 3 * i, 3};
	assert_int_equal(childmap_fit(&parent, &wanted, "uid", &fits, &why), -E2BIG);
	TELLS("lines", &why, "the uid map", "340 lines");
	assert_int_equal(fits.count, MAP_EXTENTS_MAX);
	/* Ten digits each: 24 bytes a line. */
	wanted.count = MAP_EXTENTS_MAX;
	for (uint32_t i = 0; i < MAP_EXTENTS_MAX; i++)
		wanted.extents[i] = (struct extent){4000000000 + i, i, 1};
	assert_int_equal(childmap_fit(&parent, &wanted, "uid", &fits, &why), -E2BIG);
	TELLS("bytes", &why, "the uid map", "4095 bytes");
}

/*
 * Against a model that keeps an array of ids: every map that fits gives each id what was asked for,
 * and each extent lies in one of the parent's; what does not fit is refused for what the model
 * says.
 */
#define IDS 64

static uint32_t to_parent(const struct id_map *map, uint32_t id)
{
	for (size_t i = 0; i < map->count; i++)
		if (id >= map->extents[i].inside &&
		    id < map->extents[i].inside + map->extents[i].count)
			return map->extents[i].outside + (id - map->extents[i].inside);
	return UINT32_MAX;
}

static void random_map(struct id_map *ret, size_t most)
{
	ret->count = (size_t)rand() % most + 1;
	for (size_t i = 0; i < ret->count; i++)
		ret->extents[i] = (struct extent){(uint32_t)rand() % IDS, (uint32_t)rand() % IDS,
						  (uint32_t)rand() % 8 + 1};
}

/* Extents apart, inside and outside, as the kernel has them. */
static void random_parent(struct id_map *ret)
{
	uint32_t inside = 0, outside = 1000;

	ret->count = (size_t)rand() % 6 + 1;
	for (size_t i = 0; i < ret->count; i++) {
		uint32_t count = (uint32_t)rand() % 20 + 1;

		ret->extents[i] = (struct extent){inside, outside, count};
		inside += count + (rand() % 3 == 0 ? 2 : 0);
		outside += count + 5;
	}
}

static int model(const struct id_map *parent, const struct id_map *wanted,
		 uint32_t ret_ids[static 2 * IDS])
{
	bool taken[2 * IDS] = {false}, lacking = false;

	for (size_t id = 0; id < (size_t)2 * IDS; id++)
		ret_ids[id] = UINT32_MAX;
	for (size_t i = 0; i < wanted->count; i++)
		for (uint32_t j = 0; j < wanted->extents[i].count; j++) {
			uint32_t inside = wanted->extents[i].inside + j;
			uint32_t outside = wanted->extents[i].outside + j;

			if (ret_ids[inside] != UINT32_MAX || taken[outside])
				return -EEXIST;
			ret_ids[inside] = outside;
			taken[outside] = true;
			lacking |= to_parent(parent, outside) == UINT32_MAX;
		}
	return lacking ? -EPERM : 0;
}

static void assert_in_one_extent(const struct id_map *parent, const struct extent *extent)
{
	uint32_t first = to_parent(parent, extent->outside);

	for (size_t i = 0; i < parent->count; i++) {
		const struct extent *e = &parent->extents[i];

		if (first >= e->outside && first < e->outside + e->count)
			assert_true(first + extent->count <= e->outside + e->count);
	}
}

static void test_fit_against_model(void **state)
{
	unsigned int outcomes[3] = {0};

	(void)state;
	srand(6);
	for (unsigned int run = 0; run < 20000; run++) {
		uint32_t ids[2 * IDS];
		struct id_map parent, wanted, fits;
		struct reason why;
		int expected, r;

		random_parent(&parent);
		random_map(&wanted, 1 + run % 4);
		expected = model(&parent, &wanted, ids);
		r = childmap_fit(&parent, &wanted, "uid", &fits, &why);
		if (r != expected)
			fail_msg("run %u gives %d, not %d: %s", run, r, expected, why.text);
		outcomes[r == 0 ? 0 : r == -EPERM ? 1 : 2]++;
		for (uint32_t id = 0; r == 0 && id < 2 * IDS; id++)
			assert_int_equal(to_parent(&fits, id), ids[id]);
		for (size_t i = 0; r == 0 && i < fits.count; i++)
			assert_in_one_extent(&parent, &fits.extents[i]);
	}
	/* A run that never gets somewhere would show nothing. */
	for (size_t i = 0; i < COUNT_OF(outcomes); i++)
		assert_true(outcomes[i] > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_notation),
		cmocka_unit_test(test_no_more_than_the_kernel_takes),
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_fit),
		cmocka_unit_test(test_fit_is_limited),
		cmocka_unit_test(test_fit_against_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
