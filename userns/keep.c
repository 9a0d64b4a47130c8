/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A keeper of locks for a command: see keep.h.
 *
 *   we ------ keeper ------ command ------ ...
 *      socket        parent of it, and of every orphan among its descendants, as their subreaper
 *
 * It cannot be one process, as we have to end when the command does, and it when the last orphan
 * does.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "userns/complain.h"
#include "userns/keep.h"
#include "userns/supervise.h"
#include "util/array.h"
#include "util/exit_status.h"

/* The descriptors of a keeper, which are all it has. */
enum { KEEPER_SOCKET, KEEPER_KEPT, KEEPER_SIGNALS };

struct keeper {
	pid_t command; /* 0: it has ended */
	int if_killed;
};

/*
 * Out of the way of those low numbers first. Nobody is to wait for the end of a pipe that we hold,
 * or find a file system busy.
 */
static int shed_all_but(int socket, int kept, int signals)
{
	int wanted[] = {[KEEPER_SOCKET] = socket, [KEEPER_KEPT] = kept, [KEEPER_SIGNALS] = signals};
	const int count = COUNT_OF(wanted);

	for (int i = 0; i < count; i++)
		wanted[i] = fcntl(wanted[i], F_DUPFD_CLOEXEC, count);
	for (int i = 0; i < count; i++)
		if (wanted[i] < 0 || dup2(wanted[i], i) < 0)
			return -errno;
	return close_range((unsigned int)count, ~0u, 0) < 0 || chdir("/") < 0 ? -errno : 0;
}

/* How the command ended; the ids are free before, where nothing is left that uses them. */
static void report(int wait_status)
{
	if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD)
		close(KEEPER_KEPT);
	send(KEEPER_SOCKET, &wait_status, sizeof(wait_status), MSG_NOSIGNAL);
}

/* False: there is nobody left to wait for. */
static bool reap(struct keeper *keeper)
{
	int status = 0, wait_status = 0;
	bool ended = false;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == keeper->command) {
			keeper->command = 0;
			wait_status = status;
			ended = true;
		}
	if (ended)
		report(wait_status);
	return pid == 0;
}

/* A signal for the command, or the end of who hands them on. False: that. */
static bool take_signal(const struct keeper *keeper)
{
	int signal;
	ssize_t n = recv(KEEPER_SOCKET, &signal, sizeof(signal), MSG_DONTWAIT);

	if (n == (ssize_t)sizeof(signal)) {
		if (keeper->command)
			kill(keeper->command, signal);
		return true;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (keeper->command && keeper->if_killed)
		kill(keeper->command, keeper->if_killed);
	return false;
}

static void __attribute__((noreturn)) keep(struct keeper *keeper)
{
	struct pollfd polled[] = {{.fd = KEEPER_SIGNALS, .events = POLLIN},
				  {.fd = KEEPER_SOCKET, .events = POLLIN}};

	/* First, as the command may have ended before we looked. */
	while (reap(keeper)) {
		struct signalfd_siginfo ignored;

		if (poll(polled, COUNT_OF(polled), -1) < 0)
			continue;
		if (polled[0].revents && read(KEEPER_SIGNALS, &ignored, sizeof(ignored)) < 0 &&
		    errno != EINTR)
			break;
		if (polled[1].revents && !take_signal(keeper))
			polled[1].fd = -1;
	}
	_exit(0);
}

static pid_t start(const struct kept_command *command, const struct supervision *before)
{
	pid_t pid = command->fork(command->argument);

	if (pid != 0)
		return pid;
	supervise_as_before(before);
	_exit(command->run(command->argument));
}

static void __attribute__((noreturn)) become_keeper(const struct kept_command *command, int socket,
						    int kept, const struct supervision *before)
{
	struct keeper keeper = {.if_killed = command->if_killed};
	sigset_t all, child;
	int signals;

	sigfillset(&all);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	signals = signalfd(-1, &child, SFD_CLOEXEC);
	if (signals < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0 ||
	    sigprocmask(SIG_SETMASK, &all, NULL) < 0)
		_exit(complain(EXIT_SYSTEM, "cannot become a keeper: %s", strerror(errno)));
	prctl(PR_SET_NAME, "userns-keeper");
	keeper.command = start(command, before);
	if (keeper.command < 0)
		_exit(-keeper.command);
	if (shed_all_but(socket, kept, signals) < 0)
		_exit(EXIT_SYSTEM);
	keep(&keeper);
}

static int send_signal(int socket, int signal)
{
	return send(socket, &signal, sizeof(signal), MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* The keeper has said why if it could not start the command; then this is its exit status. */
static int end_of_keeper(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) != 0)
		return WEXITSTATUS(status);
	return complain(EXIT_SYSTEM, "the keeper of the ids was killed, and the command with it");
}

int keep_and_run(int fd, const struct kept_command *command)
{
	struct supervision supervision;
	int sockets[2], status, r;
	pid_t pid;

	r = supervise_begin(&supervision);
	if (r == 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
		r = -errno;
	if (r < 0)
		return complain(EXIT_SYSTEM, "cannot keep ids: %s", strerror(-r));
	pid = fork();
	if (pid == 0) {
		close(sockets[0]);
		become_keeper(command, sockets[1], fd, &supervision);
	}
	if (pid < 0)
		return complain(EXIT_SYSTEM, "cannot start a process: %s", strerror(errno));
	close(sockets[1]);
	/* The keeper's alone. */
	close(fd);
	r = supervise_until(&supervision, sockets[0], send_signal);
	if (r < 0)
		return complain(EXIT_SYSTEM, "cannot wait: %s", strerror(-r));
	if (recv(sockets[0], &status, sizeof(status), 0) != (ssize_t)sizeof(status))
		return end_of_keeper(pid);
	return end_as(status);
}
