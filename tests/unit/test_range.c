/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of subid/range: ranges, sets, and the first range that is free. */
#include "subid/range.h"
#include "tests/unit/unit.h"

static void test_make(void **state)
{
	static const struct {
		uint64_t start, count;
		bool good;
	} rows[] = {
		{0, 1, true},
		{524288, 65536, true},
		{0, 4294967295, true},
		{4294967294, 1, true},
		{4294901759, 65536, true},
		{1, 4294967294, true},
		{0, 0, false},
		{4294967295, 1, false},
		{4294967294, 2, false},
		{0, 4294967296, false},
		{1, 4294967295, false},
		{4294901760, 65536, false},
		{4294967296, 1, false},
		{UINT64_MAX, 1, false},
		{1, UINT64_MAX, false},
		{UINT64_MAX, UINT64_MAX, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct id_range range = {7, 7};
		int r = id_range_make(rows[i].start, rows[i].count, &range);

		if (rows[i].good) {
			assert_int_equal(r, 0);
			assert_int_equal(range.start, rows[i].start);
			assert_int_equal(range.count, rows[i].count);
			assert_int_equal(id_range_last(range), rows[i].start + rows[i].count - 1);
		} else {
			assert_int_equal(r, -ERANGE);
			assert_true(id_range_equal(range, (struct id_range){7, 7}));
		}
	}
}

static void test_relations(void **state)
{
	static const struct {
		struct id_range a, b;
		bool overlaps, a_contains_b, b_contains_a;
	} rows[] = {
		{{10, 10}, {10, 10}, true, true, true},
		{{10, 10}, {20, 10}, false, false, false}, /* neighbours */
		{{10, 10}, {19, 10}, true, false, false},
		{{10, 10}, {12, 3}, true, true, false},
		{{10, 10}, {10, 9}, true, true, false},
		{{10, 10}, {11, 9}, true, true, false},
		{{10, 10}, {11, 10}, true, false, false},
		{{10, 10}, {19, 1}, true, true, false},
		{{10, 10}, {0, 10}, false, false, false},
		{{10, 10}, {0, 11}, true, false, false},
		{{0, 4294967295}, {4294967294, 1}, true, true, false},
		{{0, 4294967294}, {4294967294, 1}, false, false, false},
		{{4294967290, 5}, {4294967294, 1}, true, true, false},
		{{4294967290, 5}, {0, 1}, false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(id_range_overlaps(rows[i].a, rows[i].b), rows[i].overlaps);
		assert_int_equal(id_range_overlaps(rows[i].b, rows[i].a), rows[i].overlaps);
		assert_int_equal(id_range_contains(rows[i].a, rows[i].b), rows[i].a_contains_b);
		assert_int_equal(id_range_contains(rows[i].b, rows[i].a), rows[i].b_contains_a);
	}
	assert_false(id_range_equal((struct id_range){1, 2}, (struct id_range){1, 3}));
	assert_false(id_range_equal((struct id_range){1, 2}, (struct id_range){2, 2}));
}

static void test_single_ids(void **state)
{
	static const struct {
		struct id_range range;
		uint64_t end, id;
		bool has;
	} rows[] = {
		{{10, 5}, 15, 9, false},
		{{10, 5}, 15, 10, true},
		{{10, 5}, 15, 14, true},
		{{10, 5}, 15, 15, false},
		{{0, 4294967295}, 4294967295, 4294967294, true},
		{{0, 4294967295}, 4294967295, 4294967295, false},
		{{4294967294, 1}, 4294967295, 0, false},
		/* Its low 32 bits would be in it. */
		{{10, 5}, 15, (1ull << 32) + 10, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		assert_int_equal(id_range_end(rows[i].range), rows[i].end);
		assert_int_equal(id_range_has(rows[i].range, rows[i].id), rows[i].has);
	}
}

static struct id_set set_of(const struct id_range *ranges, size_t count)
{
	struct id_set set = {NULL, 0, 0};

	for (size_t i = 0; i < count; i++)
		assert_int_equal(id_set_add(&set, ranges[i]), 0);
	return set;
}

static void test_set_grows(void **state)
{
	struct id_set set = {NULL, 0, 0};

	(void)state;
	id_set_normalize(&set);
	assert_int_equal(set.count, 0);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(id_set_add(&set, (struct id_range){i * 10, 5}), 0);
	assert_int_equal(set.count, 1000);
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(set.ranges[i].start, i * 10);
	id_set_free(&set);
	assert_null(set.ranges);
	assert_int_equal(set.count, 0);
	/* And may be used again. */
	assert_int_equal(id_set_add(&set, (struct id_range){1, 1}), 0);
	id_set_free(&set);
}

static void test_normalize(void **state)
{
	static const struct {
		struct id_range in[5];
		struct id_range out[5];
	} rows[] = {
		{{{5, 1}}, {{5, 1}}},
		{{{20, 5}, {0, 5}}, {{0, 5}, {20, 5}}},
		{{{0, 5}, {5, 5}}, {{0, 10}}},
		{{{0, 5}, {6, 5}}, {{0, 5}, {6, 5}}},
		{{{0, 10}, {3, 2}, {9, 4}}, {{0, 13}}},
		{{{3, 2}, {0, 100}, {50, 10}, {100, 1}}, {{0, 101}}},
		{{{7, 7}, {7, 7}, {7, 8}}, {{7, 8}}},
		{{{0, 4294967295}, {4294967294, 1}}, {{0, 4294967295}}},
		{{{4294967294, 1}, {0, 4294967294}}, {{0, 4294967295}}},
		{{{4294967294, 1}, {0, 1}}, {{0, 1}, {4294967294, 1}}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		size_t in = 0, out = 0;
		struct id_set set;

		while (in < 5 && rows[i].in[in].count)
			in++;
		while (out < 5 && rows[i].out[out].count)
			out++;
		set = set_of(rows[i].in, in);
		id_set_normalize(&set);
		if (set.count != out)
			fail_msg("row %zu: %zu ranges", i, set.count);
		assert_memory_equal(set.ranges, rows[i].out, out * sizeof(struct id_range));
		id_set_free(&set);
	}
}

static void test_set_add_all(void **state)
{
	const struct id_range some[] = {{5, 1}, {1, 1}, {5, 1}}, others[] = {{7, 2}, {0, 9}};
	struct id_set set = set_of(some, 3), more = set_of(others, 2), none = {NULL, 0, 0};

	(void)state;
	assert_int_equal(id_set_add_all(&set, &none), 0);
	assert_int_equal(set.count, 3);
	assert_int_equal(id_set_add_all(&none, &set), 0);
	assert_int_equal(none.count, 3);
	assert_memory_equal(none.ranges, some, sizeof(some));
	assert_int_equal(id_set_add_all(&set, &more), 0);
	assert_int_equal(set.count, 5);
	assert_memory_equal(set.ranges, some, sizeof(some));
	assert_memory_equal(set.ranges + 3, others, sizeof(others));
	/* What was added stays where it was. */
	assert_int_equal(more.count, 2);
	assert_memory_equal(more.ranges, others, sizeof(others));
	id_set_free(&set);
	id_set_free(&more);
	id_set_free(&none);
}

static void test_set_meets(void **state)
{
	/* In no order, and overlapping each other: it takes any set. */
	static const struct id_range ranges[] = {
		{50, 10}, {10, 5}, {55, 10}, {0, 1}, {4294967294, 1}};
	static const struct {
		struct id_range range;
		struct id_range met; /* count 0: none */
	} rows[] = {
		{{57, 1}, {50, 10}}, /* the first one of two */
		{{60, 5}, {55, 10}},
		{{49, 1}, {0, 0}},
		{{49, 2}, {50, 10}},
		{{65, 4294967229}, {0, 0}},
		{{65, 4294967230}, {4294967294, 1}},
		{{4294967294, 1}, {4294967294, 1}},
		{{14, 1}, {10, 5}},
		{{15, 35}, {0, 0}},
		{{0, 4294967295}, {50, 10}},
		{{1, 9}, {0, 0}},
		{{0, 10}, {0, 1}},
	};
	struct id_set set = set_of(ranges, COUNT_OF(ranges)), none = {NULL, 0, 0};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct id_range met = {7, 7};
		bool meets = id_set_meets(&set, rows[i].range, &met);

		if (meets != (rows[i].met.count > 0) ||
		    !id_range_equal(met, meets ? rows[i].met : (struct id_range){7, 7}))
			fail_msg("row %zu: %d %u+%u", i, meets, met.start, met.count);
		assert_false(id_set_meets(&none, rows[i].range, &met));
	}
	id_set_free(&set);
}

static void test_free_in(void **state)
{
	static const struct {
		struct id_range taken[4];
		struct id_range pool;
		uint64_t sum;
		struct id_range largest; /* its start counts where its count is not 0 */
	} rows[] = {
		{{{0, 0}}, {100, 50}, 50, {100, 50}},
		{{{100, 50}}, {100, 50}, 0, {0, 0}},
		{{{90, 100}}, {100, 50}, 0, {0, 0}},
		{{{0, 100}, {150, 10}}, {100, 50}, 50, {100, 50}},
		{{{0, 101}, {149, 10}}, {100, 50}, 48, {101, 48}},
		{{{110, 10}, {125, 10}}, {100, 50}, 30, {135, 15}},
		{{{110, 10}, {130, 10}}, {100, 50}, 30, {100, 10}}, /* the first of equals */
		{{{110, 1}}, {100, 50}, 49, {111, 39}},
		{{{0, 4294967295}}, {0, 4294967295}, 0, {0, 0}},
		{{{0, 0}}, {0, 4294967295}, 4294967295, {0, 4294967295}},
		{{{5, 1}}, {0, 4294967295}, 4294967294, {6, 4294967289}},
		{{{0, 4294967294}}, {0, 4294967295}, 1, {4294967294, 1}},
		{{{4294967294, 1}}, {4294967294, 1}, 0, {0, 0}},
		{{{10, 10}}, {100, 50}, 50, {100, 50}},
		{{{200, 10}}, {100, 50}, 50, {100, 50}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct id_range largest = {7, 7};
		struct id_set set;
		size_t count = 0;
		uint64_t sum;

		while (count < 4 && rows[i].taken[count].count)
			count++;
		set = set_of(rows[i].taken, count);
		id_set_normalize(&set);
		sum = id_set_free_in(&set, rows[i].pool, &largest);
		id_set_free(&set);
		if (sum != rows[i].sum || largest.count != rows[i].largest.count ||
		    (sum > 0 && largest.start != rows[i].largest.start))
			fail_msg("row %zu: %ju, %u+%u", i, (uintmax_t)sum, largest.start,
				 largest.count);
	}
}

static void test_first_free(void **state)
{
	static const struct {
		const char *name;
		struct id_range taken[5];
		struct id_range pool;
		uint32_t count;
		int r;
		uint32_t start;
	} rows[] = {
		{"nothing taken", {{0, 0}}, {100, 50}, 10, 0, 100},
		{"the whole pool", {{0, 0}}, {100, 50}, 50, 0, 100},
		{"one more than the pool", {{0, 0}}, {100, 50}, 51, -ENOSPC, 0},
		{"no ids at all", {{0, 0}}, {100, 50}, 0, -EINVAL, 0},
		{"pool taken", {{90, 100}}, {100, 50}, 1, -ENOSPC, 0},
		{"hole that fits", {{100, 10}, {120, 10}}, {100, 50}, 10, 0, 110},
		{"hole too small by one", {{100, 10}, {119, 10}}, {100, 50}, 10, 0, 129},
		{"at the pool's end", {{90, 50}}, {100, 50}, 10, 0, 140},
		{"beyond the pool's end", {{90, 51}}, {100, 50}, 10, -ENOSPC, 0},
		{"taken below and behind", {{0, 100}, {150, 10}}, {100, 50}, 50, 0, 100},
		{"taken across the start", {{99, 2}}, {100, 50}, 5, 0, 101},
		{"start rounded up", {{0, 0}}, {1, 200000}, 65536, 0, 65536},
		{"start a multiple", {{0, 0}}, {65536, 65536}, 65536, 0, 65536},
		{"no room once rounded up", {{0, 0}}, {65537, 131070}, 65536, -ENOSPC, 0},
		{"others start anywhere", {{0, 0}}, {65537, 100000}, 65535, 0, 65537},
		{"multiple of it", {{0, 0}}, {65537, 1000000}, 131072, 0, 131072},
		{"next multiple behind", {{65536, 1}}, {65536, 262144}, 65536, 0, 131072},
		{"a slot's last id", {{131071, 1}}, {65536, 262144}, 65536, 0, 131072},
		{"several in one slot",
		 {{65536, 10}, {65636, 10}, {131072, 10}},
		 {65536, 262144},
		 65536,
		 0,
		 196608},
		{"several in one slot, the next one free",
		 {{65536, 10}, {65636, 10}, {65736, 10}, {196608, 10}},
		 {65536, 262144},
		 65536,
		 0,
		 131072},
		{"the last id there is", {{0, 0}}, {4294967294, 1}, 1, 0, 4294967294},
		{"the last id is taken", {{4294967294, 1}}, {4294967293, 2}, 2, -ENOSPC, 0},
		{"all ids", {{0, 0}}, {0, 4294967295}, 4294967295, 0, 0},
		{"all ids taken", {{0, 4294967295}}, {0, 4294967295}, 1, -ENOSPC, 0},
		{"the last slot lacks an id",
		 {{0, 4294901760}},
		 {0, 4294967295},
		 65536,
		 -ENOSPC,
		 0},
		{"the last whole slot", {{0, 4294836224}}, {0, 4294967295}, 65536, 0, 4294836224},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct id_range found = {7, 7};
		size_t count = 0;
		struct id_set set;
		int r;

		while (count < 5 && rows[i].taken[count].count)
			count++;
		set = set_of(rows[i].taken, count);
		id_set_normalize(&set);
		r = id_set_first_free(&set, rows[i].pool, rows[i].count, &found);
		id_set_free(&set);
		if (r != rows[i].r)
			fail_msg("%s: %d, %u+%u", rows[i].name, r, found.start, found.count);
		if (found.start != (r < 0 ? 7 : rows[i].start) ||
		    found.count != (r < 0 ? 7 : rows[i].count))
			fail_msg("%s: %u+%u", rows[i].name, found.start, found.count);
	}
}

/* Xorshift with a fixed seed, so that a failure comes again. */
static uint32_t draw(uint32_t *seed, uint32_t below)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed % below;
}

/* The model: every start in turn, and every range against it. */
static int model_first_free(const struct id_range *taken, size_t taken_count, struct id_range pool,
			    uint32_t count, uint64_t *ret_start)
{
	const uint64_t end = (uint64_t)pool.start + pool.count;

	for (uint64_t start = pool.start; start + count <= end; start++) {
		bool is_free = count % 65536 != 0 || start % 65536 == 0;

		if (!is_free) {
			start |= 65535;
			continue;
		}
		for (size_t i = 0; i < taken_count; i++)
			if (start < (uint64_t)taken[i].start + taken[i].count &&
			    taken[i].start < start + count)
				is_free = false;
		if (is_free) {
			*ret_start = start;
			return 0;
		}
	}
	return -ENOSPC;
}

/* A range inside the space of ids from base on. */
static struct id_range draw_range(uint32_t *seed, uint32_t base, uint32_t space, uint32_t longest)
{
	uint32_t start = draw(seed, space), room = space - start;

	return (struct id_range){base + start, 1 + draw(seed, room < longest ? room : longest)};
}

static void compare_with_model(uint32_t *seed, uint32_t base, uint32_t space, uint32_t longest,
			       uint32_t count)
{
	struct id_range taken[12], found = {0, 0};
	struct id_range pool = draw_range(seed, base, space, space);
	size_t taken_count = draw(seed, COUNT_OF(taken) + 1);
	uint64_t start = 0;
	struct id_set set;
	int r, wanted;

	for (size_t i = 0; i < taken_count; i++)
		taken[i] = draw_range(seed, base, space, longest);
	set = set_of(taken, taken_count);
	id_set_normalize(&set);
	r = id_set_first_free(&set, pool, count, &found);
	id_set_free(&set);
	wanted = model_first_free(taken, taken_count, pool, count, &start);
	if (r == wanted && (r < 0 || (found.start == start && found.count == count)))
		return;
	for (size_t i = 0; i < taken_count; i++)
		print_error("taken %u+%u\n", taken[i].start, taken[i].count);
	fail_msg("%u ids in the pool %u+%u: %d, %u+%u; the model says %d, %ju", count, pool.start,
		 pool.count, r, found.start, found.count, wanted, (uintmax_t)start);
}

static void test_model_of_single_ids(void **state)
{
	static const uint32_t bases[] = {0, 65500, 4294967295 - 64};
	uint32_t seed = 20160501;

	(void)state;
	for (unsigned int i = 0; i < 100000; i++)
		compare_with_model(&seed, bases[i % COUNT_OF(bases)], 64, 9, 1 + draw(&seed, 8));
}

/* Short and long ranges that begin anywhere, in sixteen slots of 65536 ids. */
static void test_model_of_aligned_ranges(void **state)
{
	static const uint32_t bases[] = {0, 524288, 4294967295 - 16 * 65536};
	static const uint32_t longest[] = {10, 70000, 200000};
	uint32_t seed = 20211111;

	(void)state;
	for (unsigned int i = 0; i < 100000; i++)
		compare_with_model(&seed, bases[i % 3], 16 * 65536, longest[i / 3 % 3],
				   65536 * (1 + draw(&seed, 3)));
}

/* The model of id_set_free_in(): id by id. */
static void compare_free_with_model(uint32_t *seed, uint32_t base)
{
	struct id_range taken[12], largest = {0, 0};
	struct id_range pool = draw_range(seed, base, 64, 64);
	size_t taken_count = draw(seed, COUNT_OF(taken) + 1);
	uint32_t sum = 0, run = 0, longest = 0, start = 0;
	struct id_set set;
	uint64_t found;

	for (size_t i = 0; i < taken_count; i++)
		taken[i] = draw_range(seed, base, 64, 9);
	for (uint32_t id = pool.start; id - pool.start < pool.count; id++) {
		bool is_free = true;

		for (size_t i = 0; i < taken_count; i++)
			is_free &= !id_range_overlaps(taken[i], (struct id_range){id, 1});
		sum += is_free;
		run = is_free ? run + 1 : 0;
		if (run > longest) {
			longest = run;
			start = id - run + 1;
		}
	}
	set = set_of(taken, taken_count);
	id_set_normalize(&set);
	found = id_set_free_in(&set, pool, &largest);
	id_set_free(&set);
	if (found != sum || largest.count != longest || (longest > 0 && largest.start != start))
		fail_msg("pool %u+%u: %ju, %u+%u; the model says %u, %u+%u", pool.start, pool.count,
			 (uintmax_t)found, largest.start, largest.count, sum, start, longest);
}

static void test_model_of_free(void **state)
{
	static const uint32_t bases[] = {0, 65500, 4294967295 - 64};
	uint32_t seed = 20260102;

	(void)state;
	for (unsigned int i = 0; i < 100000; i++)
		compare_free_with_model(&seed, bases[i % COUNT_OF(bases)]);
}

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		int r;
		struct id_range range;
	} rows[] = {
		{"5-5", 0, {5, 1}},
		{"0-4294967294", 0, {0, ID_LAST + 1}},
		{"100000-165535", 0, {100000, 65536}},
		{"5-4", -EINVAL, {0, 0}},
		{"5-4294967295", -EINVAL, {0, 0}},
		{"5", -EINVAL, {0, 0}},
		{"5-", -EINVAL, {0, 0}},
		{"-5", -EINVAL, {0, 0}},
		{"5 - 6", -EINVAL, {0, 0}},
		{"5-6-7", -EINVAL, {0, 0}},
		{"", -EINVAL, {0, 0}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct slice text = slice_of(rows[i].text);
		struct id_range range = {7, 7};

		assert_int_equal(id_range_parse(text, &range), rows[i].r);
		assert_true(id_range_equal(range, rows[i].r < 0 ? ((struct id_range){7, 7})
								: rows[i].range));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_make),
		cmocka_unit_test(test_relations),
		cmocka_unit_test(test_single_ids),
		cmocka_unit_test(test_set_grows),
		cmocka_unit_test(test_normalize),
		cmocka_unit_test(test_set_add_all),
		cmocka_unit_test(test_set_meets),
		cmocka_unit_test(test_free_in),
		cmocka_unit_test(test_first_free),
		cmocka_unit_test(test_model_of_single_ids),
		cmocka_unit_test(test_model_of_aligned_ranges),
		cmocka_unit_test(test_model_of_free),
		cmocka_unit_test(test_parse),
	};

	return cmocka_run_group_tests_name("range", tests, NULL, NULL);
}
