/* SPDX-License-Identifier: BSD-3-Clause */
/* What keeps the kernel from making a namespace: see limits.h. */
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "conf/knobs.h"
#include "userns/complain.h"
#include "userns/limits.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/exit_status.h"

#define TOLD_SIZE 64

static const struct {
	int kind;
	const char *name;
	const char *limit;
} kinds[LIMITS_KINDS] = {
	{CLONE_NEWUSER, "user", "max_user_namespaces"},
	{CLONE_NEWNS, "mount", "max_mnt_namespaces"},
	{CLONE_NEWPID, "pid", "max_pid_namespaces"},
	{CLONE_NEWNET, "network", "max_net_namespaces"},
	{CLONE_NEWIPC, "ipc", "max_ipc_namespaces"},
	{CLONE_NEWUTS, "uts", "max_uts_namespaces"},
	{CLONE_NEWCGROUP, "cgroup", "max_cgroup_namespaces"},
	{CLONE_NEWTIME, "time", "max_time_namespaces"},
};

static long read_limit(const char *name)
{
	char path[64];
	CLEANUP_FILE FILE *file = NULL;
	long value;

	snprintf(path, sizeof(path), "/proc/sys/user/%s", name);
	file = fopen(path, "re");
	return file && fscanf(file, "%ld", &value) == 1 ? value : -1;
}

void limits_read(int wanted, struct limits *ret)
{
	*ret = LIMITS_UNKNOWN;
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (wanted & kinds[i].kind)
			ret->values[i] = read_limit(kinds[i].limit);
}

/* ", N on the host": empty where it is not known. */
static void tell_limit(long limit, const char *where, char ret[static TOLD_SIZE])
{
	ret[0] = '\0';
	if (limit >= 0)
		snprintf(ret, TOLD_SIZE, ", %ld %s", limit, where);
}

static int complain_of_limit(size_t kind, long host, long own)
{
	char on_host[TOLD_SIZE], inside[TOLD_SIZE];

	tell_limit(host, "on the host", on_host);
	tell_limit(own, "in your namespace", inside);
	return complain(EXIT_REFUSED,
			"cannot make a %s namespace: there are as many as user.%s allows%s%s; end "
			"what has some, or have it raised with sysctl(8)%s",
			kinds[kind].name, kinds[kind].limit, on_host, inside,
			kinds[kind].kind == CLONE_NEWUSER
				? "; nor can there be more than 32 within each other"
				: "");
}

/* Something forbids it to who is no root of the host. */
static int complain_of_knob(const char *name, bool of_users)
{
	struct reason knob;

	if (of_users && knobs_forbid_user_namespaces(&knob))
		return complain(EXIT_REFUSED,
				"cannot make a user namespace: this host forbids it (%s); have "
				"that changed, or do without one, by userns exec",
				knob.text);
	return complain(EXIT_REFUSED,
			"cannot make a %s namespace: the kernel forbids it; look in its log for a "
			"security module%s",
			name, of_users ? ", and whether you are in a chroot" : "");
}

int limits_complain(int kind, int error, const struct limits *host, const struct limits *own)
{
	size_t i = 0;

	while (i < COUNT_OF(kinds) - 1 && kinds[i].kind != kind)
		i++;
	if (error == ENOSPC)
		return complain_of_limit(i, host->values[i], own->values[i]);
	if (error == EPERM)
		return complain_of_knob(kinds[i].name, kind == CLONE_NEWUSER);
	if (error == EINVAL)
		return complain(EXIT_REFUSED,
				"cannot make a %s namespace: this kernel has none of that kind",
				kinds[i].name);
	return complain(EXIT_SYSTEM, "cannot make a %s namespace: %s", kinds[i].name,
			strerror(error));
}
