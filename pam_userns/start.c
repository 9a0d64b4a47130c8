/* SPDX-License-Identifier: BSD-3-Clause */
/* Starting userns-helper from a login process: see start.h. Has the privilege of that. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "pam_userns/start.h"

/* How long a killed helper may take to be gone; longer only when a disk holds it. */
#define KILL_GRACE_MSEC 100

_Static_assert(sizeof(struct result) <= PIPE_BUF, "a record must be written at once");

struct child {
	pid_t pid;
	int pidfd;
	int pipe; /* its record comes here */
};

static int64_t now_msec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits until fd has something, or its other end is closed. -ETIMEDOUT. */
static int wait_readable(int fd, int64_t deadline)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	for (;;) {
		int64_t left = deadline - now_msec();
		int n;

		if (left < 0)
			return -ETIMEDOUT;
		n = poll(&poll_fd, 1, (int)left);
		if (n > 0)
			return 0;
		/* login(1) has an alarm running, others their children. */
		if (n < 0 && errno != EINTR)
			return -errno;
	}
}

/*
 * The child gets the pipe as descriptor 3, nothing else of the application's. The order matters
 * where that has closed 0 to 2, and the pipe got one of these numbers.
 */
static int set_descriptors(posix_spawn_file_actions_t *actions, int pipe_end)
{
	int r;

	r = posix_spawn_file_actions_adddup2(actions, pipe_end, HELPER_RESULT_FD);
	for (int fd = 0; r == 0 && fd <= STDERR_FILENO; fd++)
		r = posix_spawn_file_actions_addopen(actions, fd, "/dev/null", O_RDWR, 0);
	if (r == 0)
		r = posix_spawn_file_actions_addclosefrom_np(actions, HELPER_RESULT_FD + 1);
	return r;
}

/* Every signal as a new program expects it: runuser(1) calls with signals blocked. */
static int set_signals(posix_spawnattr_t *attributes)
{
	sigset_t set;
	int r;

	sigfillset(&set);
	r = posix_spawnattr_setsigdefault(attributes, &set);
	sigemptyset(&set);
	if (r == 0)
		r = posix_spawnattr_setsigmask(attributes, &set);
	if (r == 0)
		r = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF |
								 POSIX_SPAWN_SETSIGMASK |
								 POSIX_SPAWN_SETSID);
	return r;
}

/* An absolute path, an empty environment. */
static int spawn(const char *const argv[], int pipe_end, pid_t *ret_pid)
{
	char *const no_environment[] = {NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int r;

	r = posix_spawn_file_actions_init(&actions);
	if (r != 0)
		return -r;
	r = posix_spawnattr_init(&attributes);
	if (r == 0) {
		r = set_descriptors(&actions, pipe_end);
		if (r == 0)
			r = set_signals(&attributes);
		if (r == 0)
			r = posix_spawn(ret_pid, USERNS_HELPER, &actions, &attributes,
					(char *const *)argv, no_environment);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return -r;
}

static int start(const char *const argv[], struct child *ret)
{
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	r = spawn(argv, ends[1], &ret->pid);
	close(ends[1]);
	if (r < 0) {
		close(ends[0]);
		return r;
	}
	ret->pipe = ends[0];
	/* Stands for just this process, also after somebody else has reaped it. */
	ret->pidfd = pidfd_open(ret->pid, 0);
	return 0;
}

/* A record is written at once, so it comes whole or not at all. */
static int receive(int pipe_end, int64_t deadline, struct result *ret)
{
	ssize_t length;
	int r;

	r = wait_readable(pipe_end, deadline);
	if (r < 0)
		return r;
	length = read(pipe_end, ret, sizeof(*ret));
	if (length < 0)
		return -errno;
	if (length == 0)
		return -ECHILD;
	return length == (ssize_t)sizeof(*ret) && result_is_sound(ret) ? 0 : -EPROTO;
}

/* Waits until the helper has ended, whoever reaps it. -ETIMEDOUT. */
static int wait_ended(const struct child *child, int64_t deadline)
{
	/* Where the application is out of descriptors: the pipe is closed when the helper ends. */
	return wait_readable(child->pidfd >= 0 ? child->pidfd : child->pipe, deadline);
}

static void kill_child(const struct child *child)
{
	if (child->pidfd >= 0)
		pidfd_send_signal(child->pidfd, SIGKILL, NULL, 0);
	else
		kill(child->pid, SIGKILL);
}

/*
 * Sees the helper out: at once if its time is up, else as soon as it ends by itself. The status
 * is -1 where the application ignores SIGCHLD, or another thread has reaped it.
 */
static int reap(const struct child *child, bool kill_it, int64_t deadline)
{
	int status = -1;

	if (kill_it || wait_ended(child, deadline) < 0) {
		kill_child(child);
		wait_ended(child, now_msec() + KILL_GRACE_MSEC);
	}
	/* WNOHANG: nothing must hold the login now. */
	if (waitpid(child->pid, &status, WNOHANG) != child->pid)
		return -1;
	return status;
}

/*
 * SIGCHLD is blocked in this thread, as system(3) does it, and the application's disposition is
 * not touched: to change and restore it would race with its other threads.
 */
int helper_run(const char *const argv[], unsigned int timeout, struct result *ret, int *ret_status)
{
	int64_t deadline = now_msec() + (int64_t)timeout * 1000;
	struct child child = {.pid = -1, .pidfd = -1, .pipe = -1};
	struct result result;
	sigset_t child_only, before;
	int r;

	sigemptyset(&child_only);
	sigaddset(&child_only, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &child_only, &before);
	r = start(argv, &child);
	if (r == 0) {
		r = receive(child.pipe, deadline, &result);
		*ret_status = reap(&child, r < 0 && r != -ECHILD, deadline);
		close(child.pipe);
		if (child.pidfd >= 0)
			close(child.pidfd);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r == 0)
		*ret = result;
	return r;
}
