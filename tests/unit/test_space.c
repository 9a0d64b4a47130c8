/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of userns/space and userns/bands: the partition, its rows of cells, and its bands. */
#include <stdlib.h>

#include "tests/unit/unit.h"
#include "userns/bands.h"

#define POOL ((struct id_range){524288, 1000000})

static void add(struct space *space, uint32_t start, uint32_t count, enum space_kind kind,
		const char *owner)
{
	const struct space_part part = {
		.range = {start, count}, .kind = kind, .owner = slice_of(owner)};

	assert_int_equal(space_add(space, &part), 0);
}

static void settle(struct space *space, const struct id_range *pool)
{
	assert_int_equal(space_settle(space, pool), 0);
}

/* Sorted, without gap or overlap, from the first id to the last. */
static void assert_partition(const struct space *space)
{
	uint64_t next = 0;

	for (size_t i = 0; i < space->count; i++) {
		assert_int_equal(space->parts[i].range.start, next);
		assert_true(space->parts[i].range.count > 0);
		next += space->parts[i].range.count;
	}
	assert_int_equal(next, (uint64_t)ID_LAST + 1);
}

static void assert_kind(const struct space *space, uint32_t id, enum space_kind kind,
			const char *owner)
{
	const struct space_part *part = &space->parts[space_find(space, id)];

	assert_true(part->range.start <= id && id <= id_range_last(part->range));
	assert_int_equal(part->kind, kind);
	assert_int_equal(part->owner.length, strlen(owner));
	assert_true(part->owner.length == 0 || slice_equals(part->owner, owner));
}

static void test_empty(void **state)
{
	struct space space = {.count = 0}, unknown = {.count = 0};

	(void)state;
	settle(&space, &POOL);
	assert_partition(&space);
	assert_int_equal(space.count, 4);
	assert_kind(&space, 0, SPACE_HOST, "");
	assert_kind(&space, 65535, SPACE_HOST, "");
	assert_kind(&space, 65536, SPACE_OUTSIDE, "");
	assert_kind(&space, 524288, SPACE_POOL, "");
	assert_kind(&space, 1524287, SPACE_POOL, "");
	assert_kind(&space, 1524288, SPACE_OUTSIDE, "");
	assert_kind(&space, ID_LAST, SPACE_OUTSIDE, "");
	assert_int_equal(space_left(&space, 65536), 15);
	assert_int_equal(space_left(&space, 1000000), 1);
	settle(&unknown, NULL);
	assert_partition(&unknown);
	assert_int_equal(unknown.count, 2);
	assert_int_equal(space_left(&unknown, 1), 0);
	space_free(&space);
	space_free(&unknown);
}

/* The pool may be all that there is above 65535, or be crossed by a range. */
static void test_pool_bounds(void **state)
{
	struct space all = {.count = 0}, crossed = {.count = 0};
	const struct id_range above = {65536, ID_LAST - 65535};

	(void)state;
	settle(&all, &above);
	assert_partition(&all);
	assert_int_equal(all.count, 2);
	add(&crossed, 1524000, 1000, SPACE_USER, "a");
	add(&crossed, 524000, 1000, SPACE_USER, "b");
	add(&crossed, 65000, 1000, SPACE_USER, "c");
	add(&crossed, ID_LAST, 1, SPACE_USER, "d");
	settle(&crossed, &POOL);
	assert_partition(&crossed);
	assert_int_equal(crossed.met, 0);
	assert_kind(&crossed, 1524999, SPACE_USER, "a");
	assert_kind(&crossed, 1525000, SPACE_OUTSIDE, "");
	assert_kind(&crossed, 524999, SPACE_USER, "b");
	assert_kind(&crossed, 525000, SPACE_POOL, "");
	assert_kind(&crossed, ID_LAST, SPACE_USER, "d");
	space_free(&all);
	space_free(&crossed);
}

static void test_overlaps(void **state)
{
	struct space space = {.count = 0};

	(void)state;
	/* A large one of /etc/subuid, around two of the book. */
	add(&space, 600000, 100000, SPACE_UNBOOKED, "root");
	add(&space, 620000, 10, SPACE_USER, "a");
	add(&space, 620010, 10, SPACE_RETIRED, "b");
	/* In the book, what begins earlier wins. */
	add(&space, 620015, 10, SPACE_RESERVED, "c");
	/* One's own is met by nobody else. */
	add(&space, 620000, 10, SPACE_UNBOOKED, "a");
	settle(&space, &POOL);
	assert_partition(&space);
	assert_kind(&space, 619999, SPACE_UNBOOKED, "root");
	assert_kind(&space, 620000, SPACE_USER, "a");
	assert_kind(&space, 620019, SPACE_RETIRED, "b");
	assert_kind(&space, 620020, SPACE_RESERVED, "c");
	assert_kind(&space, 620024, SPACE_RESERVED, "c");
	assert_kind(&space, 620025, SPACE_UNBOOKED, "root");
	assert_kind(&space, 699999, SPACE_UNBOOKED, "root");
	assert_kind(&space, 700000, SPACE_POOL, "");
	assert_true(space.met >= 2);
	space_free(&space);
}

static enum space_kind kind_by_hand(const struct space_part *parts, size_t count, uint32_t id)
{
	enum space_kind kind = SPACE_HOST;

	for (size_t i = 0; i < count; i++)
		if (parts[i].range.start <= id && id <= id_range_last(parts[i].range))
			if (kind == SPACE_HOST || parts[i].kind == SPACE_USER)
				kind = parts[i].kind;
	return kind;
}

