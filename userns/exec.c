/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "userns exec": joins the caller's delegated namespace, becomes root in it, and runs a command
 * there in a mount namespace of its own.
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "namespace/rundir.h"
#include "userns/caller.h"
#include "userns/complain.h"
#include "userns/enter.h"
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

/*
 * By these, podman and buildah know that they are a rootless user's, already inside; without
 * them they take themselves for the host's root.
 */
static int set_environment(uid_t uid, gid_t gid)
{
	char uid_text[16], gid_text[16];

	snprintf(uid_text, sizeof(uid_text), "%u", uid);
	snprintf(gid_text, sizeof(gid_text), "%u", gid);
	if (setenv("_CONTAINERS_USERNS_CONFIGURED", "done", 1) < 0 ||
	    setenv("_CONTAINERS_ROOTLESS_UID", uid_text, 1) < 0 ||
	    setenv("_CONTAINERS_ROOTLESS_GID", gid_text, 1) < 0)
		return complain(EXIT_SYSTEM, "cannot set the environment: %s", strerror(errno));
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
		status = set_environment(uid, gid);
	if (status != 0)
		return status;
	rundir_pin_path(uid, pin);
	return run_command(argv + optind, pin);
}
