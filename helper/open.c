/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "userns-helper open": at the end the user has a range, a pinned namespace that maps it, and a
 * session file. Runs as root; caps.h says with which capabilities.
 */
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "conf/host.h"
#include "conf/policy.h"
#include "helper/caps.h"
#include "helper/create.h"
#include "helper/deadline.h"
#include "helper/pin.h"
#include "helper/processes.h"
#include "helper/verbs.h"
#include "namespace/inspect.h"
#include "namespace/live.h"
#include "namespace/rundir.h"
#include "namespace/sessions.h"
#include "namespace/state.h"
#include "subid/settle.h"
#include "util/account.h"
#include "util/cleanup.h"

struct account {
	char *name; /* as the directory spells it: who typed another case is the same person */
	struct owner ids;
};

static void cleanup_account(struct account *account)
{
	free(account->name);
}

static enum result_code find_account(const char *name, struct account *ret, struct reason *why)
{
	struct passwd *entry;

	deadline_phase("the user's account (NSS)");
	errno = 0;
	entry = getpwnam(name);
	if (!entry && means_no_such_user(errno)) {
		refuse(why, -ENOENT, "there is no user '%s'", name);
		return RESULT_UNKNOWN_USER;
	}
	if (!entry) {
		refuse_errno(why, -errno, "cannot look up the user '%s'", name);
		return RESULT_FAILED;
	}
	/* Libsubid looks users up as well, into the same static entry. */
	ret->name = strdup(entry->pw_name);
	ret->ids = (struct owner){entry->pw_uid, entry->pw_gid};
	if (!ret->name)
		refuse_errno(why, -ENOMEM, "cannot look up the user '%s'", name);
	return ret->name ? RESULT_READY : RESULT_FAILED;
}

/* RESULT_READY: this user is to have a namespace. */
static enum result_code apply_policy(const struct account *account, const char *path,
				     struct policy *ret, struct reason *why)
{
	const char *knob;

	if (is_system_account(account->ids.uid, host_uid_min(LOGIN_DEFS))) {
		note(why, "uid %u is a system account", account->ids.uid);
		return RESULT_IGNORE;
	}
	if (policy_read(path, account->name, ret, why) < 0)
		return RESULT_FAILED;
	if (ret->delegate == DELEGATE_NO) {
		note(why, "%s says delegate = no", path);
		return RESULT_IGNORE;
	}
	knob = ret->delegate == DELEGATE_AUTO ? host_forbids_user_namespaces() : NULL;
	if (knob) {
		note(why,
		     "this host forbids users to create user namespaces (%s); delegate = yes in "
		     "%s would give them one",
		     knob, path);
		return RESULT_IGNORE;
	}
	return RESULT_READY;
}

/* What is new to the user, for the log. */
static void note_new(const struct settlement *settled, struct reason *why)
{
	for (size_t i = 0; i < settled->count; i++) {
		const struct user_range *range = &settled->ranges[i];

		if (!range->in_book)
			note(why, "%s the range %" PRIu32 ":%" PRIu32 " of ids",
			     range->adopted ? "adopted" : "allocated", range->uids.start,
			     range->uids.count);
	}
	if (settled->retire_name)
		note(why, "retired the ranges that another user of this name had");
}

static void maps_of(const struct account *account, const struct settlement *settled,
		    struct ns_maps *ret)
{
	struct id_range uids[USER_RANGES_MAX], gids[USER_RANGES_MAX];

	for (size_t i = 0; i < settled->count; i++) {
		uids[i] = settled->ranges[i].uids;
		gids[i] = user_range_gids(&settled->ranges[i]);
	}
	map_for_user(account->ids.uid, uids, settled->count, &ret->uids);
	map_for_user(account->ids.gid, gids, settled->count, &ret->gids);
	ret->setgroups = !settled->deny_setgroups;
}

/* What a new range must not meet: by the policy, and by what root's containers map now. */
static int collect_avoid(const void *argument, struct id_set *ret, struct reason *why)
{
	const struct policy *policy = argument;
	struct reason ignored;
	int r, resumed;

	r = id_set_add_all(ret, &policy->avoid);
	if (r == 0)
		r = id_set_add_all(ret, &policy->real_ids);
	if (r < 0)
		return refuse_errno(why, r, "cannot list the ids to avoid");
	r = caps_for_surveying(why);
	if (r < 0)
		return r;
	r = live_maps(ret, ret, why);
	/* Also after a failure: who has a range already goes on without a new one. */
	resumed = caps_resume_settling(r < 0 ? &ignored : why);
	return r < 0 ? r : resumed;
}

static int settle(const struct account *account, const struct policy *policy, struct ns_maps *ret,
		  struct reason *why)
{
	const struct settle_request request = {
		.name = account->name,
		.uid = account->ids.uid,
		.gid = account->ids.gid,
		.pool = policy->pool,
		.size = policy->size,
		.by_uid = policy->allocate == ALLOCATE_BY_UID,
		.fixed = policy->range,
		.collect_avoid = collect_avoid,
		.argument = policy,
	};
	struct settlement settled;
	int r;

	deadline_phase("the user's id range and shadow's locks in /etc");
	r = settle_range(&request, &settled, why);
	if (r < 0)
		return r;
	maps_of(account, &settled, ret);
	note_new(&settled, why);
	return 0;
}

