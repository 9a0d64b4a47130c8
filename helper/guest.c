/* SPDX-License-Identifier: BSD-3-Clause */
/* A child in another user namespace: see guest.h. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helper/guest.h"
#include "util/cleanup.h"

/* What the guest reports; its namespace comes along as a descriptor when error is 0. */
struct report {
	int error;
	struct reason why;
};

union fd_message {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static int send_report(int socket, struct report *report, int fd)
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
	return sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

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

/* The child's whole life. */
static void __attribute__((noreturn)) be_guest(int socket, guest_enter *enter, const void *argument)
{
	struct report report = {.error = 0};
	int fd = -1;
	char byte;

	report.error = enter(argument, &report.why);
	/* A change of ids clears this, so it comes after; a parent already gone is seen below. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (report.error == 0) {
		fd = open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			report.error = refuse_errno(&report.why, -errno,
						    "cannot open the new user namespace");
	}
	if (send_report(socket, &report, fd) < 0 || dup2(socket, 0) < 0)
		_exit(1);
	/* Its owner can stop it with a signal; it must not hold our locks then. */
	if (close_range(1, ~0u, 0) == 0)
		while (read(0, &byte, 1) < 0 && errno == EINTR)
			;
	_exit(0);
}

int guest_start(guest_enter *enter, const void *argument, struct guest *ret, struct reason *why)
{
	struct report report = {.error = 0};
	int sockets[2], r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
		return refuse_errno(why, -errno, "cannot make a socket pair");
	ret->socket = sockets[0];
	ret->pid = fork();
	if (ret->pid == 0) {
		/* Else it would hold its own end open and wait for ever. */
		close(sockets[0]);
		be_guest(sockets[1], enter, argument);
	}
	r = ret->pid < 0 ? -errno : 0;
	close(sockets[1]);
	if (r < 0)
		return refuse_errno(why, r, "cannot start a process");
	r = receive_report(ret->socket, &report, &ret->user_namespace);
	if (r < 0)
		return refuse_errno(why, r, "the process for the user namespace was lost");
	if (report.error < 0) {
		*why = report.why;
		return report.error;
	}
	if (ret->user_namespace < 0)
		return refuse(why, -ECHILD, "the process for the user namespace sent none");
	return 0;
}

int guest_join(const void *argument, struct reason *why)
{
	const int *fd = argument;

	if (setns(*fd, CLONE_NEWUSER) < 0)
		return refuse_errno(why, -errno, "cannot join the user namespace");
	return 0;
}

void guest_end(struct guest *guest)
{
	int saved = errno;

	if (guest->socket >= 0)
		close(guest->socket);
	if (guest->user_namespace >= 0)
		close(guest->user_namespace);
	if (guest->pid > 0)
		while (waitpid(guest->pid, NULL, 0) < 0 && errno == EINTR)
			;
	*guest = GUEST_INIT;
	errno = saved;
}
