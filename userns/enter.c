/* SPDX-License-Identifier: BSD-3-Clause */
/* The way into the caller's delegated namespace: see enter.h. */
#include <errno.h>
#include <fcntl.h>
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
#include "util/cleanup.h"
#include "util/exit_status.h"
#include "util/userns.h"

static int open_pin(const char *path, int *ret_fd)
{
	CLEANUP_FD int fd = -1;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && errno == ENOENT)
		return complain(EXIT_REFUSED,
				"you have no namespace (%s does not exist); one is made at login, "
				"where the admin has set up pam_userns(8) and lets you have one",
				path);
	if (fd < 0)
		return complain(EXIT_SYSTEM, "cannot open %s: %s", path, strerror(errno));
	if (namespace_check_type(fd) < 0)
		return complain(EXIT_REFUSED,
				"%s is no user namespace; log in again, which makes it", path);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

/* A command that runs inside may call us again; to join where one is gives EINVAL. */
static bool is_own_namespace(int fd)
{
	struct stat pinned, own;

	return fstat(fd, &pinned) == 0 && stat("/proc/self/ns/user", &own) == 0 &&
	       same_file(&pinned, &own);
}

static int join(int fd, const char *path)
{
	if (is_own_namespace(fd) || setns(fd, CLONE_NEWUSER) == 0)
		return 0;
	if (errno == EPERM)
		return complain(
			EXIT_REFUSED,
			"the kernel does not let you into %s: it is not yours, or you are in "
			"another user namespace or a chroot",
			path);
	return complain(EXIT_SYSTEM, "cannot join %s: %s", path, strerror(errno));
}

int enter_namespace(uid_t uid)
{
	CLEANUP_FD int fd = -1;
	char path[RUNDIR_PATH_SIZE];
	int status;

	rundir_pin_path(uid, path);
	status = open_pin(path, &fd);
	return status ? status : join(fd, path);
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
	if (unshare(CLONE_NEWNS) < 0)
		return complain(EXIT_SYSTEM, "cannot make a mount namespace: %s%s", strerror(errno),
				errno == ENOSPC ? " (user.max_mnt_namespaces)" : "");
	if (mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return complain(EXIT_SYSTEM, "cannot part from the host's mounts: %s",
				strerror(errno));
	return 0;
}
