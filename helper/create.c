/* SPDX-License-Identifier: BSD-3-Clause */
/* Making a delegated user namespace: namespace_create() of namespace.h. Runs as root. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "helper/caps.h"
#include "helper/guest.h"
#include "helper/namespace.h"
#include "util/cleanup.h"

struct owner {
	uid_t uid;
	gid_t gid;
};

/*
 * The owner of a namespace is the effective uid that unshares it, so the guest becomes the
 * user first; it keeps one capability across that, for kernels that ask for it at unshare.
 */
static int become_owner(const struct owner *owner, struct reason *why)
{
	if (prctl(PR_SET_KEEPCAPS, 1) < 0 || setgroups(0, NULL) < 0 ||
	    setresgid(owner->gid, owner->gid, owner->gid) < 0 ||
	    setresuid(owner->uid, owner->uid, owner->uid) < 0)
		return refuse_errno(why, -errno, "cannot become uid %u", owner->uid);
	/* The user must not trace us; fs.suid_dumpable=1 would have left that open. */
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return refuse_errno(why, -errno, "cannot become undumpable");
	return caps_for_unsharing(why);
}

static int explain_unshare(int error, struct reason *why)
{
	if (error == -ENOSPC)
		return refuse(why, error,
			      "no more user namespaces: user.max_user_namespaces is reached, or 32 "
			      "levels; raise the sysctl, or end containers");
	if (error == -EPERM)
		return refuse(
			why, error,
			"the kernel forbids a new user namespace even with CAP_SYS_ADMIN; see "
			"the log for an LSM's denial, and whether this runs in a chroot");
	return refuse_errno(why, error, "cannot make a user namespace");
}

/* In the guest. */
static int enter_new_namespace(const void *argument, struct reason *why)
{
	int r;

	r = become_owner(argument, why);
	if (r < 0)
		return r;
	if (unshare(CLONE_NEWUSER) < 0)
		return explain_unshare(-errno, why);
	/* Unshare gave it every capability inside; it needs none to be waited for. */
	return caps_for_nothing(why);
}

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

static int verify(const struct guest *guest, uid_t uid, const struct ns_maps *wanted,
		  struct reason *why)
{
	struct ns_maps written;
	int r;

	r = namespace_check(guest->user_namespace, uid, why);
	if (r == 0)
		r = maps_read(guest->pid, &written, why);
	if (r == 0 && !maps_equal(&written, wanted))
		r = refuse(why, -EIO, "the kernel shows other id maps than were written");
	return r;
}

int namespace_create(uid_t uid, gid_t gid, const struct ns_maps *maps, int *ret_fd,
		     struct reason *why)
{
	__attribute__((cleanup(guest_end))) struct guest guest = GUEST_INIT;
	const struct owner owner = {uid, gid};
	int r;

	r = guest_start(enter_new_namespace, &owner, &guest, why);
	if (r == 0)
		r = write_maps(guest.pid, maps, why);
	if (r == 0)
		r = verify(&guest, uid, maps, why);
	if (r == 0)
		*ret_fd = TAKE_FD(guest.user_namespace);
	return r;
}
