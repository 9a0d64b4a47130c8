/* SPDX-License-Identifier: BSD-3-Clause */
/* A child in another user namespace: see holder.h. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "namespace/holder.h"
#include "util/child.h"
#include "util/cleanup.h"

/* The descriptors of a holder, which are all it has. */
#define HOLDER_SOCKET 0
#define HOLDER_JOIN   1

/* How long a holder may take that its owner has stopped, or the host slowed down. */
#define PATIENCE_MSEC 5000

/* What the holder reports; its namespace comes along as a descriptor when error is 0. */
struct report {
	int error;
	struct reason why;
};

union fd_message {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static int send_report(struct report *report, int fd)
{
	union fd_message control = {.bytes = {0}};
	struct iovec data = {.iov_base = report, .iov_len = sizeof(*report)};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};

	if (fd >= 0) {
		struct cmsghdr *header;

		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	}
	return sendmsg(HOLDER_SOCKET, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static bool has_come(int fd)
{
	struct pollfd polled = {.fd = fd, .events = POLLIN};
	int n;

	do
		n = poll(&polled, 1, PATIENCE_MSEC);
	while (n < 0 && errno == EINTR);
	return n != 0;
}

/* -ETIMEDOUT: it has been stopped. */
static int receive_report(int socket, struct report *ret, int *ret_fd)
{
	union fd_message control;
	struct iovec data = {.iov_base = ret, .iov_len = sizeof(*ret)};
	struct msghdr message = {.msg_iov = &data,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};
	struct cmsghdr *header;
	ssize_t n;

	if (!has_come(socket))
		return -ETIMEDOUT;
	do
		n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n != (ssize_t)sizeof(*ret))
		return -ECHILD;
	header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(ret_fd, CMSG_DATA(header), sizeof(int));
	return 0;
}

/* Keeps the socket and the namespace to join, if any, and closes everything else. */
static int shed_descriptors(int socket, int join)
{
	/* Out of the way of the two numbers that they are to get. */
	int high_socket = fcntl(socket, F_DUPFD, HOLDER_JOIN + 1);
	int high_join = join >= 0 ? fcntl(join, F_DUPFD, HOLDER_JOIN + 1) : -1;

	if (high_socket < 0 || dup2(high_socket, HOLDER_SOCKET) < 0)
		return -errno;
	if (join >= 0 && (high_join < 0 || dup2(high_join, HOLDER_JOIN) < 0))
		return -errno;
	return close_range(join >= 0 ? HOLDER_JOIN + 1 : HOLDER_JOIN, ~0u, 0) < 0 ? -errno : 0;
}

/*
 * The owner of a namespace is the effective uid that unshares it, so the holder becomes the owner
 * first. So it does to join: as uid 0 inside the owner's namespace, it would be a
 * process of root's that the owner may trace where fs.suid_dumpable is 1.
 */
static int become(const struct owner *owner, struct reason *why)
{
	if (setgroups(0, NULL) < 0 || setresgid(owner->gid, owner->gid, owner->gid) < 0 ||
	    setresuid(owner->uid, owner->uid, owner->uid) < 0)
		return refuse_errno(why, -errno, "cannot become uid %u", owner->uid);
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return refuse_errno(why, -errno, "cannot become undumpable");
	return 0;
}

static int explain_unshare(int error, struct reason *why)
{
	if (error == -ENOSPC)
		return refuse(why, error,
			      "no more user namespaces: user.max_user_namespaces is reached, or 32 "
			      "levels; raise the sysctl, or end containers");
	if (error == -EPERM)
		return refuse(
			why, error,
			"the kernel forbids a new user namespace even with CAP_SYS_ADMIN; see "
			"the log for an LSM's denial, and whether this runs in a chroot");
	return refuse_errno(why, error, "cannot make a user namespace");
}

static int enter(const struct holder_task *task, struct reason *why)
{
	int r = 0;

	if (task->prepare && prctl(PR_SET_KEEPCAPS, 1) < 0)
		return refuse_errno(why, -errno, "cannot keep capabilities");
	if (task->owner)
		r = become(task->owner, why);
	if (r == 0 && task->prepare)
		r = task->prepare(why);
	if (r < 0)
		return r;
	if (task->join < 0)
		return unshare(CLONE_NEWUSER) < 0 ? explain_unshare(-errno, why) : 0;
	if (setns(HOLDER_JOIN, CLONE_NEWUSER) < 0)
		return refuse_errno(why, -errno, "cannot join the user namespace");
	return 0;
}

/* The child's whole life. */
static void __attribute__((noreturn)) hold(int socket, const struct holder_task *task)
{
	struct report report = {.error = 0};
	int fd = -1, r;
	char byte;

	r = shed_descriptors(socket, task->join);
	if (r < 0)
		_exit(1);
	report.error = enter(task, &report.why);
	/* A change of ids clears this, so it comes after; a parent already gone is seen below. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (report.error == 0) {
		fd = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			report.error = refuse_errno(&report.why, -errno,
						    "cannot open the new user namespace");
	}
	if (send_report(&report, fd) == 0)
		while (read(HOLDER_SOCKET, &byte, 1) < 0 && errno == EINTR)
			;
	_exit(0);
}

/* By a signal, which its owner can send, and we cannot without CAP_KILL. */
static int refuse_lost(const struct holder_task *task, int error, struct reason *why)
{
	refuse_errno(why, error, "the process for the user namespace %s",
		     error == -ETIMEDOUT ? "was stopped" : "was lost");
	if (task->owner)
		note(why, "end the processes of uid %u, which may do that, and try again",
		     task->owner->uid);
	return error;
}

int holder_start(const struct holder_task *task, struct holder *ret, struct reason *why)
{
	struct report report = {.error = 0};
	int sockets[2], r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
		return refuse_errno(why, -errno, "cannot make a socket pair");
	ret->socket = sockets[0];
	ret->pid = fork();
	if (ret->pid == 0)
		hold(sockets[1], task);
	r = ret->pid < 0 ? -errno : 0;
	close(sockets[1]);
	if (r < 0)
		return refuse_errno(why, r, "cannot start a process");
	r = receive_report(ret->socket, &report, &ret->user_namespace);
	if (r < 0)
		return refuse_lost(task, r, why);
	if (report.error < 0) {
		*why = report.why;
		return report.error;
	}
	if (ret->user_namespace < 0)
		return refuse(why, -ECHILD, "the process for the user namespace sent none");
	return 0;
}

/* One that was stopped is left to get its SIGHUP when our process group has ended. */
static void reap(pid_t pid)
{
	CLEANUP_FD int pidfd = pidfd_open(pid, 0);

	if (pidfd >= 0 && !has_come(pidfd))
		return;
	child_reap(pid);
}

void holder_end(struct holder *holder)
{
	int saved = errno;

	if (holder->socket >= 0)
		close(holder->socket);
	if (holder->user_namespace >= 0)
		close(holder->user_namespace);
	if (holder->pid > 0)
		reap(holder->pid);
	*holder = HOLDER_INIT;
	errno = saved;
}
