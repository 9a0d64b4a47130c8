/* SPDX-License-Identifier: BSD-3-Clause */
/* A pause process: see pause.h. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "namespace/process.h"
#include "userns/complain.h"
#include "userns/enter.h"
#include "userns/pause.h"
#include "userns/pausefile.h"
#include "util/child.h"
#include "util/exit_status.h"
#include "util/pipe.h"

/*
 * Who has changed ids is not dumpable, so that its own user cannot open its /proc/PID/ns; after an
 * exec, and with the mark in its environment, podman takes it.
 */
static int become_pause(uid_t uid, pid_t parent)
{
	char *const command[] = {"userns", "hold", PAUSE_OPTION, NULL};
	int status, r;

	status = enter_namespace(uid);
	if (status == 0)
		status = enter_become_root(false);
	if (status == 0)
		status = enter_own_mounts();
	if (status != 0)
		return status;
	/* After the last change of ids, which undoes it. */
	r = child_end_with(parent, SIGKILL);
	if (r < 0)
		return complain(EXIT_SYSTEM, "cannot end with who holds: %s", strerror(-r));
	if (setenv(PAUSE_MARK, "1", 1) < 0 || chdir("/") < 0)
		return complain(EXIT_SYSTEM, "cannot stay in the namespace: %s", strerror(errno));
	execv("/proc/self/exe", command);
	return complain(EXIT_SYSTEM, "cannot run itself anew: %s", strerror(errno));
}

/* The pipe closes when the child execs; before, it brings the status of one that failed. */
static int wait_for_exec(int pipe)
{
	unsigned char status = 0;
	ssize_t n;

	do
		n = read(pipe, &status, 1);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return complain(EXIT_SYSTEM, "cannot read from the pause process: %s",
				strerror(errno));
	return status;
}

/* As podman will: what we may not look at, it cannot join. */
static int look_at(pid_t pid, struct stat *ret)
{
	int r;

	r = process_user_namespace(pid, ret);
	if (r < 0)
		return complain(EXIT_SYSTEM, "cannot look at the namespace of process %d: %s", pid,
				strerror(-r));
	return 0;
}

int pause_start(uid_t uid, struct pause *ret)
{
	CLEANUP_PIPE struct pipe failure = PIPE_INIT;
	pid_t pid, parent = getpid();
	int status, r;

	r = pipe_open(&failure);
	if (r < 0)
		return complain(EXIT_SYSTEM, "cannot make a pipe: %s", strerror(-r));
	pid = fork();
	if (pid < 0)
		return complain(EXIT_SYSTEM, "cannot fork: %s", strerror(errno));
	if (pid == 0) {
		unsigned char failed = (unsigned char)become_pause(uid, parent);

		_exit(write(failure.write, &failed, 1) == 1 ? failed : EXIT_SYSTEM);
	}
	pipe_close_write(&failure);
	status = wait_for_exec(failure.read);
	if (status == 0)
		status = look_at(pid, &ret->namespace);
	if (status == 0)
		ret->pid = pid;
	else
		pause_end(pid);
	return status;
}

void pause_end(pid_t pid)
{
	child_kill(pid);
}

int pause_stay(void)
{
	sigset_t all;

	if (!getenv(PAUSE_MARK))
		return complain(EXIT_USAGE, PAUSE_OPTION " is for userns itself");
	/* A terminal sends its signals to us too; only our parent's end, or SIGKILL, is meant. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	prctl(PR_SET_NAME, "userns hold");
	for (;;)
		pause();
}
