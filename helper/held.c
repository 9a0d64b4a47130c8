/* SPDX-License-Identifier: BSD-3-Clause */
/* Which namespaces that are held map ids: see held.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "helper/held.h"
#include "namespace/inspect.h"
#include "traces/mounted.h"
#include "traces/opened.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/userns.h"

void ids_search_free(struct ids_search *search)
{
	free(search->asked);
	*search = (struct ids_search){.count = 0};
}

static bool was_asked(const struct ids_search *search, ino_t inode)
{
	for (size_t i = 0; i < search->count; i++)
		if (search->asked[i] == inode)
			return true;
	return false;
}

static int note_asked(struct ids_search *search, ino_t inode)
{
	ino_t *larger;

	if (was_asked(search, inode))
		return 0;
	larger = array_grow(search->asked, search->count, &search->room, sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	search->asked = larger;
	search->asked[search->count++] = inode;
	return 0;
}

static bool map_meets(const struct id_map *map, struct id_range range)
{
	for (size_t i = 0; i < map->count; i++)
		if (id_range_overlaps(extent_outside(&map->extents[i]), range))
			return true;
	return false;
}

/*
 * The ancestor of a namespace, or itself, that is right below ours. It maps all ids that any below
 * it does, so only it need be read. 1; 0: the namespace is ours; -errno.
 */
static int find_top(int namespace, int *ret)
{
	CLEANUP_FD int fd = -1;
	struct stat ours, here;
	int above;

	fd = ioctl(namespace, NS_GET_NSTYPE) == CLONE_NEWUSER ? fcntl(namespace, F_DUPFD_CLOEXEC, 0)
							      : ioctl(namespace, NS_GET_USERNS);
	if (fd < 0 || fstat(fd, &here) < 0)
		return -errno;
	if (own_user_namespace(&ours) < 0)
		return -EIO;
	if (same_file(&here, &ours))
		return 0;
	while ((above = ioctl(fd, NS_GET_PARENT)) >= 0 && fstat(above, &here) == 0) {
		if (same_file(&here, &ours)) {
			close(above);
			*ret = TAKE_FD(fd);
			return 1;
		}
		close(fd);
		fd = above;
	}
	return -errno;
}

static int ask(int fd, struct ids_search *search, struct reason *why)
{
	struct owner owner = {0, 0};
	struct ns_maps maps;
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0 || ioctl(fd, NS_GET_OWNER_UID, &owner.uid) < 0)
		return refuse_errno(why, -errno, "cannot ask whose a user namespace is");
	if (was_asked(search, st.st_ino))
		return 0;
	/* What counts for the kernel is the uid. */
	owner.gid = owner.uid;
	r = namespace_read_maps(fd, &owner, &maps, why);
	if (r < 0)
		return r;
	if (map_meets(&maps.uids, search->uids) || map_meets(&maps.gids, search->gids))
		return 1;
	r = note_asked(search, st.st_ino);
	return r < 0 ? refuse_errno(why, r, "cannot list namespaces") : 0;
}

int namespace_maps_ids(int fd, struct ids_search *search, struct reason *why)
{
	CLEANUP_FD int top = -1;
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return refuse_errno(why, -errno, "cannot look at a namespace");
	if (was_asked(search, st.st_ino))
		return 0;
	r = find_top(fd, &top);
	if (r < 0)
		return refuse_errno(why, r, "cannot tell which user namespace another is below");
	if (r > 0)
		r = ask(top, search, why);
	if (r == 0 && note_asked(search, st.st_ino) < 0)
		return refuse_errno(why, -ENOMEM, "cannot list namespaces");
	return r;
}

/* Opens a namespace again by a link to it. -ENOENT: it is there no more; -errno. */
static int open_namespace(const char *path)
{
	char again[sizeof("/proc/self/fd/4294967295")];
	CLEANUP_FD int fd = open(path, O_PATH | O_CLOEXEC);
	struct statfs fs;
	int r;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	if (fs.f_type != NSFS_MAGIC)
		return -ENOENT;
	/* The very same: to open something else may do something. */
	snprintf(again, sizeof(again), "/proc/self/fd/%d", fd);
	r = open(again, O_RDONLY | O_CLOEXEC);
	return r < 0 ? -errno : r;
}

struct asking {
	struct ids_search *search;
	dev_t device; /* of the file system that all namespaces are on */
};

static int ask_opened(const struct opened *opened, void *argument, struct reason *why)
{
	const struct statx *st = &opened->st;
	const struct asking *asking = argument;
	CLEANUP_FD int fd = -1;
	int r;

	if (makedev(st->stx_dev_major, st->stx_dev_minor) != asking->device ||
	    was_asked(asking->search, st->stx_ino))
		return 0;
	fd = open_namespace(opened->path);
	if (fd < 0)
		return thread_unless_ended(opened->thread, -fd, why);
	r = namespace_maps_ids(fd, asking->search, why);
	if (r > 0)
		note(why, "process %u holds %s, a namespace that maps ids of it",
		     opened->thread->pid, opened->path);
	return r;
}

static int ask_mounted(const struct mounted *mounted, void *argument, struct reason *why)
{
	const struct asking *asking = argument;
	CLEANUP_FD int fd = -1;
	struct stat st;
	int r;

	if (was_asked(asking->search, mounted->inode))
		return 0;
	fd = mounted->path ? open_namespace(mounted->path) : -1;
	if (fd < 0 || fstat(fd, &st) < 0 || st.st_ino != mounted->inode)
		return refuse(
			why, -EAGAIN,
			"process %u has %s mounted on %s, hidden by what is there, so it is not "
			"known whether that maps ids of it; end the process, or unmount both",
			mounted->thread->pid, mounted->root, mounted->target);
	r = namespace_maps_ids(fd, asking->search, why);
	if (r > 0)
		note(why, "process %u has a namespace that maps ids of it mounted on %s",
		     mounted->thread->pid, mounted->target);
	return r;
}

int held_namespaces_map_ids(struct ids_search *search, struct reason *why)
{
	struct asking asking = {.search = search};
	struct stat ours;
	int r;

	if (own_user_namespace(&ours) < 0)
		return refuse_errno(why, -errno, "cannot look at /proc/self/ns/user");
	asking.device = ours.st_dev;
	r = opened_walk(ask_opened, &asking, why);
	return r != 0 ? r : mounted_walk(ask_mounted, &asking, why);
}
