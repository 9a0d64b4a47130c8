/* SPDX-License-Identifier: BSD-3-Clause */
/* Tests of util/reason: one printable line, never longer than its place. */
#include "tests/unit/unit.h"

static void test_refuse(void **state)
{
	struct reason why;

	(void)state;
	assert_int_equal(refuse(&why, -EPERM, "%s belongs to uid %u", "/etc/x", 7u), -EPERM);
	assert_string_equal(why.text, "/etc/x belongs to uid 7");
	assert_int_equal(refuse(&why, -EEXIST, "short"), -EEXIST);
	assert_string_equal(why.text, "short");
}

static void test_refuse_errno(void **state)
{
	struct reason why;

	(void)state;
	errno = EIO;
	assert_int_equal(refuse_errno(&why, -ENOENT, "cannot open %s", "/x"), -ENOENT);
	assert_string_equal(why.text, "cannot open /x: No such file or directory");
}

static void test_one_line(void **state)
{
	struct reason why;

	(void)state;
	refuse(&why, -EINVAL, "%s", "a\nJan 1 sshd: forged\x1b[2J\t\x7f\r");
	assert_string_equal(why.text, "a?Jan 1 sshd: forged?[2J???");
	/* CSI as one character; what is cut in the middle, and letters, stay. */
	refuse(&why, -EINVAL, "%s",
	       "a\xc2\x9b"
	       "31m\xc2\x80\xc2\xa0\xc3\x9b\xc2");
	assert_string_equal(why.text, "a??31m??\xc2\xa0\xc3\x9b\xc2");
	refuse_errno(&why, -EINVAL, "%s", "a\nb");
	assert_string_equal(why.text, "a?b: Invalid argument");
}

/* The place behind the reason stays as it was. */
static void test_cut(void **state)
{
	struct {
		struct reason why;
		char behind[8];
	} place;
	char name[2 * REASON_SIZE];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	memset(&place, '!', sizeof(place));
	refuse(&place.why, -EINVAL, "%s", name);
	assert_int_equal(strlen(place.why.text), REASON_SIZE - 1);
	assert_memory_equal(place.behind, "!!!!!!!!", sizeof(place.behind));

	memset(&place, '!', sizeof(place));
	refuse_errno(&place.why, -EINVAL, "%s", name);
	assert_int_equal(strlen(place.why.text), REASON_SIZE - 1);
	assert_memory_equal(place.behind, "!!!!!!!!", sizeof(place.behind));

	/* Just a part of the error's text fits. */
	memset(&place, '!', sizeof(place));
	refuse_errno(&place.why, -EINVAL, "%.*s", REASON_SIZE - 6, name);
	assert_int_equal(strlen(place.why.text), REASON_SIZE - 1);
	assert_string_equal(place.why.text + REASON_SIZE - 6, ": Inv");
	assert_memory_equal(place.behind, "!!!!!!!!", sizeof(place.behind));
}

static void test_every_byte(void **state)
{
	char text[256];

	(void)state;
	for (unsigned int i = 1; i < 256; i++)
		text[i - 1] = (char)i;
	text[255] = '\0';
	make_printable(text);
	for (unsigned int i = 1; i < 256; i++) {
		/* Bytes over 127 are UTF-8's, and stay. */
		unsigned int wanted = i < ' ' || i == 0x7f ? '?' : i;

		assert_int_equal((unsigned char)text[i - 1], wanted);
	}
	assert_int_equal(text[255], '\0');
}

static void test_note(void **state)
{
	struct reason why = {.text = ""};

	(void)state;
	note(&why, "allocated %d", 5);
	assert_string_equal(why.text, "allocated 5");
	note(&why, "kept\n");
	assert_string_equal(why.text, "allocated 5; kept?");
	/* What no longer fits is cut, and nothing is written behind the end. */
	memset(why.text, 'x', sizeof(why.text) - 1);
	why.text[sizeof(why.text) - 2] = '\0';
	note(&why, "more");
	assert_int_equal(strlen(why.text), sizeof(why.text) - 1);
	note(&why, "more");
	assert_int_equal(strlen(why.text), sizeof(why.text) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refuse),	   cmocka_unit_test(test_refuse_errno),
		cmocka_unit_test(test_one_line),   cmocka_unit_test(test_cut),
		cmocka_unit_test(test_every_byte), cmocka_unit_test(test_note),
	};

	return cmocka_run_group_tests_name("reason", tests, NULL, NULL);
}
