/* SPDX-License-Identifier: BSD-3-Clause */
/* userns(1): the command people type. No privilege: what it may do is what its user may do. */
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "helper/usage.h"
#include "userns/complain.h"
#include "userns/verbs.h"
#include "util/array.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{"bank", verb_bank},	       {"check", verb_of_show},	   {"exec", verb_exec},
	{"explain", verb_of_helper},   {"gc", verb_of_helper},	   {"grant", verb_of_helper},
	{"hold", verb_hold},	       {"list", verb_of_show},	   {"reclaim", verb_of_helper},
	{"reserve", verb_of_helper},   {"revoke", verb_of_helper}, {"status", verb_of_show},
	{"unreserve", verb_of_helper}, {"unshare", verb_unshare},
};

static const char usage[] =
	"Usage: userns exec [--drop-groups] [--] [COMMAND [ARGUMENT...]]\n"
	"       userns unshare [OPTION...] [--] [COMMAND [ARGUMENT...]]\n"
	"       userns bank create NAME COUNT\n"
	"       userns bank delete NAME...\n"
	"       userns bank list [--json | --raw] [--noheadings] [--output COLUMNS]\n"
	"       userns hold --podman\n"
	"       userns status [USER|UID]\n"
	"       userns list [--json | --raw] [--noheadings] [--output COLUMNS]\n"
	"       userns list [--map] [--svg FILE]\n"
	"       userns check [--json | --raw] [--noheadings] [--output COLUMNS]\n"
	"       " USAGE_EXPLAIN "\n"
	"       " USAGE_GRANT "\n"
	"       " USAGE_REVOKE "\n"
	"       " USAGE_RESERVE "\n"
	"       " USAGE_RESERVE_SIZE "\n"
	"       " USAGE_UNRESERVE "\n"
	"       " USAGE_GC "\n"
	"       " USAGE_RECLAIM "\n"
	"\n"
	"Your own part of this host's user ids: a user namespace made at login.\n"
	"\n"
	"  exec           run a command inside, else a shell, as root there, with its own mounts\n"
	"  unshare        run a command in a namespace nested in yours, with ids that you choose\n"
	"  bank           keep parts of your ids by name, for containers that share data\n"
	"  hold           keep a process inside, which plain podman joins\n"
	"  status         show the namespace, its id maps and its sessions\n"
	"  list           show every range on this host: a table, a map or a picture\n"
	"  check          look for ids that two have, and for mistakes in files and policy\n"
	"  explain        show what a login would do now, and write nothing\n"
	"  grant          give a user their range without a login\n"
	"  revoke         take a user's ranges away: they are retired, and given to nobody\n"
	"  reserve        set ids aside for another program\n"
	"  unreserve      retire such ids\n"
	"  gc             clear what logins left that were never closed\n"
	"  reclaim        free retired ids, if no file or process has them\n"
	"  -h, --help     this text; behind a verb, what that takes; userns(1) has the rest\n"
	"  -V, --version  the version\n";

int main(int argc, char **argv)
{
	if (argc < 2) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "-V") == 0 || strcmp(argv[1], "--version") == 0) {
		puts("userns " USERNS_VERSION);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	return complain(EXIT_USAGE, "there is no '%s'; see userns --help", argv[1]);
}
