/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of userns/listing: which lines are copies of the book's, and whose the pins are. */
#include "subid/book.h"
#include "subid/subfile.h"
#include "tests/unit/parsed.h"
#include "tests/unit/unit.h"
#include "userns/listing.h"

/* The rows, as SOURCE:OWNER:START and * for a pin, in order. */
static void check(const char *book, const char *subuid, const char *subgid,
		  const struct pin *pinned, size_t pin_count, const char *expected)
{
	static const char sources[] = "bug";
	struct listing listing = {.count = 0};
	struct pin pins[8];
	struct pins set = {.pins = pins, .count = pin_count};
	char found[512] = "";

	for (size_t i = 0; i < pin_count; i++)
		pins[i] = pinned[i];
	listing.files[FROM_BOOK] = file_of("b", book, book_parse_entry);
	listing.files[FROM_SUBUID] = file_of("u", subuid, subfile_parse_entry);
	listing.files[FROM_SUBGID] = file_of("g", subgid, subfile_parse_entry);
	assert_int_equal(listing_join(&listing, &set), 0);
	for (size_t i = 0; i < listing.count; i++) {
		const struct listed *row = &listing.rows[i];

		snprintf(found + strlen(found), sizeof(found) - strlen(found), "%c:%.*s:%u%s ",
			 sources[row->source], (int)row->entry->owner.length,
			 row->entry->owner.text, row->entry->range.start, row->pinned ? "*" : "");
	}
	assert_string_equal(found, expected);
	listing_free(&listing);
}

static void test_copies(void **state)
{
	(void)state;
	check("", "", "", NULL, 0, "");
	/* Copies are left out: by name, by uid, and where the line is shorter. */
	check("a:1000:100:uid=7\n", "a:1000:100\n7:1000:100\na:1050:50\n", "a:1000:100\n", NULL, 0,
	      "b:a:1000 ");
	/* What is not covered is not: longer, elsewhere, before. */
	check("a:1000:100:uid=7\n", "a:1000:101\na:1100:1\na:999:2\n", "", NULL, 0,
	      "u:a:999 b:a:1000 u:a:1000 u:a:1100 ");
	/* Nor is somebody else's, even where the book has it all. */
	check("a:1000:100:uid=7\nb:2000:100:retired=2025-01-01\n",
	      "c:1000:100\nc:2000:1\n8:1000:1\n", "", NULL, 0,
	      "b:a:1000 u:c:1000 u:8:1000 b:b:2000 u:c:2000 ");
	/* Two of one owner; the longer one, which begins before, covers. */
	check("a:1000:1000:uid=7\na:1100:10:uid=7\n", "a:1500:10\n", "7:1999:1\n7:1999:2\n", NULL,
	      0, "b:a:1000 b:a:1100 g:7:1999 ");
}

static void test_gids(void **state)
{
	(void)state;
	check("a:1000:100:uid=7,gid=5000\n", "a:1000:100\na:5000:100\n", "a:5000:100\na:1000:100\n",
	      NULL, 0, "b:a:1000 g:a:1000 u:a:5000 ");
}

static void test_digits(void **state)
{
	(void)state;
	/* An owner of digits is a uid; no uid= is needed, and a name is none. */
	check("42:1000:100:\n", "42:1000:100\n042:1000:100\n43:1000:100\n", "", NULL, 0,
	      "b:42:1000 u:43:1000 ");
	check("a:1000:100:uid=0\n", "0:1000:100\nroot:1000:100\n", "", NULL, 0,
	      "b:a:1000 u:root:1000 ");
}

static void test_pins(void **state)
{
	static const struct pin pins[] = {{5, false}, {7, false}, {9, false}};

	(void)state;
	/* Of two lines the first in the file counts; none that is nobody's. */
	check("a:3000:10:uid=7\na:1000:10:uid=7\nb:4000:10:uid=5,reserved\nc:5000:10:\n"
	      "d:6000:10:uid=9,retired=2025-01-01\nd:7000:10:uid=9\ne:8000:10:uid=6\n",
	      "", "", pins, COUNT_OF(pins),
	      "b:a:1000 b:a:3000* b:b:4000 b:c:5000 b:d:6000 b:d:7000* b:e:8000 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_gids),
		cmocka_unit_test(test_digits),
		cmocka_unit_test(test_pins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
