/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "userns hold": keeps a process in the caller's delegated namespace that plain podman joins, and
 * watches over it from outside, where podman's own pause process can be told from ours.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "namespace/rundir.h"
#include "userns/caller.h"
#include "userns/complain.h"
#include "userns/notify.h"
#include "userns/pause.h"
#include "userns/pausefile.h"
#include "userns/pins.h"
#include "userns/verbs.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/userns.h"

/* A pause process that ends sooner, in seconds, is not replaced: something keeps killing it. */
#define SOON 1

/* How long another namespace may take to come in the place of one that went, in milliseconds. */
#define REPLACEMENT_MS 2000

struct hold {
	uid_t uid;
	char pin[RUNDIR_PATH_SIZE];
	char file[PATH_MAX]; /* podman's pause.pid */
	int signals;	     /* a signalfd of those that end us */
	int changes;	     /* an inotify of the run directory */
};

enum event {
	EVENT_SIGNAL,
	EVENT_ENDED,	/* the pause process */
	EVENT_REPLACED, /* the namespace: another is pinned, or none */
	EVENT_ERROR,
};

static int parse_options(int argc, char **argv)
{
	static const struct option options[] = {
		{"podman", no_argument, NULL, 'p'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	bool podman = false;
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'h') {
			puts("Usage: userns hold --podman; see userns(1)");
			exit(EXIT_DONE);
		}
		if (option != 'p')
			return complain(EXIT_USAGE, "see userns --help");
		podman = true;
	}
	if (optind < argc || !podman)
		return complain(EXIT_USAGE, "hold takes --podman and nothing else");
	return 0;
}

