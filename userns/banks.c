/* SPDX-License-Identifier: BSD-3-Clause */
/* Named parts of a user's own range: see banks.h. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "userns/banks.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/parse.h"

#define FIRST_LINE                                                                                 \
	"# Banks of ids, by userns(1), format 1: name, first uid and first gid on the host, count"
/* A file that was cut off lacks it. */
#define LAST_LINE "# end of banks: "

static const char name_letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789._-";

int bank_check_name(const char *name, struct reason *why)
{
	size_t length = strlen(name);

	if (length > 0 && length <= BANK_NAME_MAX && isalnum((unsigned char)name[0]) &&
	    strspn(name, name_letters) == length)
		return 0;
	return refuse(why, -EINVAL,
		      "'%.80s' cannot be the name of a bank: letters, digits, '.', '_' and '-' can "
		      "be in it, %d at most, a letter or digit in front",
		      name, BANK_NAME_MAX);
}

const struct bank *banks_find(const struct banks *banks, const char *name)
{
	for (size_t i = 0; i < banks->count; i++)
		if (strcmp(banks->banks[i].name, name) == 0)
			return &banks->banks[i];
	return NULL;
}

static int check_new(const struct banks *banks, const struct bank *bank, struct reason *why)
{
	if (banks_find(banks, bank->name))
		return refuse(why, -EEXIST, "there is a bank %s already", bank->name);
	for (size_t i = 0; i < banks->count; i++) {
		const struct bank *other = &banks->banks[i];

		if (id_range_overlaps(bank->uids, other->uids) ||
		    id_range_overlaps(bank->gids, other->gids))
			return refuse(why, -EEXIST, "banks %s and %s have an id in common",
				      other->name, bank->name);
	}
	return 0;
}

int banks_add(struct banks *banks, const struct bank *bank, struct reason *why)
{
	struct bank *larger;
	size_t at = 0;
	int r;

	r = check_new(banks, bank, why);
	if (r < 0)
		return r;
	larger = array_grow(banks->banks, banks->count, &banks->room, sizeof(*larger));
	if (!larger)
		return refuse_errno(why, -ENOMEM, "cannot keep banks");
	banks->banks = larger;
	while (at < banks->count && strcmp(banks->banks[at].name, bank->name) < 0)
		at++;
	memmove(&larger[at + 1], &larger[at], (banks->count - at) * sizeof(*larger));
	larger[at] = *bank;
	banks->count++;
	return 0;
}

void banks_remove(struct banks *banks, const struct bank *bank)
{
	size_t at = (size_t)(bank - banks->banks);

	banks->count--;
	memmove(&banks->banks[at], &banks->banks[at + 1],
		(banks->count - at) * sizeof(*banks->banks));
}

int banks_format(const struct banks *banks, char **ret_text)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	bool failed;

	if (!out)
		return -ENOMEM;
	fputs(FIRST_LINE "\n", out);
	for (size_t i = 0; i < banks->count; i++) {
		const struct bank *bank = &banks->banks[i];

		fprintf(out, "%s:%" PRIu32 ":%" PRIu32 ":%" PRIu32 "\n", bank->name,
			bank->uids.start, bank->gids.start, bank->uids.count);
	}
	fprintf(out, LAST_LINE "%zu\n", banks->count);
	failed = ferror(out);
	if (fclose(out) != 0 || failed) {
		free(text);
		return -ENOMEM;
	}
	*ret_text = text;
	return 0;
}

static int parse_bank(struct slice line, struct bank *ret, struct reason *why)
{
	struct slice name, field;
	uint64_t numbers[3];

	if (!next_field(&line, ':', &name) || name.length > BANK_NAME_MAX)
		return -EBADMSG;
	memcpy(ret->name, name.text, name.length);
	ret->name[name.length] = '\0';
	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		if (!next_field(&line, ':', &field) ||
		    parse_number(field, UINT32_MAX, &numbers[i]) < 0)
			return -EBADMSG;
	if (line.text || strlen(ret->name) != name.length || bank_check_name(ret->name, why) < 0 ||
	    id_range_make(numbers[0], numbers[2], &ret->uids) < 0 ||
	    id_range_make(numbers[1], numbers[2], &ret->gids) < 0)
		return -EBADMSG;
	return 0;
}

/* Is it the last line, and does it count right? */
static bool ends(struct slice line, size_t count)
{
	const size_t length = strlen(LAST_LINE);
	uint64_t number;

	return line.length > length && memcmp(line.text, LAST_LINE, length) == 0 &&
	       parse_number((struct slice){line.text + length, line.length - length}, SIZE_MAX,
			    &number) == 0 &&
	       number == count;
}

static int damaged(unsigned int line, struct reason *why)
{
	return refuse(why, -EBADMSG, "line %u is not as it was written", line);
}

int banks_parse(const char *text, size_t length, struct banks *ret, struct reason *why)
{
	CLEANUP(banks_free) struct banks banks = {.count = 0};
	struct slice rest = {text, length}, line;
	unsigned int number = 1;

	if (!next_field(&rest, '\n', &line) || !slice_equals(line, FIRST_LINE))
		return damaged(number, why);
	while (next_field(&rest, '\n', &line)) {
		struct bank bank = {.name = ""};
		int r;

		number++;
		if (line.length == 0 && !rest.text)
			break;
		/* Nothing but its newline follows the last line. */
		if (ends(line, banks.count) && rest.text && rest.length == 0) {
			*ret = banks;
			banks = (struct banks){.count = 0};
			return 0;
		}
		if (parse_bank(line, &bank, why) < 0)
			return damaged(number, why);
		r = banks_add(&banks, &bank, why);
		if (r < 0)
			return r == -EEXIST ? -EBADMSG : r;
	}
	return refuse(why, -EBADMSG, "its end is missing");
}

void banks_free(struct banks *banks)
{
	free(banks->banks);
	*banks = (struct banks){.count = 0};
}
