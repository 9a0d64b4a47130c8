/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "userns-helper open": at the end the user has a range, a pinned namespace that maps it, and a
 * session file. Runs as root; caps.h says with which capabilities.
 */
#include <errno.h>
#include <string.h>

#include "helper/account.h"
#include "helper/caps.h"
#include "helper/create.h"
#include "helper/deadline.h"
#include "helper/entitlement.h"
#include "helper/mounts.h"
#include "helper/pin.h"
#include "helper/processes.h"
#include "helper/release.h"
#include "helper/verbs.h"
#include "namespace/inspect.h"
#include "namespace/process.h"
#include "namespace/rundir.h"
#include "namespace/sessions.h"
#include "namespace/state.h"
#include "util/cleanup.h"

/* For whom what is opened, with the lock of the run directory held. */
struct opening {
	const struct request *request;
	const struct account *account;
	const struct policy *policy;
	const struct rundir *dir;
	unsigned int sessions; /* that were open before */
};

static int settle(const struct opening *opening, struct ns_maps *ret, struct reason *why)
{
	const struct settle_request request =
		entitlement_request(opening->account, opening->policy);
	struct settlement settled;
	int r;

	deadline_phase("the user's id range and shadow's locks in /etc");
	r = settle_range(&request, &settled, why);
	if (r < 0)
		return r;
	entitlement_note_new(&settled, why);
	return entitlement_maps(opening->account, opening->policy, &settled, ret, why);
}

enum verdict {
	PIN_RIGHT,    /* what is pinned is what is wanted */
	PIN_IN_USE,   /* it has other maps, and somebody uses it */
	PIN_OUTDATED, /* it has other maps, and is to be replaced */
	PIN_MISSING,
};

/* What is pinned, and by whom it is used. */
struct pinned {
	enum verdict verdict;
	struct ns_maps maps;	   /* unless PIN_MISSING */
	char owner[ID_OWNER_SIZE]; /* for whom it was made; empty: that is not known */
	pid_t inside;		   /* a process; 0: none is */
};

static int judge_pin(const struct opening *opening, const struct ns_maps *wanted,
		     struct pinned *pinned, struct reason *why)
{
	CLEANUP_FD int fd = -1;
	int r;

	r = pin_open(opening->dir, &fd, why);
	if (r == -ENOENT) {
		pinned->verdict = PIN_MISSING;
		return 0;
	}
	if (r == 0)
		r = namespace_read_maps(fd, &opening->account->ids, &pinned->maps, why);
	if (r == 0 && maps_equal(&pinned->maps, wanted)) {
		pinned->verdict = PIN_RIGHT;
		return 0;
	}
	if (r == 0)
		r = namespace_find_process(fd, &pinned->inside, why);
	if (r == 0)
		pinned->verdict =
			pinned->inside || opening->sessions > 0 ? PIN_IN_USE : PIN_OUTDATED;
	return r;
}

/*
 * Invariant: a uid given to a new person does not inherit the old one's ids, though a process of
 * theirs keeps the namespace. Where all its ids are this user's, it is theirs by whatever name, as
 * after usermod -l.
 */
static bool is_of_user(const struct pinned *pinned, const struct state *state)
{
	return strcmp(pinned->owner, state->user) == 0 ||
	       maps_are_within(&pinned->maps, state->maps);
}

static void note_kept(const struct pinned *pinned, unsigned int sessions, struct reason *why)
{
	note(why,
	     "the maps of the namespace are no longer those wanted; it is kept, as it is in use "
	     "(%s %d), and made anew at the first login after that",
	     pinned->inside ? "process" : "sessions:",
	     pinned->inside ? pinned->inside : (int)sessions);
}

static void note_left(const struct pinned *pinned, const struct state *state, struct reason *why)
{
	char name[PROCESS_NAME_SIZE];

	note(why,
	     "the namespace that was pinned was made for '%s' and has ids that are not %s's, so "
	     "another took its place",
	     pinned->owner[0] ? pinned->owner : "?", state->user);
	if (!pinned->inside)
		return;
	process_name(pinned->inside, name);
	note(why, "process %d (%s) is still in the old one; end it", pinned->inside, name);
}

/*
 * Makes the namespace before the old one goes, and says what it is before it can be entered; but
 * not before the old one is gone: it would pass for this user's after a crash.
 */
static int make_pin(const struct opening *opening, const struct state *state, enum verdict verdict,
		    struct reason *why)
{
	const struct rundir *dir = opening->dir;
	CLEANUP_FD int fd = -1;
	int r;

	r = caps_for_creating(why);
	if (r == 0)
		r = namespace_create(&opening->account->ids, state->maps, &fd, why);
	if (r == 0)
		r = caps_for_pinning(why);
	if (r == 0 && verdict == PIN_OUTDATED)
		r = pin_detach(dir, why);
	if (r == 0)
		r = state_write(dir, state, why);
	if (r == 0)
		r = pin_attach(dir, fd, why);
	return r;
}

