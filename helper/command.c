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
#include "helper/usage.h"
#include "util/account.h"
#include "util/array.h"
#include "util/exit_status.h"
#include "util/parse.h"

/* A login does not wait for ever, and an admin may as well know what holds it up. */
#define TIMEOUT_USUAL 60

static const struct verb verbs[] = {
	{"open", verb_open, "cpsrS", 1, 1, VERB_OF_PARENT, {"userns-helper [options] open USER"}},
	{"close", verb_close, "psr", 1, 1, VERB_OF_HOST, {"userns-helper [options] close UID"}},
	{"gc", verb_gc, "c", 0, 1, VERB_UNBOUNDED, {USAGE_GC}},
	{"explain", verb_explain, "crST", 0, 1, VERB_FOR_ALL, {USAGE_EXPLAIN}},
	{"grant", verb_grant, "cz", 1, 1, 0, {USAGE_GRANT}},
	{"revoke", verb_revoke, "", 1, 1, 0, {USAGE_REVOKE}},
	{"reserve", verb_reserve, "cz", 1, 2, 0, {USAGE_RESERVE, USAGE_RESERVE_SIZE}},
	{"unreserve", verb_unreserve, "", 1, 2, 0, {USAGE_UNRESERVE}},
	{"reclaim", verb_reclaim, "fR", 1, 1, VERB_UNBOUNDED | VERB_WALKS, {USAGE_RECLAIM}},
};

/* Letters of the options that every verb takes, also one whose help lacks it. */
#define OF_EVERY_VERB "ct"

static const char purpose[] =
	"\n"
	"Makes or finds the delegated user namespace of a user, or forgets a session of theirs.\n"
	"It is started by pam_userns(8) at login; an admin can do the same by hand. gc clears\n"
	"what logins left that were never closed. The other verbs are described in userns(1).\n";

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

static void set_config(const char *value, struct command *command)
{
	if (value[0] != '/')
		fail_usage("not an absolute path", value);
	command->request.policy = value;
}

static void set_pid(const char *value, struct command *command)
{
	command->request.session.pid = (pid_t)number_option("not a pid", value, 1, INT32_MAX);
}

static void set_session(const char *value, struct command *command)
{
	command->request.session.number =
		number_option("not the number of a session", value, 0, INT32_MAX);
}

static void set_service(const char *value, struct command *command)
{
	command->request.service = value;
}

static void set_timeout(const char *value, struct command *command)
{
	command->timeout = number_option("not 1 to 3600 seconds", value, 1, TIMEOUT_MAX);
}

static void set_result_fd(const char *value, struct command *command)
{
	command->result_fd = (int)number_option("not a descriptor", value, 3, 1023);
}

static void set_size(const char *value, struct command *command)
{
	if (parse_count(slice_of(value), &command->request.size) < 0)
		fail_usage("not a number of ids, such as 65536, 64K or 1M", value);
}

static void set_force(const char *value, struct command *command)
{
	(void)value;
	command->request.force = true;
}

static void set_restart(const char *value, struct command *command)
{
	(void)value;
	command->request.restart = true;
}

static void set_state(const char *value, struct command *command)
{
	(void)value;
	command->request.as_state = true;
}

static void set_help(const char *value, struct command *command)
{
	(void)value;
	command->help = true;
}

static void __attribute__((noreturn)) show_version(const char *value, struct command *command)
{
	(void)value;
	(void)command;
	puts("userns-helper " USERNS_VERSION);
	exit(EXIT_DONE);
}

struct known_option {
	const char *name;
	const char *value; /* what it takes, for people; NULL: nothing */
	char letter;	   /* in the verbs' lists */
	bool for_programs;
	void (*apply)(const char *value, struct command *command);
	const char *help;
};