enum verdict {
	PIN_RIGHT,    /* what is pinned is what is wanted */
	PIN_IN_USE,   /* it has other maps, and is kept as long as somebody uses it */
	PIN_OUTDATED, /* it has other maps, and is to be replaced */
	PIN_MISSING,
};

static int judge_pin(const struct rundir *dir, const struct account *account,
		     const struct ns_maps *wanted, unsigned int sessions, enum verdict *ret,
		     struct reason *why)
{
	CLEANUP_FD int fd = -1;
	struct ns_maps maps;
	pid_t inside = 0;
	int r;

	r = pin_open(dir, account->ids.uid, &fd, why);
	if (r == -ENOENT) {
		*ret = PIN_MISSING;
		return 0;
	}
	if (r == 0)
		r = namespace_read_maps(fd, &account->ids, &maps, why);
	if (r == 0 && maps_equal(&maps, wanted)) {
		*ret = PIN_RIGHT;
		return 0;
	}
	if (r == 0)
		r = namespace_find_process(fd, &inside, why);
	if (r < 0)
		return r;
	*ret = inside || sessions > 0 ? PIN_IN_USE : PIN_OUTDATED;
	if (*ret == PIN_IN_USE)
		note(why,
		     "the maps of the namespace are no longer those wanted; it is kept, as it is "
		     "in use (%s %d), and made anew at the first login after that",
		     inside ? "process" : "sessions:", inside ? inside : (int)sessions);
	return 0;
}

/* Makes the namespace before the old one goes, and says what it is before it can be entered. */
static int make_pin(const struct rundir *dir, const struct account *account,
		    const struct ns_maps *maps, const struct state *state, enum verdict verdict,
		    struct reason *why)
{
	CLEANUP_FD int fd = -1;
	int r;

	r = caps_for_creating(why);
	if (r == 0)
		r = namespace_create(&account->ids, maps, &fd, why);
	if (r == 0)
		r = state_write(dir, state, why);
	if (r == 0)
		r = caps_for_pinning(why);
	if (r == 0 && verdict == PIN_OUTDATED)
		r = pin_detach(dir, why);
	if (r == 0)
		r = pin_attach(dir, fd, why);
	return r;
}

/* At the end, what is wanted is pinned, or is kept for those who use it. */
static int pin_namespace(const struct rundir *dir, const struct account *account,
			 const struct ns_maps *maps, const char *policy, unsigned int sessions,
			 struct reason *why)
{
	char owner[ID_OWNER_SIZE];
	const struct state state = {.user = owner,
				    .uid = account->ids.uid,
				    .gid = account->ids.gid,
				    .maps = maps,
				    .policy = policy};
	enum verdict verdict;
	int r;

	owner_in_files(account->name, account->ids.uid, owner);
	r = judge_pin(dir, account, maps, sessions, &verdict, why);
	if (r < 0 || verdict == PIN_IN_USE)
		return r;
	/* Also where it is right: a login that crashed may not have come to that. */
	if (verdict == PIN_RIGHT)
		return state_write(dir, &state, why);
	return make_pin(dir, account, maps, &state, verdict, why);
}

/* With the lock of the run directory held. */
static int open_session(const struct rundir *dir, const struct account *account,
			const struct policy *policy, const struct request *request,
			uint32_t *ret_session, struct reason *why)
{
	unsigned int sessions;
	struct ns_maps maps;
	int r;

	r = settle(account, policy, &maps, why);
	deadline_phase("the user namespace");
	if (r == 0)
		r = caps_for_inspecting(why);
	if (r == 0)
		r = sessions_prune(dir, NULL, &sessions, why);
	if (r == 0 && request->session.pid > 0)
		r = session_add(dir, request->session.pid, ret_session, why);
	if (r == 0)
		r = pin_namespace(dir, account, &maps, request->policy, sessions, why);
	return r;
}

/* After a failure: the session was not opened. What others use stays. */
static void forget_session(const struct rundir *dir, uid_t uid, const struct session_id *session)
{
	if (session->number != SESSION_ANY)
		session_remove(dir, session);
	rundir_remove_if_unused(uid, dir);
}

static enum result_code delegate(const struct account *account, const struct policy *policy,
				 const struct request *request, uint32_t *ret_session,
				 struct reason *why)
{
	CLEANUP(rundir_close) struct rundir dir = RUNDIR_INIT;
	struct session_id session = {request->session.pid, SESSION_ANY};
	int r;

	deadline_phase("the lock of the user's run directory");
	r = rundir_open(account->ids.uid, true, &dir, why);
	if (r < 0)
		return RESULT_FAILED;
	r = open_session(&dir, account, policy, request, &session.number, why);
	if (r < 0) {
		forget_session(&dir, account->ids.uid, &session);
		return RESULT_FAILED;
	}
	*ret_session = session.number;
	return RESULT_READY;
}

void verb_open(const struct request *request, struct result *ret)
{
	CLEANUP(cleanup_account) struct account account = {.name = NULL};
	struct reason why = {.text = ""};
	CLEANUP(policy_free) struct policy policy = policy_defaults;
	enum result_code code;

	code = find_account(request->user, &account, &why);
	if (code == RESULT_READY)
		code = apply_policy(&account, request->policy, &policy, &why);
	if (code == RESULT_READY)
		code = delegate(&account, &policy, request, &ret->session, &why);
	ret->code = code;
	if (code == RESULT_READY) {
		ret->uid = account.ids.uid;
		rundir_pin_path(account.ids.uid, ret->path);
	}
	memcpy(ret->text, why.text, sizeof(ret->text));
}
