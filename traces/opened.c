/* SPDX-License-Identifier: BSD-3-Clause */
/* What processes hold open: see opened.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "traces/opened.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/parse.h"

struct search {
	opened_visitor *visit;
	void *argument;
};

/* Its user can keep root out, and nobody else asks it either. */
static bool is_on_fuse(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == FUSE_SUPER_MAGIC;
}

static int look_at(const struct thread *thread, const char *name, const struct search *search,
		   struct reason *why)
{
	char path[THREAD_PATH_SIZE + sizeof("/fd/4294967295")];
	struct opened opened = {.thread = thread, .path = path};
	int error;

	snprintf(path, sizeof(path), "%s/%s", thread->path, name);
	if (statx(AT_FDCWD, path, AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_BASIC_STATS,
		  &opened.st) == 0)
		return search->visit(&opened, search->argument, why);
	error = errno;
	/* What its file server no longer has, nobody can run. */
	if (error == ESTALE || (error == EACCES && is_on_fuse(path)))
		return 0;
	return thread_unless_ended(thread, error, why);
}

/* Most threads of a process have its first one's; where the kernel does not say, they are read. */
static bool shares_descriptors(const struct thread *thread)
{
	return thread->tid != thread->pid &&
	       syscall(SYS_kcmp, thread->pid, thread->tid, KCMP_FILES, 0, 0) == 0;
}

static int look_at_descriptors(const struct thread *thread, const struct search *search,
			       struct reason *why)
{
	char path[THREAD_PATH_SIZE + sizeof("/fd")], name[sizeof("fd/4294967295")];
	CLEANUP_DIR DIR *descriptors = NULL;
	struct dirent *entry;
	int r = 0;

	if (shares_descriptors(thread))
		return 0;
	snprintf(path, sizeof(path), "%s/fd", thread->path);
	descriptors = opendir(path);
	while (descriptors && r == 0 && (errno = 0, entry = readdir(descriptors))) {
		uint32_t number;

		if (parse_id(entry->d_name, &number) < 0)
			continue;
		snprintf(name, sizeof(name), "fd/%u", number);
		r = look_at(thread, name, search, why);
	}
	return r == 0 && errno != 0 ? thread_unless_ended(thread, errno, why) : r;
}

/* What it runs may be a setuid program, which with no_new_privs has not become one yet. */
static int look_at_thread(const struct thread *thread, void *argument, struct reason *why)
{
	static const char *const names[] = {"exe", "cwd", "root"};
	const struct search *search = argument;
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT_OF(names); i++)
		r = look_at(thread, names[i], search, why);
	return r == 0 ? look_at_descriptors(thread, search, why) : r;
}

int opened_walk(opened_visitor *visit, void *argument, struct reason *why)
{
	struct search search = {visit, argument};

	return threads_walk(look_at_thread, &search, why);
}