static const struct known_option options[] = {
	{"config", "FILE", 'c', false, set_config, "the policy file, else " USERNS_POLICY},
	{"pid", "PID", 'p', false, set_pid,
	 "the process whose session it is (open: our parent); else none"},
	{"session", "NUMBER", 's', false, set_session,
	 "which session of that process (open: ignored); else all"},
	{"service", "NAME", 'S', false, set_service, "the PAM service that the login is by"},
	{"timeout", "SECONDS", 't', false, set_timeout,
	 "stop after so long, 1 to 3600; else 60, gc and reclaim never"},
	{"result-fd", "FD", 'r', true, set_result_fd, "answer with a record here, for programs"},
	{"size", "COUNT", 'z', false, set_size, "how many ids, such as 65536, 64K or 1M"},
	{"force", NULL, 'f', false, set_force, "without a look at files and processes"},
	{"restart", NULL, 'R', false, set_restart, "not from where an earlier walk was broken off"},
	{"state", NULL, 'T', true, set_state, "as a state file has it, for programs"},
	{"help", NULL, 'h', false, set_help, "this text"},
	{"version", NULL, 'V', false, show_version, "the version"},
};

/* "open, close: ", where not every verb takes it. */
static void print_takers(char letter)
{
	const char *before = "";

	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		if (!strchr(OF_EVERY_VERB, letter) && strchr(verbs[i].options, letter)) {
			printf("%s%s", before, verbs[i].name);
			before = ", ";
		}
	if (*before)
		printf(": ");
}

/* Is it a part of the verb's help? */
static bool is_shown(const struct known_option *option, const struct verb *verb)
{
	return !option->for_programs &&
	       (strchr("th", option->letter) || strchr(verb->options, option->letter));
}

/* with_takers: as part of the help of all verbs. */
static void print_option(const struct known_option *option, bool with_takers)
{
	char shown[32];

	snprintf(shown, sizeof(shown), "%s%s%s", option->name, option->value ? "=" : "",
		 option->value ? option->value : "");
	if (strchr("hV", option->letter))
		printf("  -%c, ", option->letter);
	else
		printf("      ");
	printf("--%-15s  ", shown);
	if (with_takers)
		print_takers(option->letter);
	puts(option->help);
}

/* verb: NULL: of all of them. */
static void __attribute__((noreturn)) show_help(const struct verb *verb)
{
	const char *before = "Usage:";

	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		for (size_t j = 0; j < COUNT_OF(verbs[i].usage); j++)
			if ((!verb || verb == &verbs[i]) && verbs[i].usage[j]) {
				printf("%-6s %s\n", before, verbs[i].usage[j]);
				before = "";
			}
	puts(verb ? "" : purpose);
	for (size_t i = 0; i < COUNT_OF(options); i++)
		if (!verb || is_shown(&options[i], verb))
			print_option(&options[i], !verb);
	puts("\nExit status: 0 done, 1 refused, 2 wrong usage, 3 not done in time, 4 system "
	     "error.");
	if (verb)
		puts("userns(1) and userns-helper(8) have the rest.");
	exit(EXIT_DONE);
}

static void apply_option(int letter, struct command *command)
{
	for (size_t i = 0; i < COUNT_OF(options); i++)
		if (options[i].letter == letter) {
			options[i].apply(optarg, command);
			return;
		}
	/* getopt has said what is wrong. */
	exit(EXIT_USAGE);
}

/* *ret_special: the letters of those that are not for every verb. */
static void parse_options(int argc, char **argv, struct command *command,
			  char ret_special[static COUNT_OF(options)])
{
	struct option names[COUNT_OF(options) + 1] = {{NULL, 0, NULL, 0}};
	size_t count = 0;
	int letter;

	for (size_t i = 0; i < COUNT_OF(options); i++)
		names[i] = (struct option){options[i].name,
					   options[i].value ? required_argument : no_argument, NULL,
					   options[i].letter};
	while ((letter = getopt_long(argc, argv, "hV", names, NULL)) != -1) {
		apply_option(letter, command);
		if (!strchr(OF_EVERY_VERB "h", letter) && !memchr(ret_special, letter, count))
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
	if (command.help)
		show_help(optind < argc ? find_verb(argv[optind]) : NULL);
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
