/* SPDX-License-Identifier: BSD-3-Clause */
/* Processes with ids of a range or of a user, and what they have open: see traces.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "traces/opened.h"
#include "traces/threads.h"
#include "traces/traces.h"
#include "util/cleanup.h"

/* Any of the numbers behind a key of /proc/PID/status. */
static bool any_in(const char *numbers, struct id_range range)
{
	char *end;

	for (;; numbers = end) {
		unsigned long id = strtoul(numbers, &end, 10);

		if (end == numbers)
			return false;
		if (id_range_has(range, id))
			return true;
	}
}

/* gids NULL: they do not matter. */
static int look_at_status(const struct thread *thread, const struct id_range *uids,
			  const struct id_range *gids, struct reason *why)
{
	char path[THREAD_PATH_SIZE + sizeof("/status")];
	CLEANUP_FILE FILE *status = NULL;
	CLEANUP_FREE char *line = NULL;
	size_t room = 0;

	snprintf(path, sizeof(path), "%s/status", thread->path);
	status = fopen(path, "re");
	if (!status)
		return thread_unless_ended(thread, errno, why);
	while (errno = 0, getline(&line, &room, status) > 0) {
		if (strncmp(line, "Uid:", 4) == 0 && any_in(line + 4, *uids))
			return 1;
		if (gids && strncmp(line, "Gid:", 4) == 0 && any_in(line + 4, *gids))
			return 1;
		if (gids && strncmp(line, "Groups:", 7) == 0 && any_in(line + 7, *gids))
			return 1;
	}
	return errno != 0 ? thread_unless_ended(thread, errno, why) : 0;
}

static int has_wanted(const struct thread *thread, void *argument, struct reason *why)
{
	const struct wanted_ids *wanted = argument;
	int r;

	r = look_at_status(thread, &wanted->uids, &wanted->gids, why);
	if (r > 0)
		note(why, "process %u has such an id", thread->pid);
	return r;
}

int traces_in_processes(const struct wanted_ids *wanted, struct reason *why)
{
	struct wanted_ids copy = *wanted;

	return threads_walk(has_wanted, &copy, why);
}

static int is_of_user(const struct thread *thread, void *argument, struct reason *why)
{
	const struct id_range *uid = argument;
	int r;

	r = look_at_status(thread, uid, NULL, why);
	if (r > 0)
		note(why, "process %u is of uid %u, whose range it was, and can hide what is left",
		     thread->pid, uid->start);
	return r;
}

int traces_of_user(uid_t uid, struct reason *why)
{
	struct id_range range = {uid, 1};

	return threads_walk(is_of_user, &range, why);
}

static int belongs_to_wanted(const struct opened *opened, void *argument, struct reason *why)
{
	const struct wanted_ids *wanted = argument;

	if (!is_wanted(wanted, opened->st.stx_uid, opened->st.stx_gid))
		return 0;
	note(why, "process %u holds %s, which belongs to %u:%u", opened->thread->pid, opened->path,
	     opened->st.stx_uid, opened->st.stx_gid);
	return 1;
}

int traces_in_opened(const struct wanted_ids *wanted, struct reason *why)
{
	struct wanted_ids copy = *wanted;

	return opened_walk(belongs_to_wanted, &copy, why);
}
