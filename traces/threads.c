/* SPDX-License-Identifier: BSD-3-Clause */
/* Looking at every thread: see threads.h. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "traces/threads.h"
#include "util/cleanup.h"
#include "util/parse.h"

/* One that goes away in the middle gives other errors, too; then it is in no mount namespace. */
static bool has_ended(const struct thread *thread, int error)
{
	char path[THREAD_PATH_SIZE + sizeof("/ns/mnt")];

	if (error == EACCES || error == EINVAL) {
		snprintf(path, sizeof(path), "%s/ns/mnt", thread->path);
		error = access(path, F_OK) < 0 ? errno : error;
	}
	return error == ENOENT || error == ESRCH;
}

int thread_unless_ended(const struct thread *thread, int error, struct reason *why)
{
	if (has_ended(thread, error))
		return 0;
	return refuse_errno(why, -error, "cannot look at process %u", thread->pid);
}

static int walk_process(uint32_t pid, thread_visitor *visit, void *argument, struct reason *why)
{
	struct thread thread = {.pid = pid};
	CLEANUP_DIR DIR *threads = NULL;
	struct dirent *entry;
	char path[64];
	int r = 0;

	snprintf(path, sizeof(path), "/proc/%u/task", pid);
	threads = opendir(path);
	while (threads && r == 0 && (errno = 0, entry = readdir(threads))) {
		if (parse_id(entry->d_name, &thread.tid) < 0)
			continue;
		snprintf(thread.path, sizeof(thread.path), "/proc/%u/task/%u", pid, thread.tid);
		r = visit(&thread, argument, why);
	}
	if (r == 0 && errno != 0 && errno != ENOENT && errno != ESRCH)
		return refuse_errno(why, -errno, "cannot look at process %u", pid);
	return r;
}

int threads_walk(thread_visitor *visit, void *argument, struct reason *why)
{
	CLEANUP_DIR DIR *proc = opendir("/proc");
	struct dirent *entry;
	int r = 0;

	if (!proc)
		return refuse_errno(why, -errno, "cannot read /proc");
	while (r == 0 && (errno = 0, entry = readdir(proc))) {
		uint32_t pid;

		if (parse_id(entry->d_name, &pid) == 0)
			r = walk_process(pid, visit, argument, why);
	}
	if (r == 0 && errno != 0)
		return refuse_errno(why, -errno, "cannot read /proc");
	return r;
}
