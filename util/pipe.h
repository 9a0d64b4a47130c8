/* SPDX-License-Identifier: BSD-3-Clause */
/* A pipe whose ends are closed on every path out of a function, as cleanup.h has it. */
#ifndef UTIL_PIPE_H
#define UTIL_PIPE_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

#include "util/cleanup.h"

struct pipe {
	int read;
	int write;
};

#define PIPE_INIT ((struct pipe){.read = -1, .write = -1})

static inline void pipe_close_read(struct pipe *pipe)
{
	cleanup_fd(&pipe->read);
	pipe->read = -1;
}

static inline void pipe_close_write(struct pipe *pipe)
{
	cleanup_fd(&pipe->write);
	pipe->write = -1;
}

static inline void pipe_close(struct pipe *pipe)
{
	pipe_close_read(pipe);
	pipe_close_write(pipe);
}

#define CLEANUP_PIPE CLEANUP(pipe_close)

/* Both ends are O_CLOEXEC. -errno. */
static inline int pipe_open(struct pipe *ret)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	*ret = (struct pipe){.read = ends[0], .write = ends[1]};
	return 0;
}

/* Has everybody closed the end to write, or ended? False where the pipe is not open. */
static inline bool pipe_has_ended(const struct pipe *pipe)
{
	struct pollfd polled = {.fd = pipe->read};

	return poll(&polled, 1, 0) > 0 && polled.revents & POLLHUP;
}

#endif