/* Those that end us, but not what nohup(1) or a shell has us ignore. */
static int open_signals(int *ret)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < COUNT_OF(signals); i++) {
		struct sigaction action;

		if (sigaction(signals[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
			sigaddset(&set, signals[i]);
	}
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	*ret = signalfd(-1, &set, SFD_CLOEXEC);
	return *ret < 0 ? -errno : 0;
}

/*
 * A login that replaces the pin writes the state behind it, by rename; a logout removes both, and
 * the directory, which another login makes anew. Without one there is no pin: pause_start() says
 * so.
 */
static int watch_changes(const struct hold *hold)
{
	char directory[RUNDIR_PATH_SIZE];

	rundir_path(hold->uid, directory);
	if (inotify_add_watch(hold->changes, directory,
			      IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF) < 0 &&
	    errno != ENOENT)
		return complain(EXIT_SYSTEM, "cannot watch %s: %s", directory, strerror(errno));
	return 0;
}

static bool is_pinned(const struct hold *hold, const struct stat *namespace)
{
	struct stat pin;

	return stat(hold->pin, &pin) == 0 && same_file(&pin, namespace);
}

static int open_hold(struct hold *hold)
{
	struct reason why;
	struct stat own;
	gid_t gid;
	int status, r;

	status = find_caller(&hold->uid, &gid);
	if (status != 0)
		return status;
	rundir_pin_path(hold->uid, hold->pin);
	/* From here we could not tell podman's own pause process from none. */
	if (own_user_namespace(&own) == 0 && is_pinned(hold, &own))
		return complain(EXIT_REFUSED, "you are in your namespace already; hold it from "
					      "outside, as in a login shell");
	if (pausefile_path(hold->uid, hold->file, &why) < 0)
		return complain(EXIT_REFUSED, "%s", why.text);
	r = open_signals(&hold->signals);
	hold->changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (r == 0 && hold->changes < 0)
		r = -errno;
	return r == 0 ? 0 : complain(EXIT_SYSTEM, "cannot wait for events: %s", strerror(-r));
}

static void drain(int fd)
{
	char events[4096];

	while (read(fd, events, sizeof(events)) > 0)
		;
}

/* Waits until the pause process is of no more use, or we are to end. */
static enum event wait_for_event(const struct hold *hold, pid_t pid, const struct stat *namespace)
{
	CLEANUP_FD int process = pidfd_open(pid, 0);
	struct pollfd waits[] = {{.fd = hold->signals, .events = POLLIN},
				 {.fd = process, .events = POLLIN},
				 {.fd = hold->changes, .events = POLLIN}};

	if (process < 0)
		return errno == ESRCH ? EVENT_ENDED : EVENT_ERROR;
	for (;;) {
		/* A change since we joined counts too. */
		if (!is_pinned(hold, namespace))
			return EVENT_REPLACED;
		if (poll(waits, COUNT_OF(waits), -1) < 0 && errno != EINTR)
			return EVENT_ERROR;
		if (waits[0].revents)
			return EVENT_SIGNAL;
		if (waits[1].revents)
			return EVENT_ENDED;
		drain(hold->changes);
	}
}

/* A word on what podman joins now. */
static void announce(pid_t pid, bool own)
{
	complain(0,
		 own ? "podman joins your namespace by process %d"
		     : "podman joins your namespace already, by process %d, which is kept",
		 pid);
	notify_manager("READY=1");
}

/* False: begin anew; else *ret_status is what to end with. */
static bool is_end(enum event event, time_t lived, int *ret_status)
{
	if (event == EVENT_SIGNAL)
		*ret_status = EXIT_DONE;
	else if (event == EVENT_ERROR)
		*ret_status = complain(EXIT_SYSTEM, "cannot wait for events: %s", strerror(errno));
	else if (event == EVENT_ENDED && lived <= SOON)
		*ret_status = complain(EXIT_TRY_AGAIN,
				       "the process for podman was ended as soon as it was there");
	else
		return false;
	return true;
}

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec;
}

/* Our own is there, and named. */
static bool hold_own(const struct hold *hold, const struct pause *pause, int *ret_status)
{
	time_t since = seconds();
	enum event event;
	bool end;

	announce(pause->pid, true);
	event = wait_for_event(hold, pause->pid, &pause->namespace);
	end = is_end(event, seconds() - since, ret_status);
	pausefile_withdraw(hold->file, pause->pid);
	return end;
}

/* Another stays as it is; containers can hang on it. When it ends, ours comes in its place. */
static bool stand_by(const struct hold *hold, const struct pause_other *other,
		     const struct stat *namespace, int *ret_status)
{
	if (!other->here) {
		*ret_status = complain(
			EXIT_REFUSED,
			"podman joins another namespace, by process %d, which is kept; stop your "
			"containers and call 'podman system migrate', which ends it",
			other->pid);
		return true;
	}
	announce(other->pid, false);
	return is_end(wait_for_event(hold, other->pid, namespace), SOON + 1, ret_status);
}

/* Holds until one of the events. True: *ret_status is what to end with. */
static bool hold_once(const struct hold *hold, int *ret_status)
{
	struct pause_other other;
	struct pause pause;
	struct reason why;
	bool end = true;
	int r;

	*ret_status = watch_changes(hold);
	if (*ret_status == 0)
		*ret_status = pause_start(hold->uid, &pause);
	if (*ret_status != 0)
		return true;
	r = pausefile_publish(hold->file, pause.pid, &pause.namespace, &other, &why);
	if (r < 0)
		*ret_status = complain(EXIT_SYSTEM, "%s", why.text);
	else if (r == 0)
		end = hold_own(hold, &pause, ret_status);
	else
		end = stand_by(hold, &other, &pause.namespace, ret_status);
	pause_end(pause.pid);
	return end;
}

/*
 * A login first takes away what it replaces. Whether there is a namespace after all is for
 * pause_start() to say. True: a signal ends us.
 */
static bool wait_for_replacement(const struct hold *hold)
{
	struct pollfd waits[] = {{.fd = hold->signals, .events = POLLIN},
				 {.fd = hold->changes, .events = POLLIN}};

	while (!pin_exists(hold->uid) && poll(waits, COUNT_OF(waits), REPLACEMENT_MS) > 0) {
		if (waits[0].revents)
			return true;
		drain(hold->changes);
	}
	return false;
}

int verb_hold(int argc, char **argv)
{
	struct hold hold = {.signals = -1, .changes = -1};
	int status;

	if (argc == 2 && strcmp(argv[1], PAUSE_OPTION) == 0)
		return pause_stay();
	status = parse_options(argc, argv);
	if (status == 0)
		status = open_hold(&hold);
	if (status != 0)
		return status;
	while (!hold_once(&hold, &status) && !wait_for_replacement(&hold))
		;
	return status;
}
