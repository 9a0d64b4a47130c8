/* SPDX-License-Identifier: BSD-3-Clause */
/* Making a user namespace right below ours: see nested.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "namespace/nested.h"
#include "namespace/process.h"
#include "util/child.h"
#include "util/cleanup.h"
#include "util/pipe.h"

/* A child in a new user namespace, that waits for a byte from the pipe, or for its end. */
struct waiting {
	pid_t pid; /* 0 in the child, which has waited */
	int pipe;
};

#define WAITING_INIT ((struct waiting){.pid = -1, .pipe = -1})

static pid_t clone_child(void)
{
	struct clone_args arguments = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};

	return (pid_t)syscall(SYS_clone3, &arguments, sizeof(arguments));
}

static void wait_in_child(int pipe)
{
	ssize_t n;
	char byte;

	do
		n = read(pipe, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n != 1)
		_exit(1);
}

static int start(struct waiting *ret, struct reason *why)
{
	CLEANUP_PIPE struct pipe go = PIPE_INIT;
	int r;

	r = pipe_open(&go);
	if (r < 0)
		return refuse_errno(why, r, "cannot make a pipe");
	/* The files in /proc of one that has changed its ids would be the host's root's. */
	prctl(PR_SET_DUMPABLE, 1);
	ret->pid = clone_child();
	if (ret->pid < 0)
		return refuse_errno(why, -errno, "cannot make a user namespace");
	if (ret->pid == 0) {
		pipe_close_write(&go);
		wait_in_child(go.read);
	} else {
		ret->pipe = TAKE_FD(go.write);
	}
	return 0;
}

/* Ends a child that still waits. */
static void stop(struct waiting *waiting)
{
	if (waiting->pipe >= 0)
		close(waiting->pipe);
	if (waiting->pid > 0)
		child_kill(waiting->pid);
}

/* What could be taken for a kernel that makes none. */
static int as_io_error(int r)
{
	return r == -EPERM || r == -ENOSPC ? -EIO : r;
}

pid_t nested_fork(const struct ns_maps *maps, struct reason *why)
{
	CLEANUP(stop) struct waiting waiting = WAITING_INIT;
	pid_t pid;
	int r;

	r = start(&waiting, why);
	if (r < 0 || waiting.pid == 0)
		return r;
	r = as_io_error(maps_write(waiting.pid, maps, why));
	if (r == 0 && write(waiting.pipe, "", 1) != 1)
		r = refuse_errno(why, -EIO, "the first process of the namespace is lost");
	if (r < 0)
		return r;
	pid = waiting.pid;
	waiting.pid = -1;
	return pid;
}

/* The child need not even run: a process alone makes the namespace reachable. */
int nested_join(const struct ns_maps *maps, struct reason *why)
{
	CLEANUP(stop) struct waiting waiting = WAITING_INIT;
	CLEANUP_FD int fd = -1;
	int r;

	r = start(&waiting, why);
	if (r < 0)
		return r;
	if (waiting.pid == 0)
		_exit(1);
	r = as_io_error(maps_write(waiting.pid, maps, why));
	if (r < 0)
		return r;
	fd = process_open(waiting.pid, "ns/user", O_RDONLY);
	r = fd < 0 ? fd : setns(fd, CLONE_NEWUSER) < 0 ? -errno : 0;
	return r < 0 ? refuse_errno(why, as_io_error(r), "cannot join the new namespace") : 0;
}
