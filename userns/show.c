/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * userns-show: the verbs of userns(1) that print tables, which that hands over to us with its own
 * command line. No privilege.
 */
#include <string.h>

#include "userns/complain.h"
#include "userns/verbs.h"
#include "util/array.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{"bank", verb_bank_list},
	{"check", verb_check},
	{"list", verb_list},
	{"status", verb_status},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < COUNT_OF(verbs); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	return complain(EXIT_USAGE, "this is a part of userns(1), which runs it");
}
