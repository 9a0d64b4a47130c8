/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "userns exec": joins the caller's delegated namespace, becomes root in it, and runs a command
 * there in a mount namespace of its own.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "namespace/rundir.h"
#include "userns/caller.h"
#include "userns/complain.h"
#include "userns/enter.h"
#include "userns/inside.h"
#include "userns/run.h"
#include "userns/verbs.h"

static int parse_options(int argc, char **argv, bool *ret_drop_groups)
{
	static const struct option options[] = {
		{"drop-groups", no_argument, NULL, 'g'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;

	/* 0: getopt_long starts anew, and honours the '+', which leaves COMMAND its options. */
	optind = 0;
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'h') {
			puts("Usage: userns exec [--drop-groups] [--] [COMMAND [ARGUMENT...]]; "
			     "see userns(1)");
			exit(EXIT_DONE);
		}
		if (option != 'g')
			return complain(EXIT_USAGE, "see userns --help");
		*ret_drop_groups = true;
	}
	return 0;
}

int verb_exec(int argc, char **argv)
{
	char pin[RUNDIR_PATH_SIZE];
	bool drop_groups = false;
	uid_t uid;
	gid_t gid;
	int status;

	status = parse_options(argc, argv, &drop_groups);
	if (status == 0)
		status = find_caller(&uid, &gid);
	if (status == 0)
		status = enter_namespace(uid);
	if (status == 0)
		status = enter_become_root(drop_groups);
	if (status == 0)
		status = enter_own_mounts();
	if (status == 0)
		status = inside_show_ids(uid, gid);
	if (status == 0)
		status = inside_set_environment(uid, gid);
	if (status != 0)
		return status;
	rundir_pin_path(uid, pin);
	return run_command(argv + optind, pin);
}
