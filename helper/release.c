/* SPDX-License-Identifier: BSD-3-Clause */
/* Letting go of a namespace: see release.h. Runs as root; caps.h says with which capabilities. */
#include <errno.h>

#include "helper/caps.h"
#include "helper/deadline.h"
#include "helper/pin.h"
#include "helper/processes.h"
#include "helper/release.h"
#include "namespace/process.h"
#include "namespace/rundir.h"
#include "namespace/state.h"
#include "util/cleanup.h"

/* 1: somebody is inside, and the namespace stays, with a note. */
static int unpin_if_idle(const struct rundir *dir, struct reason *why)
{
	char name[PROCESS_NAME_SIZE];
	CLEANUP_FD int fd = -1;
	pid_t inside = 0;
	int r;

	r = pin_open(dir, &fd, why);
	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = namespace_find_process(fd, &inside, why);
	if (r == 0 && inside) {
		process_name(inside, name);
		note(why, "process %d (%s) is still in the namespace; it stays", inside, name);
		return 1;
	}
	if (r == 0)
		r = caps_for_pinning(why);
	if (r == 0)
		r = pin_detach(dir, why);
	return r;
}

/* There is no pin that could stay where nothing is pinned. */
static bool is_to_stay(const struct rundir *dir, const enum lifetime *lifetime, struct reason *why)
{
	CLEANUP_FD int fd = -1;
	struct reason ignored;

	if ((lifetime ? *lifetime : state_lifetime(dir, why)) != LIFETIME_BOOT ||
	    pin_open(dir, &fd, &ignored) < 0)
		return false;
	note(why, "the namespace stays, as its lifetime is boot");
	return true;
}

static int release(const struct rundir *dir, const struct session_id *leaving,
		   const enum lifetime *lifetime, struct reason *why)
{
	char path[RUNDIR_PATH_SIZE];
	unsigned int live;
	int r;

	deadline_phase("the processes in the namespace");
	r = caps_for_inspecting(why);
	if (r == 0)
		r = sessions_prune(dir, leaving, &live, why);
	if (r == 0 && live > 0 && !leaving)
		note(why, "the namespace stays as long as its sessions: %u", live);
	if (r < 0 || live > 0 || is_to_stay(dir, lifetime, why))
		return r;
	r = unpin_if_idle(dir, why);
	if (r == 0 && rundir_remove_if_unused(dir) == -ENOTEMPTY) {
		rundir_path(dir->uid, path);
		note(why, "files that are none of ours keep %s", path);
	}
	return r < 0 ? r : 0;
}

int release_namespace(uid_t uid, const struct session_id *leaving, const enum lifetime *lifetime,
		      bool wait, struct reason *why)
{
	CLEANUP(rundir_close) struct rundir dir = RUNDIR_INIT;
	int r;

	deadline_phase("the lock of the user's run directory");
	r = wait ? rundir_open(uid, false, &dir, why) : rundir_open_if_free(uid, &dir, why);
	/* There is nothing to let go of. */
	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : release(&dir, leaving, lifetime, why);
}