/* Whatever is given: a partition, and each id used that a line uses, by the book where possible. */
static void test_random(void **state)
{
	(void)state;
	srandom(20261123);
	for (int round = 0; round < 2000; round++) {
		struct space_part parts[12];
		struct space space = {.count = 0};
		size_t count = (size_t)random() % 12;

		for (size_t i = 0; i < count; i++) {
			parts[i] = (struct space_part){
				.range = {(uint32_t)random() % 60 + 524270,
					  (uint32_t)random() % 30 + 1},
				.kind = random() % 2 ? SPACE_USER : SPACE_UNBOOKED,
				.owner = slice_of(random() % 2 ? "a" : "b"),
			};
			assert_int_equal(space_add(&space, &parts[i]), 0);
		}
		settle(&space, &POOL);
		assert_partition(&space);
		for (uint32_t id = 524270; id < 524370; id++) {
			enum space_kind wanted = kind_by_hand(parts, count, id);
			enum space_kind kind = space.parts[space_find(&space, id)].kind;

			if (wanted == SPACE_HOST)
				wanted = id < 524288 ? SPACE_OUTSIDE : SPACE_POOL;
			assert_int_equal(kind, wanted);
		}
		space_free(&space);
	}
}

static void test_rows(void **state)
{
	uint64_t next = 0;

	(void)state;
	for (size_t i = 0; i < SPACE_ROWS; i++) {
		struct id_range row = space_row(i);

		assert_int_equal(row.start, next);
		next += row.count;
	}
	assert_int_equal(next, (uint64_t)ID_LAST + 1);
	assert_int_equal(space_row(4).start, SPACE_SYSTEMD.start);
	assert_int_equal(id_range_last(SPACE_SYSTEMD), 1879048191);
}

static void test_cells(void **state)
{
	static const unsigned int shares[] = {4, 1, 2, 3, 0, 1, 1, 0};
	struct space space = {.count = 0};
	struct space_cell cells[8];

	(void)state;
	add(&space, 524288, 100 + 25, SPACE_USER, "a");
	add(&space, 524288 + 200, 50, SPACE_USER, "b");
	add(&space, 524288 + 300, 99, SPACE_RESERVED, "c");
	add(&space, 524288 + 599, 1, SPACE_RETIRED, "d");
	add(&space, 524288 + 600, 1, SPACE_USER, "e");
	settle(&space, &POOL);
	space_cells(&space, (struct id_range){524288, 800}, 8, cells);
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(cells[i].share, shares[i]);
	assert_int_equal(cells[0].kind, SPACE_USER);
	assert_int_equal(cells[3].kind, SPACE_RESERVED);
	assert_int_equal(cells[4].kind, SPACE_POOL);
	assert_int_equal(cells[5].kind, SPACE_RETIRED);
	assert_true(slice_equals(space.parts[cells[6].part].owner, "e"));
	/* As many cells as ids, and the whole space. */
	space_cells(&space, (struct id_range){524288 + 598, 3}, 3, cells);
	assert_int_equal(cells[0].share, 0);
	assert_int_equal(cells[1].share, 4);
	assert_int_equal(cells[2].share, 4);
	space_cells(&space, (struct id_range){0, ID_LAST + 1}, 7, cells);
	assert_int_equal(cells[0].share, 1);
	assert_int_equal(cells[6].kind, SPACE_OUTSIDE);
	space_free(&space);
}

/* As many bands as said, in order, with every range in one. */
static void check_bands(struct space *space, size_t wanted, size_t ranges, size_t *ret_count)
{
	struct space_band *bands;
	uint64_t next = 0;
	size_t count, found = 0;

	settle(space, &POOL);
	assert_int_equal(space_bands(space, wanted, &bands, &count), 0);
	assert_true(count <= 4 * wanted + 40);
	for (size_t i = 0; i < count; i++) {
		assert_true(bands[i].range.start >= next);
		next = (uint64_t)id_range_last(bands[i].range) + 1;
		found += bands[i].ranges;
		assert_true(bands[i].used <= bands[i].range.count);
	}
	assert_int_equal(next, (uint64_t)ID_LAST + 1);
	assert_int_equal(found, ranges);
	free(bands);
	*ret_count = count;
}

static void test_bands(void **state)
{
	struct space few = {.count = 0}, many = {.count = 0}, wide = {.count = 0};
	struct space tiny = {.count = 0}, none = {.count = 0};
	size_t count;

	(void)state;
	check_bands(&none, 4, 0, &count);
	assert_int_equal(count, 4);
	for (uint32_t i = 0; i < 8; i++)
		add(&few, 600000 + i * 20, 10, SPACE_USER, "u");
	check_bands(&few, 4, 8, &count);
	/* host, outside, pool, 8 with 7 gaps, pool, outside */
	assert_int_equal(count, 20);
	for (uint32_t i = 0; i < 60000; i++)
		add(&many, 524288 + i * 10, 10, SPACE_USER, "u");
	check_bands(&many, 24, 60000, &count);
	assert_true(count >= 24 && count <= 30);
	/* As far apart as can be: each gap is much. */
	for (uint32_t i = 0; i < 60000; i++)
		add(&wide, 65536 + i * 71000, 1, SPACE_USER, "u");
	check_bands(&wide, 24, 60000, &count);
	/* Below 65536, between the host's own. */
	for (uint32_t i = 0; i < 30000; i++)
		add(&tiny, i * 2 + 1, 1, SPACE_USER, "u");
	check_bands(&tiny, 2, 30000, &count);
	space_free(&none);
	space_free(&few);
	space_free(&many);
	space_free(&wide);
	space_free(&tiny);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),	 cmocka_unit_test(test_pool_bounds),
		cmocka_unit_test(test_overlaps), cmocka_unit_test(test_random),
		cmocka_unit_test(test_rows),	 cmocka_unit_test(test_cells),
		cmocka_unit_test(test_bands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
