/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * userns-helper(8): the one privileged program. The PAM module starts it as root with an empty
 * environment; it trusts neither that, nor the name it is given.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "helper/caps.h"
#include "helper/deadline.h"
#include "helper/verbs.h"
#include "helper/worker.h"
#include "util/account.h"
#include "util/cleanup.h"
#include "util/exit_status.h"
#include "util/userns.h"
#include "util/parse.h"

static const struct verb {
	const char *name;
	void (*run)(const struct request *request, struct result *ret);
	bool parent_only; /* --pid has to be our parent's */
} verbs[] = {{"open", verb_open, true}, {"close", verb_close, false}};

struct command {
	const struct verb *verb;
	struct request request;
	unsigned int timeout; /* in seconds */
	int result_fd;	      /* -1: people read what we say */
};

static const char usage[] =
	"Usage: userns-helper [options] open USER\n"
	"       userns-helper [options] close UID\n"
	"\n"
	"Makes or finds the delegated user namespace of a user, or forgets a session of theirs.\n"
	"It is started by pam_userns(8) at login; an admin can do the same by hand.\n"
	"\n"
	"      --config=FILE      the policy file, else " USERNS_POLICY "\n"
	"      --pid=PID          the process whose session it is (open: our parent); else none\n"
	"      --session=NUMBER   close: which session of that process; all of them by default\n"
	"      --timeout=SECONDS  stop when so long has passed, 1 to 3600; else 60\n"
	"      --result-fd=FD     answer with a record on this descriptor, for programs\n"
	"  -h, --help             this text\n"
	"  -V, --version          the version\n"
	"\n"
	"Exit status: 0 done, 1 refused, 2 wrong usage, 3 not done in time, 4 system error.\n";

static void __attribute__((noreturn)) fail_usage(const char *what, const char *value)
{
	fprintf(stderr, "userns-helper: %s%s%s; see userns-helper --help\n", what,
		value ? ": " : "", value ? value : "");
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

static void parse_options(int argc, char **argv, struct command *command)
{
	static const struct option options[] = {
		{"config", required_argument, NULL, 'c'},
		{"pid", required_argument, NULL, 'p'},
		{"session", required_argument, NULL, 's'},
		{"timeout", required_argument, NULL, 't'},
		{"result-fd", required_argument, NULL, 'r'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "+hV", options, NULL)) != -1)
		switch (option) {
		case 'c':
			if (optarg[0] != '/')
				fail_usage("not an absolute path", optarg);
			command->request.policy = optarg;
			break;
		case 'p':
			command->request.session.pid =
				(pid_t)number_option("not a pid", optarg, 1, INT32_MAX);
			break;
		case 's':
			command->request.session.number =
				number_option("not the number of a session", optarg, 0, INT32_MAX);
			break;
		case 't':
			command->timeout =
				number_option("not 1 to 3600 seconds", optarg, 1, TIMEOUT_MAX);
			break;
		case 'r':
			command->result_fd =
				(int)number_option("not a descriptor", optarg, 3, 1023);
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

static void parse_arguments(int argc, char **argv, struct command *command)
{
	parse_options(argc, argv, command);
	if (argc - optind != 2)
		fail_usage("a verb and a user are needed", NULL);
	for (size_t i = 0; i < COUNT_OF(verbs); i++)
		if (strcmp(argv[optind], verbs[i].name) == 0)
			command->verb = &verbs[i];
	if (!command->verb)
		fail_usage("unknown verb", argv[optind]);
	command->request.user = argv[optind + 1];
}

/* Limits that were meant for the user's processes; where we may not raise them, they stay. */
static void lift_limits(void)
{
	static const unsigned int limits[] = {RLIMIT_AS,  RLIMIT_CPU,	 RLIMIT_DATA, RLIMIT_FSIZE,
					      RLIMIT_RSS, RLIMIT_NOFILE, RLIMIT_STACK};

	for (size_t i = 0; i < COUNT_OF(limits); i++) {
		struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

		if (limits[i] == RLIMIT_NOFILE)
			limit = (struct rlimit){1024, 4096};
		if (setrlimit(limits[i], &limit) == 0 || getrlimit(limits[i], &limit) < 0)
			continue;
		limit.rlim_cur = limit.rlim_max;
		setrlimit(limits[i], &limit);
	}
}

/* Whatever the caller left us: environment, limits, directory, mask, signals, no stdio. */
static void forget_caller(void)
{
	sigset_t none;
	int fd;

	clearenv();
	lift_limits();
	umask(022);
	if (chdir("/") < 0)
		exit(EXIT_SYSTEM);
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		exit(EXIT_SYSTEM);
	close(fd);
	/* A reader that is gone, or a file size limit, is an error to us and not the end. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Under su(1) the real uid is the caller's: who could then signal us. */
static int become_root(struct reason *why)
{
	if (geteuid() != 0)
		return refuse(why, -EPERM, "must be run by root");
	if (in_initial_user_namespace() != 1)
		return refuse(why, -EPERM, "must be run in the initial user namespace, with /proc");
	if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return refuse_errno(why, -errno, "cannot become root alone");
	return caps_for_settling(why);
}

/* The caller's word for whose session it is, checked where we can. */
static int check_parent(const struct command *command, struct reason *why)
{
	pid_t pid = command->request.session.pid;

	if (command->verb->parent_only && pid > 0 && pid != getppid())
		return refuse(why, -ESRCH,
			      "process %d, whose session this was to be, is not our parent", pid);
	return 0;
}

static enum exit_status report_to_program(int fd, const struct result *result)
{
	if (write(fd, result, sizeof(*result)) != (ssize_t)sizeof(*result))
		return EXIT_SYSTEM;
	return result->code == RESULT_READY ? EXIT_DONE : EXIT_REFUSED;
}

static enum exit_status report_to_person(const struct result *result)
{
	if (result->path[0])
		puts(result->path);
	if (result->text[0])
		fprintf(stderr, "userns-helper: %s\n", result->text);
	return result->code == RESULT_READY ? EXIT_DONE : EXIT_REFUSED;
}

int main(int argc, char **argv)
{
	struct command command = {
		.request = {.policy = USERNS_POLICY, .session = {.number = SESSION_ANY}},
		.timeout = 60,
		.result_fd = -1};
	struct result result = {.magic = RESULT_MAGIC, .version = RESULT_VERSION};
	struct reason why = {.text = ""};
	int r, status;

	forget_caller();
	parse_arguments(argc, argv, &command);
	r = check_parent(&command, &why);
	if (r == 0)
		r = become_root(&why);
	if (r == 0) {
		status = worker_start();
		if (status >= 0)
			return status;
		/* A tenth less, so that the caller still hears what took so long. */
		deadline_start(command.timeout * 900, command.result_fd);
		command.verb->run(&command.request, &result);
	} else {
		result.code = RESULT_FAILED;
		memcpy(result.text, why.text, sizeof(result.text));
	}
	return command.result_fd >= 0 ? (int)report_to_program(command.result_fd, &result)
				      : (int)report_to_person(&result);
}
