/* SPDX-License-Identifier: BSD-3-Clause */
/* Processes with ids of a range: see traces.h. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "traces/traces.h"
#include "util/cleanup.h"
#include "util/parse.h"

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

static int look_at_status(const char *path, const struct wanted_ids *wanted)
{
	CLEANUP_FILE FILE *status = fopen(path, "re");
	CLEANUP_FREE char *line = NULL;
	size_t room = 0;

	if (!status)
		return errno == ENOENT || errno == ESRCH ? 0 : -errno;
	while (getline(&line, &room, status) > 0) {
		if (strncmp(line, "Uid:", 4) == 0 && any_in(line + 4, wanted->uids))
			return 1;
		if (strncmp(line, "Gid:", 4) == 0 && any_in(line + 4, wanted->gids))
			return 1;
		if (strncmp(line, "Groups:", 7) == 0 && any_in(line + 7, wanted->gids))
			return 1;
	}
	/* A process that ends in the middle gives ESRCH. */
	return ferror(status) && errno != ESRCH ? -EIO : 0;
}

static int look_at_threads(uint32_t pid, const struct wanted_ids *wanted)
{
	CLEANUP_DIR DIR *threads = NULL;
	struct dirent *entry;
	char path[64];
	int r = 0;

	snprintf(path, sizeof(path), "/proc/%u/task", pid);
	threads = opendir(path);
	if (!threads)
		return errno == ENOENT || errno == ESRCH ? 0 : -errno;
	while (r == 0 && (errno = 0, entry = readdir(threads))) {
		uint32_t thread;

		if (parse_id(entry->d_name, &thread) < 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%u/task/%u/status", pid, thread);
		r = look_at_status(path, wanted);
	}
	if (r == 0 && errno != 0 && errno != ENOENT && errno != ESRCH)
		return -errno;
	return r;
}

int traces_in_processes(const struct wanted_ids *wanted, struct reason *why)
{
	CLEANUP_DIR DIR *proc = opendir("/proc");
	struct dirent *entry;
	int r = 0;

	if (!proc)
		return refuse_errno(why, -errno, "cannot read /proc");
	while (r == 0 && (errno = 0, entry = readdir(proc))) {
		uint32_t pid;

		if (parse_id(entry->d_name, &pid) < 0)
			continue;
		r = look_at_threads(pid, wanted);
		if (r < 0)
			return refuse_errno(why, r, "cannot look at process %u", pid);
		if (r > 0)
			note(why, "process %u has such an id", pid);
	}
	if (r == 0 && errno != 0)
		return refuse_errno(why, -errno, "cannot read /proc");
	return r;
}
