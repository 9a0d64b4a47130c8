/* SPDX-License-Identifier: BSD-3-Clause */
/* Looking at every process: see procwalk.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "namespace/procwalk.h"
#include "util/cleanup.h"
#include "util/parse.h"
#include "util/userns.h"

int proc_unless_ended(int proc, uint32_t pid, int error)
{
	char name[16];

	snprintf(name, sizeof(name), "%u", pid);
	if ((error == EACCES || error == EINVAL) && faccessat(proc, name, F_OK, 0) < 0)
		error = errno;
	return error == ENOENT || error == ESRCH ? 0 : -error;
}

static int visit_process(int proc, uint32_t pid, const struct stat *ours, proc_visitor *visit,
			 void *argument)
{
	struct stat here;
	char path[64];

	snprintf(path, sizeof(path), "%u/ns/user", pid);
	if (fstatat(proc, path, &here, 0) < 0)
		return proc_unless_ended(proc, pid, errno);
	/* Most processes are in our own namespace: one stat each. */
	if (same_file(&here, ours))
		return 0;
	return visit(proc, pid, &here, argument);
}

int proc_walk(proc_visitor *visit, void *argument, struct reason *why)
{
	CLEANUP_DIR DIR *proc = opendir("/proc");
	struct dirent *entry;
	struct stat ours;
	int r = 0;

	if (!proc || own_user_namespace(&ours) < 0)
		return refuse_errno(why, -errno, "cannot look for processes in user namespaces");
	while (r == 0 && (errno = 0, entry = readdir(proc))) {
		uint32_t pid;

		if (parse_id(entry->d_name, &pid) < 0)
			continue;
		r = visit_process(dirfd(proc), pid, &ours, visit, argument);
		if (r < 0)
			return refuse_errno(why, r, "cannot tell where process %u is", pid);
	}
	if (r == 0 && errno != 0)
		return refuse_errno(why, -errno, "cannot read /proc");
	return r;
}
