/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pamhost [OPTION...] REPORT SERVICE USER [COMMAND [ARGUMENT...]]: a PAM host as hosts come: opens
 * a session, runs a command in it, closes it, and writes to the file REPORT what PAM said
 * and what the module left behind in this process.
 *
 *   --ignore   ignore SIGCHLD, as some daemons do, so that children reap themselves
 *   --handler  reap every child in a handler of SIGCHLD
 *   --thread   reap every child in a thread
 *   --closed   close descriptors 0, 1 and 2
 *   --blocked  block all signals, as runuser does
 *   --drop     close as the user, with just the effective uid changed
 *   --fork     close in a child
 *   --twice    open a second session, on a handle of its own, and close the first at once
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#define FDS_SIZE 512

static bool drops, forks, opens_twice;

static int refuse_prompts(int count, const struct pam_message **messages,
			  struct pam_response **responses, void *data)
{
	(void)count;
	(void)messages;
	(void)responses;
	(void)data;
	return PAM_CONV_ERR;
}

static void reap_in_handler(int signal)
{
	int saved = errno;

	(void)signal;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

static void *reap_in_thread(void *data)
{
	const struct timespec pause = {.tv_nsec = 100000};

	(void)data;
	for (;;)
		if (waitpid(-1, NULL, 0) < 0)
			nanosleep(&pause, NULL);
	return NULL;
}

static void set_up(const char *option)
{
	struct sigaction action = {.sa_handler = SIG_IGN};
	pthread_t thread;
	sigset_t all;

	if (strcmp(option, "--ignore") == 0) {
		sigaction(SIGCHLD, &action, NULL);
	} else if (strcmp(option, "--handler") == 0) {
		action.sa_handler = reap_in_handler;
		sigaction(SIGCHLD, &action, NULL);
	} else if (strcmp(option, "--thread") == 0) {
		pthread_create(&thread, NULL, reap_in_thread, NULL);
	} else if (strcmp(option, "--blocked") == 0) {
		sigfillset(&all);
		sigprocmask(SIG_BLOCK, &all, NULL);
	} else if (strcmp(option, "--closed") == 0) {
		close(0);
		close(1);
		close(2);
	} else if (strcmp(option, "--drop") == 0) {
		drops = true;
	} else if (strcmp(option, "--fork") == 0) {
		forks = true;
	} else if (strcmp(option, "--twice") == 0) {
		opens_twice = true;
	} else {
		fprintf(stderr, "pamhost: unknown option %s\n", option);
		exit(2);
	}
}

/* The open descriptors, as text, but for the one that lists them. */
static void list_fds(char ret[static FDS_SIZE])
{
	DIR *listing = opendir("/proc/self/fd");
	struct dirent *entry;
	size_t used = 0;

	ret[0] = '\0';
	while (listing && (entry = readdir(listing))) {
		if (entry->d_name[0] == '.' || atoi(entry->d_name) == dirfd(listing))
			continue;
		used += (size_t)snprintf(ret + used, FDS_SIZE - used, " %s", entry->d_name);
	}
	if (listing)
		closedir(listing);
}

struct snapshot {
	char fds[FDS_SIZE];
	void (*handler)(int);
	sigset_t mask;
};

static void take(struct snapshot *ret)
{
	struct sigaction action;

	memset(ret, 0, sizeof(*ret));
	list_fds(ret->fds);
	sigaction(SIGCHLD, NULL, &action);
	ret->handler = action.sa_handler;
	sigprocmask(SIG_SETMASK, NULL, &ret->mask);
}

static void compare(FILE *report, const char *when, const struct snapshot *before)
{
	struct snapshot after;
	siginfo_t info;

	take(&after);
	fprintf(report, "%s fds %s\n", when,
		strcmp(before->fds, after.fds) == 0 ? "same" : after.fds);
	fprintf(report, "%s sigchld %s\n", when,
		before->handler == after.handler ? "same" : "changed");
	fprintf(report, "%s mask %s\n", when,
		memcmp(&before->mask, &after.mask, sizeof(sigset_t)) == 0 ? "same" : "changed");
	fprintf(report, "%s children %s\n", when,
		waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD
			? "none"
			: "left");
}

/* Runs the command as the session's: in its environment, but with our uid. */
static void run(pam_handle_t *pamh, char **command)
{
	pid_t pid = fork();

	if (pid == 0) {
		execve(command[0], command, pam_getenvlist(pamh));
		_exit(127);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Ends the session of a handle, which is then gone. */
static int close_session(pam_handle_t *pamh)
{
	int r = pam_close_session(pamh, 0);

	pam_end(pamh, r);
	return r;
}

static int close_in_child(pam_handle_t *pamh)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(close_session(pamh));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void become(const char *name)
{
	const struct passwd *entry = getpwnam(name);

	if (!entry || seteuid(entry->pw_uid) < 0)
		exit(2);
}

/* Opens another session, as su(1) in a host does, and leaves that one alone. */
static void open_second(const char *service, const char *user, const struct pam_conv *conversation,
			FILE *report, pam_handle_t **pamh)
{
	pam_handle_t *second = NULL;

	if (pam_start(service, user, conversation, &second) != PAM_SUCCESS)
		exit(2);
	fprintf(report, "second open %d\n", pam_open_session(second, 0));
	fprintf(report, "first close %d\n", close_session(*pamh));
	*pamh = second;
}

int main(int argc, char **argv)
{
	const struct pam_conv conversation = {.conv = refuse_prompts};
	struct snapshot before;
	pam_handle_t *pamh = NULL;
	const char *path;
	FILE *report;
	int i = 1, r;

	/* The C library keeps its connection to the log open; it is not the module's. */
	openlog("pamhost", LOG_PID | LOG_NDELAY, LOG_AUTHPRIV);
	for (; i < argc && argv[i][0] == '-'; i++)
		set_up(argv[i]);
	if (argc - i < 3)
		return 2;
	report = fopen(argv[i], "we");
	if (!report || pam_start(argv[i + 1], argv[i + 2], &conversation, &pamh) != PAM_SUCCESS)
		return 2;
	take(&before);
	r = pam_open_session(pamh, 0);
	fprintf(report, "open %d\n", r);
	path = pam_getenv(pamh, "USERNS_PATH");
	fprintf(report, "path %s\n", path ? path : "none");
	compare(report, "opened", &before);
	if (opens_twice)
		open_second(argv[i + 1], argv[i + 2], &conversation, report, &pamh);
	fflush(report);
	if (i + 3 < argc)
		run(pamh, argv + i + 3);
	if (drops)
		become(argv[i + 2]);
	r = forks ? close_in_child(pamh) : close_session(pamh);
	fprintf(report, "close %d\n", r);
	compare(report, "closed", &before);
	fclose(report);
	return 0;
}
