/* SPDX-License-Identifier: BSD-3-Clause */
/* Objects of IPC, which outlive who made them: see traces.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "traces/traces.h"
#include "util/array.h"
#include "util/cleanup.h"

/* A table of System V's, proc(5). Its second column is the object's id. */
struct table {
	const char *path;
	unsigned int owner; /* the column, from 1, of uid; gid, cuid, cgid follow */
	const char *called;
	const char *removed_by;
};

#define COLUMNS_MAX 11

/* False: the line is not of this form. */
static bool read_columns(const char *line, unsigned int count, long long ret[static COLUMNS_MAX])
{
	char *end;

	for (unsigned int i = 0; i < count; i++, line = end) {
		ret[i] = strtoll(line, &end, 10);
		if (end == line)
			return false;
	}
	return true;
}

static int look_at_object(const struct table *table, const char *line,
			  const struct wanted_ids *wanted, struct reason *why)
{
	long long columns[COLUMNS_MAX];
	const long long *owner = &columns[table->owner - 1];

	if (!read_columns(line, table->owner + 3, columns))
		return refuse(why, -EINVAL, "%s cannot be understood", table->path);
	/* Who has made it may change it, as its owner may. */
	if (!is_wanted(wanted, (uid_t)owner[0], (gid_t)owner[1]) &&
	    !is_wanted(wanted, (uid_t)owner[2], (gid_t)owner[3]))
		return 0;
	note(why, "the %s %lld (ipcrm %s) belongs to %lld:%lld", table->called, columns[1],
	     table->removed_by, owner[0], owner[1]);
	return 1;
}

static int look_at_table(const struct table *table, const struct wanted_ids *wanted,
			 struct reason *why)
{
	CLEANUP_FILE FILE *file = fopen(table->path, "re");
	CLEANUP_FREE char *line = NULL;
	size_t room = 0;
	int r = 0;

	/* The kernel has none of them. */
	if (!file && errno == ENOENT)
		return 0;
	if (!file || getline(&line, &room, file) < 0)
		return refuse_errno(why, -errno, "cannot read %s", table->path);
	while (r == 0 && (errno = 0, getline(&line, &room, file) > 0))
		r = look_at_object(table, line, wanted, why);
	if (r == 0 && errno != 0)
		return refuse_errno(why, -errno, "cannot read %s", table->path);
	return r;
}

/* They are there whether or not their file system is mounted somewhere. */
static int open_queues(void)
{
	CLEANUP_FD int fs = (int)syscall(SYS_fsopen, "mqueue", FSOPEN_CLOEXEC);

	if (fs < 0 || syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
}

static int look_at_queues(const struct wanted_ids *wanted, struct reason *why)
{
	struct walk walk = {.wanted = wanted};
	CLEANUP_FD int queues = open_queues();
	int r;

	/* The kernel has none. */
	if (queues < 0 && errno == ENODEV)
		return 0;
	if (queues < 0 || fchdir(queues) < 0)
		return refuse_errno(why, -errno, "cannot look at message queues");
	r = traces_here(&walk, why);
	if (chdir("/") < 0 && r == 0)
		return refuse_errno(why, -errno, "cannot leave the message queues");
	if (r > 0)
		note(why, "a POSIX message queue");
	return r;
}

int traces_in_ipc(const struct wanted_ids *wanted, struct reason *why)
{
	static const struct table tables[] = {
		{"/proc/sysvipc/shm", 8, "shared memory segment", "-m"},
		{"/proc/sysvipc/msg", 8, "message queue", "-q"},
		{"/proc/sysvipc/sem", 5, "semaphore set", "-s"},
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT_OF(tables); i++)
		r = look_at_table(&tables[i], wanted, why);
	return r == 0 ? look_at_queues(wanted, why) : r;
}
