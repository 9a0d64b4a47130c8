/* SPDX-License-Identifier: BSD-3-Clause */
/* The process whose namespace gets a map: see target.h. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "newidmap/target.h"
#include "util/cleanup.h"
#include "util/file.h"
#include "util/parse.h"

static const char *map_file(enum map_side side)
{
	return side == MAP_UIDS ? "uid_map" : "gid_map";
}

static int open_process(const char *word, int *ret_fd, struct reason *why)
{
	uint64_t pid;
	char path[32];

	if (parse_number(slice_of(word), INT32_MAX, &pid) < 0 || pid == 0)
		return refuse(why, -EINVAL, "'%s' is no process id", word);
	snprintf(path, sizeof(path), "/proc/%" PRIu64, pid);
	*ret_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *ret_fd < 0 ? refuse_errno(why, -errno, "cannot open %s", path) : 0;
}

static int take_descriptor(const char *word, int *ret_fd, struct reason *why)
{
	uint64_t number;

	if (parse_number(slice_of(word), INT32_MAX, &number) < 0)
		return refuse(why, -EINVAL, "'fd:%s' is no descriptor", word);
	/* Ours to close, as the other is. */
	*ret_fd = fcntl((int)number, F_DUPFD_CLOEXEC, 3);
	return *ret_fd < 0 ? refuse_errno(why, -errno, "cannot take descriptor %s", word) : 0;
}

static int check_target(int fd, const char *word, struct reason *why)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(fd, &fs) < 0 || fstat(fd, &st) < 0)
		return refuse_errno(why, -errno, "cannot look at process %s", word);
	if (fs.f_type != PROC_SUPER_MAGIC || !S_ISDIR(st.st_mode))
		return refuse(why, -EINVAL, "'%s' is no process", word);
	if (st.st_uid != getuid() || st.st_gid != getgid())
		return refuse(why, -EPERM,
			      "process %s is owned by another: it is %u:%u, and you are %u:%u",
			      word, st.st_uid, st.st_gid, getuid(), getgid());
	return 0;
}

int target_open(const char *word, int *ret_fd, struct reason *why)
{
	CLEANUP_FD int fd = -1;
	int r;

	r = strncmp(word, "fd:", 3) == 0 ? take_descriptor(word + 3, &fd, why)
					 : open_process(word, &fd, why);
	if (r == 0)
		r = check_target(fd, word, why);
	if (r == 0)
		*ret_fd = TAKE_FD(fd);
	return r;
}

/* The kernel takes it in one write, whole or not at all. */
static int write_file(int target, const char *name, const char *text, struct reason *why)
{
	CLEANUP_FD int fd = openat(target, name, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return refuse_errno(why, -errno, "cannot write %s", name);
	return 0;
}

static bool only_own_gid(const struct id_map *map)
{
	for (size_t i = 0; i < map->count; i++)
		if (map->extents[i].count != 1 || map->extents[i].outside != getgid())
			return false;
	return true;
}

/* It may stand at "deny" already, which is final. */
static int deny_setgroups(int target, struct reason *why)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FD int fd = openat(target, "setgroups", O_RDONLY | O_CLOEXEC);
	size_t length;
	int r;

	r = fd < 0 ? -errno : file_read(fd, 64, &text, &length);
	if (r < 0)
		return refuse_errno(why, r, "cannot read setgroups");
	return strcmp(text, "deny\n") == 0 ? 0 : write_file(target, "setgroups", "deny", why);
}

int target_write(int target, enum map_side side, const struct id_map *map, struct reason *why)
{
	char text[MAP_TEXT_SIZE];
	int r;

	r = map_format(map, '\n', text);
	if (r < 0)
		return refuse_errno(why, r, "the map is too long");
	if (side == MAP_GIDS && only_own_gid(map))
		r = deny_setgroups(target, why);
	return r == 0 ? write_file(target, map_file(side), text, why) : r;
}
