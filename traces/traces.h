/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a former user can have left: files, what processes hold open, objects of IPC, and processes
 * with ids of a range. Looked for as root with CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE and
 * CAP_SYS_ADMIN.
 */
#ifndef TRACES_TRACES_H
#define TRACES_TRACES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "subid/range.h"
#include "util/reason.h"

struct wanted_ids {
	struct id_range uids;
	struct id_range gids;
};

/* Is an id of either kind in the ranges? */
static inline bool is_wanted(const struct wanted_ids *wanted, uid_t uid, gid_t gid)
{
	return id_range_has(wanted->uids, uid) || id_range_has(wanted->gids, gid);
}

/*
 * Looks at every thread's ids and groups. 1: one has some, with a note that names its process; 0:
 * none has; -errno with a reason.
 */
int traces_in_processes(const struct wanted_ids *wanted, struct reason *why);

/* The same for who had the range: is the uid one of some thread's? */
int traces_of_user(uid_t uid, struct reason *why);

/*
 * Looks at all that is open in a process, which may have no name any more: a setuid program can be
 * run from there. 1: something belongs to such an id, with a note that names its process and the
 * link to it in /proc; 0; -errno with a reason.
 */
int traces_in_opened(const struct wanted_ids *wanted, struct reason *why);

/*
 * Looks at what is left without a process and without a file: POSIX message queues, and System V's
 * queues, semaphores and shared memory; in our own IPC namespace. 1: with a note; 0; -errno with a
 * reason.
 */
int traces_in_ipc(const struct wanted_ids *wanted, struct reason *why);

/* Told of each file that was looked at: to show progress, and to go on from there another time. */
typedef void walk_watcher(const char *path, uint64_t entries, void *argument);

struct walk {
	const struct wanted_ids *wanted;
	const char *skip_to; /* where an earlier walk was, as told to watch; NULL: from the start */
	walk_watcher *watch;
	void *argument;
	uint64_t entries; /* looked at so far */
};

/*
 * Looks at every file of one mounted file system, also at those below other mounts. The order is
 * that of the names. Paths are as seen from the file system's root: "./a/b" for watch and skip_to,
 * "/a/b" in notes and reasons. 1: a file has such an id, with its path noted; 0: none has; -errno
 * with a reason when some of it cannot be looked at.
 */
int traces_in_files(const char *mount_point, struct walk *walk, struct reason *why);

/*
 * The same below the working directory, which at the end is another. A directory in which others
 * are moved or swapped while the walk goes on is read again, and what is new there is looked at;
 * skip_to counts no more. -EAGAIN: that went on and on. What is moved into a directory that the
 * walk is through with is not seen.
 */
int traces_here(struct walk *walk, struct reason *why);

enum mount_reach {
	MOUNT_LOCAL,  /* to be looked at */
	MOUNT_REMOTE, /* of another host, which is to look itself */
	MOUNT_HIDDEN, /* below another mount, where nobody gets at it before that is unmounted */
};

/* A mounted file system that can hold files of users. */
struct mount_place {
	char *target;
	char *type;
	char *identity; /* no other file system mounted since then has it */
	enum mount_reach reach;
};

struct mount_places {
	struct mount_place *places;
	size_t count;
	size_t room;
};

/*
 * Lists those that we see: each once, by its root where that is mounted. -errno with a reason.
 * mount_places_free() afterwards.
 */
int mount_places_read(struct mount_places *ret, struct reason *why);

void mount_places_free(struct mount_places *places);

#endif
