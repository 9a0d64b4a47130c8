/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * userns-helper(8): the one privileged program. The PAM module starts it as root with an empty
 * environment; it trusts neither that, nor the name it is given.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper/caps.h"
#include "helper/command.h"
#include "helper/deadline.h"
#include "helper/mounts.h"
#include "helper/worker.h"
#include "util/array.h"
#include "util/exit_status.h"
#include "util/procstat.h"
#include "util/userns.h"

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
static int become_root(const struct verb *verb, struct reason *why)
{
	if (geteuid() != 0)
		return refuse(why, -EPERM, "must be run by root");
	if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return refuse_errno(why, -errno, "cannot become root alone");
	mounts_join_host();
	return verb->flags & VERB_WALKS ? caps_before_walking(why) : caps_for_settling(why);
}

/* Is it above us? Also who has forked may close, as long as it can be seen. */
static bool is_above(pid_t pid)
{
	struct procstat stat = {.parent = getppid()};

	while (stat.parent != pid && stat.parent > 0)
		if (procstat_read(stat.parent, &stat) < 0)
			return false;
	return stat.parent == pid;
}

/* The caller's word for whose session it is, checked where we can. */
static int check_process(const struct command *command, struct reason *why)
{
	pid_t pid = command->request.session.pid;

	if (pid == 0)
		return 0;
	if ((command->verb->flags & VERB_OF_PARENT) && pid != getppid())
		return refuse(why, -ESRCH,
			      "process %d, whose session this was to be, is not our parent", pid);
	/* That of a process which is gone goes in any case. */
	if ((command->verb->flags & VERB_OF_HOST) && !is_above(pid) &&
	    (kill(pid, 0) == 0 || errno != ESRCH))
		return refuse(why, -ESRCH,
			      "process %d, whose session this was to be, is not above us", pid);
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
	if (result->path[0] && result->code == RESULT_READY)
		puts(result->path);
	if (fflush(stdout) != 0)
		return EXIT_SYSTEM;
	if (result->text[0])
		fprintf(stderr, "%s: %s\n", program_invocation_short_name, result->text);
	if (result->code == RESULT_TIMEOUT)
		return EXIT_TRY_AGAIN;
	return result->code == RESULT_READY ? EXIT_DONE : EXIT_REFUSED;
}

/* Everything but the verb itself: 0, or -errno with a reason. */
static int prepare(const struct command *command, struct reason *why)
{
	int r;

	if (in_initial_user_namespace() != 1)
		return refuse(why, -EPERM, "must be run in the initial user namespace, with /proc");
	if ((command->verb->flags & VERB_FOR_ALL) && geteuid() != 0)
		return 0;
	r = check_process(command, why);
	return r < 0 ? r : become_root(command->verb, why);
}

int main(int argc, char **argv)
{
	struct result result = {.magic = RESULT_MAGIC, .version = RESULT_VERSION};
	struct reason why = {.text = ""};
	struct command command;
	int status;

	forget_caller();
	command_parse(argc, argv, &command);
	if (prepare(&command, &why) == 0) {
		status = worker_start();
		if (status >= 0)
			return status;
		/* A tenth less, so that the caller still hears what took so long. */
		if (command.timeout > 0)
			deadline_start(command.timeout * 900, command.result_fd);
		command.verb->run(&command.request, &result);
	} else {
		result_set(&result, RESULT_FAILED, &why);
	}
	return command.result_fd >= 0 ? (int)report_to_program(command.result_fd, &result)
				      : (int)report_to_person(&result);
}
