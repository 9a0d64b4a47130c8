/* SPDX-License-Identifier: BSD-3-Clause */
/* Namespaces that are mounted: see mounted.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "traces/mnt.h"
#include "traces/mounted.h"
#include "util/array.h"
#include "util/cleanup.h"

/* How often what is mounted is read that changes meanwhile, as when others log in or out. */
#define READINGS_MAX 5

/* What a thread sees of mounts. */
struct view {
	uint64_t mount_namespace;
	uint64_t root_mount;
	uint64_t root_inode; /* 0 for one of a FUSE file system that keeps us out */
};

struct search {
	mounted_visitor *visit;
	void *argument;
	struct view *seen;
	size_t count;
	size_t room;
};

/* -errno. The mask is empty, as FUSE then gives no error where it keeps us out: see root_inode. */
static int view_of(const struct thread *thread, struct view *ret)
{
	char path[THREAD_PATH_SIZE + sizeof("/ns/mnt")];
	struct statx root;
	struct stat st;

	snprintf(path, sizeof(path), "%s/ns/mnt", thread->path);
	if (stat(path, &st) < 0)
		return -errno;
	snprintf(path, sizeof(path), "%s/root", thread->path);
	if (statx(AT_FDCWD, path, AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, 0, &root) < 0)
		return -errno;
	*ret = (struct view){st.st_ino, root.stx_mnt_id, root.stx_ino};
	return 0;
}

/* 1: it was seen already; 0; -ENOMEM. */
static int see(struct search *search, const struct view *view)
{
	struct view *larger;

	for (size_t i = 0; i < search->count; i++)
		if (memcmp(&search->seen[i], view, sizeof(*view)) == 0)
			return 1;
	larger = array_grow(search->seen, search->count, &search->room, sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	search->seen = larger;
	search->seen[search->count++] = *view;
	return 0;
}

/* As the thread would come to it, with no link on the way: the mount names none. */
static int open_target(const struct thread *thread, const char *target)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC,
			       .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS};
	char path[THREAD_PATH_SIZE + sizeof("/root")];
	CLEANUP_FD int root = -1;

	snprintf(path, sizeof(path), "%s/root", thread->path);
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root < 0 ? -1 : (int)syscall(SYS_openat2, root, target, &how, sizeof(how));
}

static int visit_mount(const struct thread *thread, struct libmnt_fs *fs,
		       const struct search *search, struct reason *why)
{
	struct mounted mounted = {
		.thread = thread, .target = mnt_fs_get_target(fs), .root = mnt_fs_get_root(fs)};
	char path[sizeof("/proc/self/fd/4294967295")];
	const char *number = mounted.root ? strchr(mounted.root, '[') : NULL;
	CLEANUP_FD int fd = -1;

	if (!number || !mounted.target)
		return refuse(why, -EINVAL, "cannot read what is mounted for process %u",
			      thread->pid);
	mounted.inode = strtoul(number + 1, NULL, 10);
	fd = open_target(thread, mounted.target);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	mounted.path = fd < 0 ? NULL : path;
	return search->visit(&mounted, search->argument, why);
}

static int read_mounts(const struct thread *thread, const struct search *search, struct reason *why)
{
	CLEANUP(cleanup_table) struct libmnt_table *table = mnt_new_table();
	CLEANUP(cleanup_iter) struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	char path[THREAD_PATH_SIZE + sizeof("/mountinfo")];
	CLEANUP_FILE FILE *file = NULL;
	struct libmnt_fs *fs;
	int r = 0;

	snprintf(path, sizeof(path), "%s/mountinfo", thread->path);
	file = fopen(path, "re");
	if (!file)
		return thread_unless_ended(thread, errno, why);
	if (!table || !iter || mnt_table_parse_stream(table, file, path) < 0)
		return refuse(why, -EIO, "cannot read what is mounted for process %u", thread->pid);
	while (r == 0 && mnt_table_next_fs(table, iter, &fs) == 0) {
		const char *type = mnt_fs_get_fstype(fs);

		if (type && strcmp(type, "nsfs") == 0)
			r = visit_mount(thread, fs, search, why);
	}
	return r;
}

static int look_at_thread(const struct thread *thread, void *argument, struct reason *why)
{
	struct search *search = argument;
	struct view view = {0};
	int r;

	r = view_of(thread, &view);
	if (r < 0)
		return thread_unless_ended(thread, -r, why);
	r = see(search, &view);
	if (r < 0)
		return refuse_errno(why, r, "cannot look at process %u", thread->pid);
	if (r > 0)
		return 0;
	r = read_mounts(thread, search, why);
	for (int i = 1; r == -EAGAIN && i < READINGS_MAX; i++) {
		why->text[0] = '\0';
		r = read_mounts(thread, search, why);
	}
	return r;
}

int mounted_walk(mounted_visitor *visit, void *argument, struct reason *why)
{
	struct search search = {.visit = visit, .argument = argument};
	int r;

	r = threads_walk(look_at_thread, &search, why);
	free(search.seen);
	return r;
}
