/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line of userns-helper, which userns(1) passes on for its verbs that are an admin's.
 * Also who is not root gets here: it touches nothing but its arguments.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "helper/command.h"
#include "util/account.h"
#include "util/array.h"
#include "util/exit_status.h"
#include "util/parse.h"

/* A login does not wait for ever, and an admin may as well know what holds it up. */
#define TIMEOUT_USUAL 60

static const struct verb verbs[] = {
	{"open", verb_open, "psrS", 1, 1, VERB_OF_PARENT},
	{"close", verb_close, "psr", 1, 1, VERB_OF_HOST},
	{"gc", verb_gc, "", 0, 1, VERB_UNBOUNDED},
	{"explain", verb_explain, "rST", 0, 1, VERB_FOR_ALL},
	{"grant", verb_grant, "z", 1, 1, 0},
	{"revoke", verb_revoke, "", 1, 1, 0},
	{"reserve", verb_reserve, "z", 1, 2, 0},
	{"reclaim", verb_reclaim, "fR", 1, 1, VERB_UNBOUNDED | VERB_WALKS},
	{"unreserve", verb_unreserve, "", 1, 2, 0},
};

/* The letters are those of the verbs' options; "c" and "t" are all verbs'. */
static const struct option options[] = {
	{"config", required_argument, NULL, 'c'},
	{"pid", required_argument, NULL, 'p'},
	{"session", required_argument, NULL, 's'},
	{"service", required_argument, NULL, 'S'},
	{"timeout", required_argument, NULL, 't'},
	{"result-fd", required_argument, NULL, 'r'},
	{"size", required_argument, NULL, 'z'},
	{"force", no_argument, NULL, 'f'},
	{"restart", no_argument, NULL, 'R'},
	{"state", no_argument, NULL, 'T'},
	{"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static const char usage[] =
	"Usage: userns-helper [options] open USER\n"
	"       userns-helper [options] close UID\n"
	"       userns-helper gc [UID]\n"
	"       userns explain [--service=NAME] [USER]\n"
	"       userns grant [--size=COUNT] USER\n"
	"       userns revoke USER|UID\n"
	"       userns reserve NAME RANGE\n"
	"       userns reserve --size=COUNT NAME\n"
	"       userns unreserve NAME [RANGE]\n"
	"       userns reclaim [--force | --restart] NAME|UID|START|START:COUNT\n"
	"\n"
	"Makes or finds the delegated user namespace of a user, or forgets a session of theirs.\n"
	"It is started by pam_userns(8) at login; an admin can do the same by hand. gc clears "
	"what\n"
	"logins left that were never closed. The other\n"
	"verbs are described in userns(1).\n"
	"\n"
	"      --config=FILE      the policy file, else " USERNS_POLICY "\n"
	"      --pid=PID          the process whose session it is (open: our parent); else none\n"
	"      --session=NUMBER   close: which session of that process; all of them by default\n"
	"      --service=NAME     open, explain: the PAM service that the login is by\n"
	"      --timeout=SECONDS  stop when so long has passed, 1 to 3600; else 60\n"
	"      --result-fd=FD     answer with a record on this descriptor, for programs\n"
	"      --size=COUNT       grant, reserve: how many ids, such as 65536, 64K or 1M\n"
	"      --force            reclaim: without a look at files and processes\n"
	"      --state            explain: as a state file has it, for programs\n"
	"      --restart          reclaim: not from where an earlier walk was broken off\n"
	"  -h, --help             this text\n"
	"  -V, --version          the version\n"
	"\n"
	"Exit status: 0 done, 1 refused, 2 wrong usage, 3 not done in time, 4 system error.\n";

static void __attribute__((noreturn)) fail_usage(const char *what, const char *value)
{
	fprintf(stderr, "%s: %s%s%s; see %s --help\n", program_invocation_short_name, what,
		value ? ": " : "", value ? value : "", program_invocation_short_name);
	exit(EXIT_USAGE);
}

static unsigned int number_option(const char *name, const char *value, unsigned int lowest,
				  unsigned int highest)
{
	uint32_t number;

	if (parse_id(value, &number) < 0 || number < lowest || number > highest)
		fail_usage(name, value);
	return number;
}

static void apply_option(int letter, struct command *command)
{
	struct request *request = &command->request;

	switch (letter) {
	case 'c':
		if (optarg[0] != '/')
			fail_usage("not an absolute path", optarg);
		request->policy = optarg;
		break;
	case 'p':
		request->session.pid = (pid_t)number_option("not a pid", optarg, 1, INT32_MAX);
		break;
	case 's':
		request->session.number =
			number_option("not the number of a session", optarg, 0, INT32_MAX);
		break;
	case 'S':
		request->service = optarg;
		break;
	case 't':
		command->timeout = number_option("not 1 to 3600 seconds", optarg, 1, TIMEOUT_MAX);
		break;
	case 'r':
		command->result_fd = (int)number_option("not a descriptor", optarg, 3, 1023);
		break;
	case 'z':
		if (parse_count(slice_of(optarg), &request->size) < 0)
			fail_usage("not a number of ids, such as 65536, 64K or 1M", optarg);
		break;
	case 'f':
		request->force = true;
		break;
	case 'T':
		request->as_state = true;
		break;
	case 'R':
		request->restart = true;
		break;
	case 'h':
		fputs(usage, stdout);
		exit(EXIT_DONE);
	case 'V':
		puts("userns-helper " USERNS_VERSION);
		exit(EXIT_DONE);
	default:
		/* getopt has said what is wrong. */
		exit(EXIT_USAGE);
	}
}

/* *ret_special: the letters of those that are not for every verb. */
static void parse_options(int argc, char **argv, struct command *command,
			  char ret_special[static COUNT_OF(options)])
{
	size_t count = 0;
	int letter;

	while ((letter = getopt_long(argc, argv, "hV", options, NULL)) != -1) {
		apply_option(letter, command);
		if (!strchr("ct", letter) && !memchr(ret_special, letter, count))
			ret_special[count++] = (char)letter;
	}
	ret_special[count] = '\0';
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		if (strcmp(name, verbs[i].name) == 0)
			return &verbs[i];
	fail_usage("unknown verb", name);
}

void command_parse(int argc, char **argv, struct command *ret)
{
	struct command command = {
		.request = {.policy = USERNS_POLICY, .session = {.number = SESSION_ANY}},
		.result_fd = -1,
	};
	char special[COUNT_OF(options)];

	parse_options(argc, argv, &command, special);
	if (optind == argc)
		fail_usage("a verb is needed", NULL);
	command.verb = find_verb(argv[optind]);
	if (strspn(special, command.verb->options) != strlen(special))
		fail_usage("an option is not for this verb", command.verb->name);
	command.request.operands = argv + optind + 1;
	command.request.operand_count = argc - optind - 1;
	if (command.request.operand_count < command.verb->least_operands)
		fail_usage("it is not said for whom or what", command.verb->name);
	if (command.request.operand_count > command.verb->most_operands)
		fail_usage("more is said than it can take", command.verb->name);
	if (!command.timeout && !(command.verb->flags & VERB_UNBOUNDED))
		command.timeout = TIMEOUT_USUAL;
	*ret = command;
}