/* What is there with other maps, and is in use. */
static int keep_pin(const struct opening *opening, const struct state *state,
		    const struct pinned *pinned, struct reason *why)
{
	struct state kept = *state;

	note_kept(pinned, opening->sessions, why);
	if (strcmp(pinned->owner, state->user) == 0)
		return 0;
	kept.maps = &pinned->maps;
	return state_write(opening->dir, &kept, why);
}

/* At the end, what is wanted is pinned, or is kept for those who use it. */
static int pin_namespace(const struct opening *opening, const struct state *state,
			 struct reason *why)
{
	struct pinned pinned = {.inside = 0};
	int r;

	r = judge_pin(opening, state->maps, &pinned, why);
	if (r < 0)
		return r;
	state_user(opening->dir, pinned.owner, why);
	/* Also where it is right: a login that crashed may not have come to that. */
	if (pinned.verdict == PIN_RIGHT)
		return state_write(opening->dir, state, why);
	if (pinned.verdict == PIN_IN_USE && is_of_user(&pinned, state))
		return keep_pin(opening, state, &pinned, why);
	if (pinned.verdict == PIN_IN_USE) {
		note_left(&pinned, state, why);
		pinned.verdict = PIN_OUTDATED;
	}
	return make_pin(opening, state, pinned.verdict, why);
}

static int open_session(struct opening *opening, uint32_t *ret_session, struct reason *why)
{
	const pid_t pid = opening->request->session.pid;
	char owner[ID_OWNER_SIZE];
	struct state state;
	struct ns_maps maps;
	int r;

	r = settle(opening, &maps, why);
	if (r < 0)
		return r;
	state = entitlement_state(opening->account, opening->policy, opening->request->policy,
				  &maps, owner);
	deadline_phase("the user namespace");
	r = caps_for_inspecting(why);
	if (r == 0)
		r = sessions_prune(opening->dir, NULL, &opening->sessions, why);
	if (r == 0 && pid > 0)
		r = session_add(opening->dir, pid, ret_session, why);
	if (r == 0)
		r = pin_namespace(opening, &state, why);
	return r;
}

/* After a failure: the session was not opened. What others use stays. */
static void forget_session(const struct rundir *dir, const struct session_id *session)
{
	if (session->number != SESSION_NONE)
		session_remove(dir, session);
	rundir_remove_if_unused(dir);
}

static enum result_code delegate(const struct account *account, const struct policy *policy,
				 const struct request *request, uint32_t *ret_session,
				 struct reason *why)
{
	CLEANUP(rundir_close) struct rundir dir = RUNDIR_INIT;
	struct session_id session = {request->session.pid, SESSION_NONE};
	struct opening opening = {
		.request = request, .account = account, .policy = policy, .dir = &dir};
	int r;

	deadline_phase("the lock of the user's run directory");
	r = rundir_open(account->ids.uid, true, &dir, why);
	if (r < 0)
		return RESULT_FAILED;
	r = open_session(&opening, &session.number, why);
	if (r < 0) {
		forget_session(&dir, &session);
		return RESULT_FAILED;
	}
	*ret_session = session.number;
	return RESULT_READY;
}

/*
 * Nobody by this name is to have a namespace, whatever the service: one that an older policy has
 * given goes, as gc would have it. *ret_path and a note: somebody uses it, and it stays.
 */
static void end_delegation(uid_t uid, char ret_path[static RUNDIR_PATH_SIZE], struct reason *why)
{
	const enum lifetime no_longer = LIFETIME_SESSION;
	struct reason kept = {.text = ""};

	/* Who has the lock opens or closes, and clears the same. */
	if (release_namespace(uid, NULL, &no_longer, false, &kept) == -EWOULDBLOCK || !kept.text[0])
		return;
	note(why, "%s", kept.text);
	rundir_pin_path(uid, ret_path);
}

void verb_open(const struct request *request, struct result *ret)
{
	CLEANUP(account_free) struct account account = {.name = NULL};
	struct reason why = {.text = ""}, ignored = {.text = ""};
	CLEANUP(policy_free) struct policy policy = policy_defaults;
	enum result_code code;

	code = account_find(request->operands[0], &account, &why);
	if (code == RESULT_READY && entitlement_read(&account, request->policy, &policy, &why) < 0)
		code = RESULT_FAILED;
	if (code == RESULT_READY)
		code = entitlement_judge(&account, &policy, request->service, &why);
	if (code == RESULT_READY)
		code = delegate(&account, &policy, request, &ret->session, &why);
	if (code == RESULT_IGNORE &&
	    entitlement_judge(&account, &policy, NULL, &ignored) == RESULT_IGNORE)
		end_delegation(account.ids.uid, ret->path, &why);
	if (code == RESULT_READY) {
		ret->uid = account.ids.uid;
		rundir_pin_path(account.ids.uid, ret->path);
		mounts_note_unseen(ret->path, &why);
	}
	result_set(ret, code, &why);
}
