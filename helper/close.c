/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "userns-helper close": forgets a session. When no session lives and no process is inside, the
 * namespace goes as well; the range stays. Runs as root; caps.h says with which capabilities.
 */
#include <errno.h>
#include <string.h>

#include "helper/caps.h"
#include "helper/deadline.h"
#include "helper/processes.h"
#include "helper/pin.h"
#include "namespace/rundir.h"
#include "namespace/sessions.h"
#include "helper/verbs.h"
#include "util/cleanup.h"
#include "util/parse.h"

/* 1: somebody is inside, and the namespace stays, with a note. */
static int unpin_if_idle(const struct rundir *dir, uid_t uid, struct reason *why)
{
	CLEANUP_FD int fd = -1;
	pid_t inside = 0;
	int r;

	r = pin_open(dir, uid, &fd, why);
	if (r == -ENOENT)
		return 0;
	if (r == 0)
		r = namespace_find_process(fd, &inside, why);
	if (r == 0 && inside) {
		note(why, "process %d is still in the namespace; it stays", inside);
		return 1;
	}
	if (r == 0)
		r = caps_for_pinning(why);
	if (r == 0)
		r = pin_detach(dir, why);
	return r;
}

static int close_session(const struct rundir *dir, uid_t uid, const struct session_id *session,
			 struct reason *why)
{
	unsigned int live;
	int r;

	deadline_phase("the processes in the namespace");
	r = caps_for_inspecting(why);
	if (r == 0)
		r = sessions_prune(dir, session, &live, why);
	if (r < 0 || live > 0)
		return r;
	r = unpin_if_idle(dir, uid, why);
	if (r == 0)
		rundir_remove_if_unused(uid, dir);
	return r;
}

void verb_close(const struct request *request, struct result *ret)
{
	CLEANUP(rundir_close) struct rundir dir = RUNDIR_INIT;
	struct reason why = {.text = ""};
	uint32_t uid;
	int r;

	deadline_phase("the lock of the user's run directory");
	r = parse_id(request->user, &uid);
	if (r < 0)
		refuse(&why, r, "'%s' is no uid", request->user);
	if (r == 0) {
		r = rundir_open(uid, false, &dir, &why);
		if (r == 0)
			r = close_session(&dir, uid, &request->session, &why);
		else if (r == -ENOENT)
			r = 0; /* There is nothing to close. */
	}
	ret->code = r < 0 ? RESULT_FAILED : RESULT_READY;
	memcpy(ret->text, why.text, sizeof(ret->text));
}
