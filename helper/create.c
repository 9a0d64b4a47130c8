/* SPDX-License-Identifier: BSD-3-Clause */
/* Making a delegated user namespace: see create.h. Runs as root. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "helper/caps.h"
#include "helper/create.h"
#include "namespace/inspect.h"
#include "util/cleanup.h"

static int write_proc(pid_t pid, const char *name, const char *text, struct reason *why)
{
	CLEANUP_FD int fd = -1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return refuse_errno(why, -errno, "cannot open %s", path);
	/* The kernel takes a map in one write, whole or not at all. */
	if (write(fd, text, strlen(text)) < 0)
		return refuse_errno(why, -errno, "cannot write %s", path);
	return 0;
}

static int write_map(pid_t pid, const char *name, const struct id_map *map, struct reason *why)
{
	char text[MAP_TEXT_SIZE];
	int r;

	r = map_format(map, '\n', text);
	if (r < 0)
		return refuse_errno(why, r, "the %s is too long", name);
	return write_proc(pid, name, text, why);
}

/* The order is the kernel's: setgroups is final once gid_map is written. */
static int write_maps(pid_t pid, const struct ns_maps *maps, struct reason *why)
{
	int r;

	r = write_proc(pid, "setgroups", maps->setgroups ? "allow" : "deny", why);
	if (r == 0)
		r = write_map(pid, "gid_map", &maps->gids, why);
	if (r == 0)
		r = write_map(pid, "uid_map", &maps->uids, why);
	return r;
}

static int verify(const struct holder *holder, uid_t uid, const struct ns_maps *wanted,
		  struct reason *why)
{
	struct ns_maps written;
	int r;

	r = namespace_check(holder->user_namespace, uid, why);
	if (r == 0)
		r = maps_read(holder->pid, &written, why);
	if (r == 0 && !maps_equal(&written, wanted))
		r = refuse(why, -EIO, "the kernel shows other id maps than were written");
	return r;
}

int namespace_create(const struct owner *owner, const struct ns_maps *maps, int *ret_fd,
		     struct reason *why)
{
	CLEANUP(holder_end) struct holder holder = HOLDER_INIT;
	const struct holder_task task = {.owner = owner, .join = -1, .prepare = caps_for_unsharing};
	int r;

	r = holder_start(&task, &holder, why);
	if (r == 0)
		r = write_maps(holder.pid, maps, why);
	if (r == 0)
		r = verify(&holder, owner->uid, maps, why);
	if (r == 0)
		*ret_fd = TAKE_FD(holder.user_namespace);
	return r;
}
