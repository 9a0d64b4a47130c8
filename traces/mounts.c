/* SPDX-License-Identifier: BSD-3-Clause */
/* Mounted file systems, by libmount: see traces.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "traces/mnt.h"
#include "traces/traces.h"
#include "util/array.h"
#include "util/cleanup.h"

/* Pseudo file systems hold no files of users; but what holds some is one to libmount. */
static bool can_hold_files(struct libmnt_fs *fs)
{
	static const char *const kept[] = {"tmpfs",   "ramfs",	"rootfs",     "devtmpfs",
					   "overlay", "aufs",	"virtiofs",   "vboxsf",
					   "fuse",    "mqueue", "fuse.encfs", "hugetlbfs"};
	const char *type = mnt_fs_get_fstype(fs);

	if (!type || !mnt_fs_is_pseudofs(fs))
		return type != NULL;
	for (size_t i = 0; i < COUNT_OF(kept); i++)
		if (strcmp(type, kept[i]) == 0)
			return true;
	return false;
}

/* By the path, one may get to what was mounted over it. STATX_MNT_ID is of Linux 5.8. */
static enum mount_reach reach_of(struct libmnt_fs *fs)
{
	struct statx st;

	if (mnt_fs_is_netfs(fs))
		return MOUNT_REMOTE;
	if (statx(AT_FDCWD, mnt_fs_get_target(fs), AT_NO_AUTOMOUNT, STATX_MNT_ID, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? MOUNT_HIDDEN : MOUNT_LOCAL;
	return st.stx_mnt_id == (uint64_t)mnt_fs_get_id(fs) ? MOUNT_LOCAL : MOUNT_HIDDEN;
}

static bool is_root_of_fs(struct libmnt_fs *fs)
{
	const char *root = mnt_fs_get_root(fs);

	return root && strcmp(root, "/") == 0;
}

/* Is all of it seen at another mount of the same device? Parts of one may be mounted alone. */
static bool is_seen_elsewhere(struct libmnt_table *table, struct libmnt_fs *fs)
{
	CLEANUP(cleanup_iter) struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	const char *root = mnt_fs_get_root(fs);
	struct libmnt_fs *other;
	bool before = true;

	while (iter && mnt_table_next_fs(table, iter, &other) == 0) {
		const char *theirs = mnt_fs_get_root(other);

		if (other == fs) {
			before = false;
			continue;
		}
		if (mnt_fs_get_devno(other) != mnt_fs_get_devno(fs) || !theirs || !root ||
		    reach_of(other) == MOUNT_HIDDEN)
			continue;
		if (!is_root_of_fs(fs) && is_root_of_fs(other))
			return true;
		if ((before || reach_of(fs) == MOUNT_HIDDEN) && strcmp(theirs, root) == 0)
			return true;
	}
	return false;
}

/* Ids of mounts are used again, so also what tells the file system from another. */
static char *identify(struct libmnt_fs *fs)
{
	struct statvfs vfs = {.f_fsid = 0};
	struct statx st = {.stx_mask = 0};
	char *text;

	statvfs(mnt_fs_get_target(fs), &vfs);
	statx(AT_FDCWD, mnt_fs_get_target(fs), AT_NO_AUTOMOUNT, STATX_BTIME, &st);
	if (asprintf(&text, "%d %u:%u %lx %lld.%u %s", mnt_fs_get_id(fs), st.stx_dev_major,
		     st.stx_dev_minor, vfs.f_fsid, (long long)st.stx_btime.tv_sec,
		     st.stx_btime.tv_nsec, mnt_fs_get_target(fs)) < 0)
		return NULL;
	return text;
}

static int add_place(struct mount_places *places, struct libmnt_fs *fs)
{
	struct mount_place *larger =
		array_grow(places->places, places->count, &places->room, sizeof(*larger));
	struct mount_place place = {.reach = reach_of(fs)};

	if (!larger)
		return -ENOMEM;
	places->places = larger;
	place.target = strdup(mnt_fs_get_target(fs));
	place.type = strdup(mnt_fs_get_fstype(fs));
	/* Who asks a file server may wait for ever. */
	place.identity = place.reach == MOUNT_LOCAL ? identify(fs) : strdup("");
	larger[places->count++] = place;
	return place.target && place.type && place.identity ? 0 : -ENOMEM;
}

int mount_places_read(struct mount_places *ret, struct reason *why)
{
	static const char mountinfo[] = "/proc/self/mountinfo";
	CLEANUP(cleanup_table) struct libmnt_table *table = mnt_new_table_from_file(mountinfo);
	CLEANUP(cleanup_iter) struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	CLEANUP(mount_places_free) struct mount_places places = {.count = 0};
	struct libmnt_fs *fs;
	int r = 0;

	if (!table || !iter)
		return refuse(why, -EIO, "cannot read what is mounted, from %s", mountinfo);
	while (r == 0 && mnt_table_next_fs(table, iter, &fs) == 0)
		if (can_hold_files(fs) && !is_seen_elsewhere(table, fs))
			r = add_place(&places, fs);
	if (r < 0)
		return refuse_errno(why, r, "cannot list what is mounted");
	*ret = places;
	places = (struct mount_places){.count = 0};
	return 0;
}

void mount_places_free(struct mount_places *places)
{
	for (size_t i = 0; i < places->count; i++) {
		free(places->places[i].target);
		free(places->places[i].type);
		free(places->places[i].identity);
	}
	free(places->places);
	*places = (struct mount_places){.count = 0};
}
