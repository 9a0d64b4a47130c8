/* SPDX-License-Identifier: BSD-3-Clause */
/* What the next login would give: see next.h. */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "helper/result.h"
#include "namespace/state.h"
#include "userns/next.h"
#include "util/child.h"
#include "util/pipe.h"

/* A state has two maps of MAP_TEXT_SIZE, a name and a path in it. */
#define STATE_MAX (4 * MAP_TEXT_SIZE)

/* The helper with its text in one pipe, and its record in another. */
static int start_helper(const char *user, int text_end, int record_end, pid_t *ret)
{
	const char *const argv[] = {USERNS_HELPER,  HELPER_RESULT_OPTION,
				    "--timeout=30", "--state",
				    "explain",	    "--",
				    user,	    NULL};
	char *const environment[] = {NULL};
	posix_spawn_file_actions_t actions;
	int r;

	r = posix_spawn_file_actions_init(&actions);
	if (r != 0)
		return -r;
	/* Neither is 0 to 2, unless who called us has closed these. */
	r = posix_spawn_file_actions_adddup2(&actions, record_end, HELPER_RESULT_FD);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&actions, text_end, STDOUT_FILENO);
	if (r == 0)
		r = posix_spawn(ret, USERNS_HELPER, &actions, NULL, (char *const *)argv,
				environment);
	posix_spawn_file_actions_destroy(&actions);
	return -r;
}

/* All that comes, up to size - 1 bytes. */
static size_t read_all(int fd, char *ret, size_t size)
{
	size_t length = 0;

	while (length < size - 1) {
		ssize_t n = read(fd, ret + length, size - 1 - length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		length += (size_t)n;
	}
	ret[length] = '\0';
	return length;
}

/* Both are small enough for their pipes, so the order does not matter. */
static int read_answer(int text_end, int record_end, char ret_state[static STATE_MAX],
		       struct reason *why)
{
	char bytes[sizeof(struct result) + 1];
	struct result record;
	size_t length;

	read_all(text_end, ret_state, STATE_MAX);
	length = read_all(record_end, bytes, sizeof(bytes));
	memcpy(&record, bytes, sizeof(record));
	if (length != sizeof(record) || !result_is_sound(&record))
		return refuse(why, -EPROTO, "%s gave no answer", USERNS_HELPER);
	if (record.code == RESULT_READY)
		return 0;
	return refuse(why, record.code == RESULT_IGNORE ? -ENODATA : -EIO, "%s", record.text);
}

static int ask(const char *user, char ret_state[static STATE_MAX], struct reason *why)
{
	CLEANUP_PIPE struct pipe text = PIPE_INIT;
	CLEANUP_PIPE struct pipe record = PIPE_INIT;
	pid_t pid;
	int r;

	r = pipe_open(&text);
	if (r == 0)
		r = pipe_open(&record);
	if (r < 0)
		return refuse_errno(why, r, "cannot make a pipe");
	r = start_helper(user, text.write, record.write, &pid);
	if (r < 0)
		return refuse_errno(why, r, "cannot run %s", USERNS_HELPER);
	pipe_close_write(&text);
	pipe_close_write(&record);
	r = read_answer(text.read, record.read, ret_state, why);
	/* Should it still write, that fails, and it ends. */
	pipe_close(&text);
	pipe_close(&record);
	child_reap(pid);
	return r;
}

int next_login_ask(const char *user, struct next_login *ret, struct reason *why)
{
	char state[STATE_MAX];
	struct next_login next;
	int r;

	r = ask(user, state, why);
	if (r < 0)
		return r;
	if (state_maps(state, &next.maps) < 0)
		return refuse(why, -EPROTO, "%s gave no maps", USERNS_HELPER);
	next.state = strdup(state);
	if (!next.state)
		return refuse_errno(why, -ENOMEM, "cannot read the answer");
	*ret = next;
	return 0;
}

void next_login_free(struct next_login *next)
{
	free(next->state);
	next->state = NULL;
}
