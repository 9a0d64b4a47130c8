/* SPDX-License-Identifier: BSD-3-Clause */
/* The way into the caller's delegated namespace: see enter.h. */
#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "namespace/inspect.h"
#include "namespace/rundir.h"
#include "userns/complain.h"
#include "userns/enter.h"
#include "userns/limits.h"
#include "util/cleanup.h"
#include "util/exit_status.h"
#include "util/userns.h"

int enter_open_pin(uid_t uid, int *ret_fd)
{
	char path[RUNDIR_PATH_SIZE];
	CLEANUP_FD int dir = -1;
	int r;

	rundir_pin_path(uid, path);
	r = rundir_open_to_read(uid, &dir);
	if (r == 0)
		r = rundir_open_namespace(dir, ret_fd);
	if (r == -ENOENT)
		return complain(EXIT_REFUSED,
				"you have no namespace (%s does not exist); one is made at login, "
				"where the admin has set up pam_userns(8) and lets you have one: "
				"userns explain says what a login of yours would do",
				path);
	if (r == -EINVAL)
		return complain(EXIT_REFUSED,
				"%s is no user namespace; log in again, which makes it", path);
	return r < 0 ? complain(EXIT_SYSTEM, "cannot open %s: %s", path, strerror(-r)) : 0;
}

int enter_read_maps(uid_t uid, struct ns_maps *ret)
{
	CLEANUP_FD int pin = -1;
	struct reason why = {.text = ""};
	int status;

	status = enter_open_pin(uid, &pin);
	if (status != 0)
		return status;
	if (namespace_read_maps(pin, NULL, ret, &why) < 0)
		return complain(EXIT_REFUSED, "cannot read the maps of your namespace: %s",
				why.text);
	return 0;
}

/* A command that runs inside may call us again; to join where one is gives EINVAL. */
static bool is_own_namespace(int fd)
{
	struct stat pinned, own;

	return fstat(fd, &pinned) == 0 && own_user_namespace(&own) == 0 && same_file(&pinned, &own);
}

static int join(int fd, uid_t uid)
{
	char path[RUNDIR_PATH_SIZE];

	if (is_own_namespace(fd) || setns(fd, CLONE_NEWUSER) == 0)
		return 0;
	rundir_pin_path(uid, path);
	if (errno == EPERM)
		return complain(
			EXIT_REFUSED,
			"the kernel does not let you into %s: it is not yours, or you are in "
			"another user namespace or a chroot; try it from a login shell of your own",
			path);
	return complain(EXIT_SYSTEM, "cannot join %s: %s", path, strerror(errno));
}

int enter_namespace(uid_t uid)
{
	CLEANUP_FD int fd = -1;
	int status;

	status = enter_open_pin(uid, &fd);
	return status ? status : join(fd, uid);
}

int enter_become_root(bool drop_groups)
{
	if (drop_groups && setgroups(0, NULL) < 0)
		return complain(EXIT_REFUSED,
				"cannot drop supplementary groups: %s (this namespace denies it)",
				strerror(errno));
	if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return complain(EXIT_SYSTEM, "cannot become root inside: %s", strerror(errno));
	return 0;
}

int enter_own_mounts(void)
{
	const struct limits unknown = LIMITS_UNKNOWN;
	struct limits own;

	if (unshare(CLONE_NEWNS) < 0) {
		int error = errno;

		limits_read(CLONE_NEWNS, &own);
		return limits_complain(CLONE_NEWNS, error, &unknown, &own);
	}
	if (mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return complain(EXIT_SYSTEM, "cannot part from the host's mounts: %s",
				strerror(errno));
	return 0;
}
