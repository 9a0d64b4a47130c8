/* SPDX-License-Identifier: BSD-3-Clause */
/* Waiting for a command in the place of it: see supervise.h. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "userns/complain.h"
#include "userns/supervise.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/exit_status.h"

static const int handed_on[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};

int supervise_begin(struct supervision *ret)
{
	const struct sigaction usual = {.sa_handler = SIG_DFL};
	sigset_t taken;

	sigemptyset(&taken);
	for (size_t i = 0; i < COUNT_OF(handed_on); i++)
		sigaddset(&taken, handed_on[i]);
	if (sigprocmask(SIG_BLOCK, &taken, &ret->mask) < 0 ||
	    sigaction(SIGCHLD, &usual, &ret->on_child) < 0)
		return -errno;
	ret->signals = signalfd(-1, &taken, SFD_CLOEXEC);
	return ret->signals < 0 ? -errno : 0;
}

void supervise_as_before(const struct supervision *supervision)
{
	sigaction(SIGCHLD, &supervision->on_child, NULL);
	sigprocmask(SIG_SETMASK, &supervision->mask, NULL);
}

static void hand_on(const struct supervision *supervision, int fd, int (*forward)(int, int))
{
	struct signalfd_siginfo signal;

	if (read(supervision->signals, &signal, sizeof(signal)) == sizeof(signal) &&
	    signal.ssi_code != SI_KERNEL)
		forward(fd, (int)signal.ssi_signo);
}

int supervise_until(const struct supervision *supervision, int fd, int (*forward)(int, int))
{
	struct pollfd polled[] = {{.fd = fd, .events = POLLIN},
				  {.fd = supervision->signals, .events = POLLIN}};

	for (;;) {
		if (poll(polled, COUNT_OF(polled), -1) < 0) {
			if (errno != EINTR)
				return -errno;
			continue;
		}
		if (polled[0].revents)
			return 0;
		if (polled[1].revents)
			hand_on(supervision, fd, forward);
	}
}

int end_as(int wait_status)
{
	const struct rlimit no_core = {0, 0};
	sigset_t mask;

	if (WIFEXITED(wait_status))
		return WEXITSTATUS(wait_status);
	/* One core dump of the command is enough. */
	setrlimit(RLIMIT_CORE, &no_core);
	signal(WTERMSIG(wait_status), SIG_DFL);
	sigemptyset(&mask);
	sigaddset(&mask, WTERMSIG(wait_status));
	/* Not raise(3), see nested_fork(). */
	kill(getpid(), WTERMSIG(wait_status));
	sigprocmask(SIG_UNBLOCK, &mask, NULL);
	return 128 + WTERMSIG(wait_status);
}

static int signal_process(int pidfd, int signal)
{
	return pidfd_send_signal(pidfd, signal, NULL, 0);
}

int supervise_child(int (*run)(void *argument), void *argument)
{
	CLEANUP_FD int pidfd = -1;
	struct supervision supervision;
	int status, r;
	pid_t pid;

	r = supervise_begin(&supervision);
	if (r < 0)
		return complain(EXIT_SYSTEM, "cannot take signals: %s", strerror(-r));
	pid = fork();
	if (pid == 0) {
		supervise_as_before(&supervision);
		_exit(run(argument));
	}
	pidfd = pid < 0 ? -1 : pidfd_open(pid, 0);
	r = pidfd < 0 ? -errno : supervise_until(&supervision, pidfd, signal_process);
	if (r == 0 && waitpid(pid, &status, 0) < 0)
		r = -errno;
	if (r < 0)
		return complain(EXIT_SYSTEM, "cannot %s a process: %s",
				pid < 0 ? "start" : "wait for", strerror(-r));
	return end_as(status);
}
