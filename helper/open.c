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
#include "helper/deadline.h"
#include "helper/namespace.h"
#include "helper/pin.h"
#include "helper/rundir.h"
#include "helper/sessions.h"
#include "helper/state.h"
#include "helper/verbs.h"
#include "subid/settle.h"
#include "util/cleanup.h"

#define LOGIN_DEFS "/etc/login.defs"

/* nobody, and the 16-bit "no id". */
#define UID_NOBODY     65534u
#define UID_NONE_16BIT 65535u

struct account {
	const char *name;
	uid_t uid;
	gid_t gid;
};

static enum result_code find_account(const char *name, struct account *ret, struct reason *why)
{
	struct passwd *entry;

	deadline_phase("the user's account (NSS)");
	errno = 0;
	entry = getpwnam(name);
	/* getpwnam(3) lists these four for "not found". */
	if (!entry && (errno == 0 || errno == ENOENT || errno == ESRCH || errno == EPERM)) {
		refuse(why, -ENOENT, "there is no user '%s'", name);
		return RESULT_UNKNOWN_USER;
	}
	if (!entry) {
		refuse_errno(why, -errno, "cannot look up the user '%s'", name);
		return RESULT_FAILED;
	}
	*ret = (struct account){name, entry->pw_uid, entry->pw_gid};
	return RESULT_READY;
}

/* RESULT_READY: this user is to have a namespace. */
static enum result_code apply_policy(const struct account *account, const char *path,
				     struct policy *ret, struct reason *why)
{
	const char *knob;

	if (account->uid < host_uid_min(LOGIN_DEFS) || account->uid == UID_NOBODY ||
	    account->uid == UID_NONE_16BIT) {
		refuse(why, 0, "uid %u is a system user", account->uid);
		return RESULT_IGNORE;
	}
	if (policy_read(path, ret, why) < 0)
		return RESULT_FAILED;
	if (ret->delegate == DELEGATE_NO) {
		refuse(why, 0, "%s says delegate = no", path);
		return RESULT_IGNORE;
	}
	knob = ret->delegate == DELEGATE_AUTO ? host_forbids_user_namespaces() : NULL;
	if (knob) {
		refuse(why, 0,
		       "this host forbids users to create user namespaces (%s); delegate = yes in "
		       "%s would give them one",
		       knob, path);
		return RESULT_IGNORE;
	}
	return RESULT_READY;
}

/*
 * Judges the pin that is there. *ret_keep: it goes on being used. -ENOENT: a new one has to be
 * made. A namespace with other maps is replaced unless somebody is inside, or would
 * lose it: another login.
 */
static int judge_pin(const struct rundir *dir, uid_t uid, const struct ns_maps *wanted,
		     unsigned int sessions, struct reason *why)
{
	CLEANUP_FD int fd = -1;
	struct ns_maps maps;
	pid_t inside = 0;
	int r;

	r = pin_open(dir, uid, &fd, why);
	if (r == 0)
		r = namespace_read_maps(fd, &maps, why);
	if (r < 0 || maps_equal(&maps, wanted))
		return r;
	r = namespace_find_process(fd, &inside, why);
	if (r < 0)
		return r;
	if (inside || sessions > 0) {
		refuse(why, 0,
		       "the maps of the namespace are no longer those wanted; it is kept, as it is "
		       "in use (%s %d), and made anew at the first login after that",
		       inside ? "process" : "sessions:", inside ? inside : (int)sessions);
		return 0;
	}
	r = pin_detach(dir, why);
	return r < 0 ? r : -ENOENT;
}

static int make_pin(const struct rundir *dir, const struct account *account,
		    const struct ns_maps *maps, const char *policy, struct reason *why)
{
	char owner[ID_OWNER_SIZE];
	CLEANUP_FD int fd = -1;
	int r;

	owner_in_files(account->name, account->uid, owner);
	r = caps_for_creating(why);
	if (r == 0)
		r = namespace_create(account->uid, account->gid, maps, &fd, why);
	if (r == 0)
		r = caps_for_pinning(why);
	if (r == 0)
		r = pin_attach(dir, fd, why);
	if (r == 0)
		r = state_write(dir,
				&(struct state){.user = owner,
						.uid = account->uid,
						.gid = account->gid,
						.maps = maps,
						.policy = policy},
				why);
	return r;
}

static int settle(const struct account *account, const struct policy *policy, struct ns_maps *ret,
		  struct reason *why)
{
	const struct settle_request request = {
		.name = account->name,
		.uid = account->uid,
		.pool = policy->pool,
		.size = policy->size,
	};
	struct settlement settled;
	int r;

	deadline_phase("the user's id range and shadow's locks in /etc");
	r = settle_range(&request, &settled, why);
	if (r < 0)
		return r;
	maps_for_user(account->uid, account->gid, settled.uids, settled.gids,
		      !settled.deny_setgroups, ret);
	if (settled.write_book)
		refuse(why, 0, "%s the range %" PRIu32 ":%" PRIu32 " of ids",
		       settled.adopted ? "adopted" : "allocated", settled.uids.start,
		       settled.uids.count);
	return 0;
}

static int pin_namespace(const struct rundir *dir, const struct account *account,
			 const struct ns_maps *maps, const struct request *request,
			 struct reason *why)
{
	unsigned int sessions;
	int r;

	deadline_phase("the user namespace");
	r = sessions_prune(dir, 0, &sessions, why);
	if (r == 0)
		r = caps_for_inspecting(why);
	if (r == 0)
		r = judge_pin(dir, account->uid, maps, sessions, why);
	if (r == -ENOENT)
		r = make_pin(dir, account, maps, request->policy, why);
	return r;
}

/* With the lock of the run directory held. */
static int open_session(const struct rundir *dir, const struct account *account,
			const struct policy *policy, const struct request *request,
			struct reason *why)
{
	struct ns_maps maps;
	int r;

	r = settle(account, policy, &maps, why);
	if (r == 0)
		r = pin_namespace(dir, account, &maps, request, why);
	if (r == 0)
		r = caps_for_nothing(why);
	if (r == 0 && request->pid > 0)
		r = session_add(dir, request->pid, why);
	return r;
}

static enum result_code delegate(const struct account *account, const struct policy *policy,
				 const struct request *request, struct reason *why)
{
	__attribute__((cleanup(rundir_close))) struct rundir dir = RUNDIR_INIT;
	int r;

	deadline_phase("the lock of the user's run directory");
	r = rundir_open(account->uid, true, &dir, why);
	if (r < 0)
		return RESULT_FAILED;
	r = open_session(&dir, account, policy, request, why);
	if (r < 0)
		rundir_remove_if_unused(account->uid, &dir);
	return r < 0 ? RESULT_FAILED : RESULT_READY;
}

void verb_open(const struct request *request, struct result *ret)
{
	struct reason why = {.text = ""};
	struct account account;
	struct policy policy;
	enum result_code code;

	code = find_account(request->user, &account, &why);
	if (code == RESULT_READY)
		code = apply_policy(&account, request->policy, &policy, &why);
	if (code == RESULT_READY)
		code = delegate(&account, &policy, request, &why);
	ret->code = code;
	if (code == RESULT_READY) {
		ret->uid = account.uid;
		rundir_pin_path(account.uid, ret->path);
	}
	memcpy(ret->text, why.text, sizeof(ret->text));
}
