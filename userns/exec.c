/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "userns exec": joins the caller's delegated namespace, becomes root in it, and runs a command
 * there in a mount namespace of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "namespace/inspect.h"
#include "namespace/rundir.h"
#include "userns/caller.h"
#include "userns/complain.h"
#include "userns/verbs.h"
#include "util/cleanup.h"
#include "util/userns.h"

/* As shells have it: env(1), nohup(1), xargs(1). */
#define EXIT_CANNOT_EXEC 126
#define EXIT_NOT_FOUND	 127

static int parse_options(int argc, char **argv, bool *ret_drop_groups)
{
	static const struct option options[] = {
		{"drop-groups", no_argument, NULL, 'g'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int option;

	/* 0: getopt_long starts anew, and honours the '+', which leaves COMMAND its options. */
	optind = 0;
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'h') {
			puts("Usage: userns exec [--drop-groups] [--] COMMAND [ARGUMENT...]; see "
			     "userns(1)");
			exit(EXIT_DONE);
		}
		if (option != 'g')
			return complain(EXIT_USAGE, "see userns --help");
		*ret_drop_groups = true;
	}
	if (optind == argc)
		return complain(EXIT_USAGE, "exec needs a command; see userns --help");
	return 0;
}

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

/* A command of "userns exec" may call it again; to join where one is gives EINVAL. */
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

static int become_root(bool drop_groups)
{
	if (drop_groups && setgroups(0, NULL) < 0)
		return complain(EXIT_REFUSED,
				"cannot drop supplementary groups: %s (this namespace denies it)",
				strerror(errno));
	if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return complain(EXIT_SYSTEM, "cannot become root inside: %s", strerror(errno));
	return 0;
}

/* Mounts of the host go on appearing inside; none goes out. */
static int own_mounts(void)
{
	if (unshare(CLONE_NEWNS) < 0)
		return complain(EXIT_SYSTEM, "cannot make a mount namespace: %s%s", strerror(errno),
				errno == ENOSPC ? " (user.max_mnt_namespaces)" : "");
	if (mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) < 0)
		return complain(EXIT_SYSTEM, "cannot part from the host's mounts: %s",
				strerror(errno));
	return 0;
}

/*
 * By these, podman and buildah know that they are a rootless user's, already inside; without
 * them they take themselves for the host's root.
 */
static int set_environment(uid_t uid, gid_t gid)
{
	char uid_text[16], gid_text[16];

	snprintf(uid_text, sizeof(uid_text), "%u", uid);
	snprintf(gid_text, sizeof(gid_text), "%u", gid);
	if (setenv("_CONTAINERS_USERNS_CONFIGURED", "done", 1) < 0 ||
	    setenv("_CONTAINERS_ROOTLESS_UID", uid_text, 1) < 0 ||
	    setenv("_CONTAINERS_ROOTLESS_GID", gid_text, 1) < 0)
		return complain(EXIT_SYSTEM, "cannot set the environment: %s", strerror(errno));
	return 0;
}

int verb_exec(int argc, char **argv)
{
	char path[RUNDIR_PATH_SIZE];
	bool drop_groups = false;
	CLEANUP_FD int fd = -1;
	uid_t uid;
	gid_t gid;
	int status;

	status = parse_options(argc, argv, &drop_groups);
	if (status == 0)
		status = find_caller(&uid, &gid);
	if (status != 0)
		return status;
	rundir_pin_path(uid, path);
	status = open_pin(path, &fd);
	if (status == 0)
		status = join(fd, path);
	if (status == 0)
		status = become_root(drop_groups);
	if (status == 0)
		status = own_mounts();
	if (status == 0)
		status = set_environment(uid, gid);
	if (status != 0)
		return status;
	execvp(argv[optind], argv + optind);
	return complain(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_EXEC, "cannot run %s: %s",
			argv[optind], strerror(errno));
}
