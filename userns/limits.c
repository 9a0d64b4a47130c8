/* SPDX-License-Identifier: BSD-3-Clause */
/* What keeps the kernel from making a namespace: see limits.h. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "conf/host.h"
#include "userns/complain.h"
#include "userns/limits.h"
#include "util/cleanup.h"
#include "util/exit_status.h"

#define LIMITS "/proc/sys/user"

static const struct {
	int kind;
	const char *name;
	const char *limit;
} kinds[] = {
	{CLONE_NEWUSER, "user", "max_user_namespaces"},
	{CLONE_NEWNS, "mount", "max_mnt_namespaces"},
	{CLONE_NEWPID, "pid", "max_pid_namespaces"},
	{CLONE_NEWNET, "network", "max_net_namespaces"},
	{CLONE_NEWIPC, "ipc", "max_ipc_namespaces"},
	{CLONE_NEWUTS, "uts", "max_uts_namespaces"},
	{CLONE_NEWCGROUP, "cgroup", "max_cgroup_namespaces"},
	{CLONE_NEWTIME, "time", "max_time_namespaces"},
};

int limits_open(void)
{
	return open(LIMITS, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static long read_limit(int dir, const char *name)
{
	CLEANUP_FD int fd = dir < 0 ? -1 : openat(dir, name, O_RDONLY | O_CLOEXEC);
	CLEANUP_FILE FILE *file = fd < 0 ? NULL : fdopen(TAKE_FD(fd), "r");
	long value;

	return file && fscanf(file, "%ld", &value) == 1 ? value : -1;
}

static int complain_of_limit(const char *name, const char *limit, int limits, bool of_users)
{
	CLEANUP_FD int inside = limits_open();
	long of_host = read_limit(limits, limit);
	char on_host[48] = "";

	if (of_host >= 0)
		snprintf(on_host, sizeof(on_host), "%ld on the host, ", of_host);
	return complain(EXIT_REFUSED,
			"cannot make a %s namespace: there are as many as user.%s allows (%s%ld in "
			"your namespace)%s; end what has some, or have that raised",
			name, limit, on_host, read_limit(inside, limit),
			of_users ? ", or this would be the 33rd within each other" : "");
}

/* Something forbids it to who is no root of the host. */
static int complain_of_knob(const char *name, bool of_users)
{
	struct reason knob;

	if (of_users && host_forbids_user_namespaces("", &knob))
		return complain(EXIT_REFUSED,
				"cannot make a user namespace: %s of this host forbids it; have "
				"that changed, or do without one, by userns exec",
				knob.text);
	return complain(EXIT_REFUSED,
			"cannot make a %s namespace: the kernel forbids it; look in its log for a "
			"security module%s",
			name, of_users ? ", and whether you are in a chroot" : "");
}

int limits_complain(int kind, int error, int limits)
{
	size_t i = 0;

	while (i < COUNT_OF(kinds) - 1 && kinds[i].kind != kind)
		i++;
	if (error == ENOSPC)
		return complain_of_limit(kinds[i].name, kinds[i].limit, limits,
					 kind == CLONE_NEWUSER);
	if (error == EPERM)
		return complain_of_knob(kinds[i].name, kind == CLONE_NEWUSER);
	if (error == EINVAL)
		return complain(EXIT_REFUSED,
				"cannot make a %s namespace: this kernel has none of that kind",
				kinds[i].name);
	return complain(EXIT_SYSTEM, "cannot make a %s namespace: %s", kinds[i].name,
			strerror(error));
}
