/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "gc": clears what logins left that never closed: sessions of processes that are gone, pins that
 * nobody uses, directories that were half made. Each user is cleared by a process of its own, so
 * that one for whom the directory or a lock gives no answer holds up nobody else, and privilege
 * only shrinks, as at a logout. Runs as root; caps.h says with which capabilities.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "helper/account.h"
#include "helper/deadline.h"
#include "helper/entitlement.h"
#include "helper/release.h"
#include "helper/verbs.h"
#include "helper/worker.h"
#include "namespace/rundir.h"
#include "subid/litter.h"
#include "util/cleanup.h"
#include "util/parse.h"

/* How long one user may take. */
#define TIME_FOR_ONE_MSEC 20000

struct task {
	uid_t uid;
	bool wait;	    /* for the lock: somebody has asked for just this user */
	const char *policy; /* the file */
};

/*
 * How long the policy of now wants the namespace to stay: no longer than it is used, for who is no
 * user any more, or is to have none. False: it is not known, as when the directory is down.
 */
static bool ask_policy(const struct task *task, enum lifetime *ret)
{
	CLEANUP(policy_free) struct policy policy = policy_defaults;
	CLEANUP(account_free) struct account account = {.name = NULL};
	struct reason ignored = {.text = ""};
	enum result_code code;

	code = account_find_uid(task->uid, &account, &ignored);
	if (code == RESULT_READY && entitlement_read(&account, task->policy, &policy, &ignored) < 0)
		code = RESULT_FAILED;
	if (code == RESULT_READY)
		code = entitlement_judge(&account, &policy, NULL, &ignored);
	if (code == RESULT_FAILED)
		return false;
	*ret = code == RESULT_READY ? policy.lifetime : LIFETIME_SESSION;
	return true;
}

/* In a process of its own. */
static void clear_user(const void *argument, struct result *ret)
{
	const struct task *task = argument;
	struct reason why = {.text = ""};
	enum lifetime lifetime;
	bool known;
	int r;

	known = ask_policy(task, &lifetime);
	r = release_namespace(task->uid, NULL, known ? &lifetime : NULL, task->wait, &why);
	/* Who has the lock opens or closes, and clears the same. */
	if (r == -EWOULDBLOCK && !task->wait)
		r = 0;
	result_set(ret, result_of(r), &why);
}

static void clear_litter(const void *argument, struct result *ret)
{
	struct reason why = {.text = ""};
	int r;

	(void)argument;
	deadline_phase("shadow's locks in /etc");
	r = subid_litter_remove(&why);
	if (r > 0)
		note(&why, "removed what a killed program has left beside the files of ranges");
	result_set(ret, result_of(r), &why);
}

static bool has_directory(uid_t uid)
{
	char path[RUNDIR_PATH_SIZE];

	rundir_path(uid, path);
	return access(path, F_OK) == 0;
}

static void run_for_user(const struct task *task, struct result *ret)
{
	bool before = has_directory(task->uid);

	worker_run(clear_user, task, TIME_FOR_ONE_MSEC, ret);
	if (before && !has_directory(task->uid))
		printf("uid %u: cleared\n", task->uid);
}

static void complain(const char *name, const char *text)
{
	fprintf(stderr, "%s: %s%s%s\n", program_invocation_short_name, name, *name ? ": " : "",
		text);
}

static enum result_code leave_alone(const char *name)
{
	char path[RUNDIR_PATH_SIZE + NAME_MAX];

	snprintf(path, sizeof(path), "%s/%s", USERNS_RUNDIR, name);
	make_printable(path);
	complain(path, "is no user's, and was left alone");
	return RESULT_FAILED;
}

static enum result_code clear_one(uid_t uid, const char *policy)
{
	const struct task task = {.uid = uid, .policy = policy};
	struct result result;
	char shown[32];

	run_for_user(&task, &result);
	snprintf(shown, sizeof(shown), "uid %u", uid);
	/* Why a namespace stays that is in use is no news. */
	if (result.code != RESULT_READY)
		complain(shown, result.text);
	return result.code;
}

/* What is refused will be so the next time, too; what took too long may not. */
static enum result_code worse(enum result_code a, enum result_code b)
{
	if (a == RESULT_FAILED || b == RESULT_FAILED)
		return RESULT_FAILED;
	return a == RESULT_TIMEOUT ? a : b;
}

/* All that is below /run/userns, with a word to stderr on what is not as it should be. */
struct sweep {
	const char *policy;
	enum result_code code;
};

static int sweep_one(const char *name, const uid_t *uid, void *argument)
{
	struct sweep *sweep = argument;
	enum result_code code = uid ? clear_one(*uid, sweep->policy) : leave_alone(name);

	sweep->code = worse(sweep->code, code);
	return 0;
}

static enum result_code gc_all(const char *policy, struct reason *why)
{
	struct sweep sweep = {policy, RESULT_READY};
	struct result litter;

	if (rundirs_each(sweep_one, &sweep, why) < 0)
		sweep.code = RESULT_FAILED;
	worker_run(clear_litter, NULL, TIME_FOR_ONE_MSEC, &litter);
	if (litter.text[0])
		note(why, "%s", litter.text);
	return worse(sweep.code, litter.code);
}

/* By uid, as its user may be gone, or by name. */
static enum result_code find_uid(const char *text, uid_t *ret, struct reason *why)
{
	CLEANUP(account_free) struct account account = {.name = NULL};
	enum result_code code;

	if (parse_id(text, ret) == 0)
		return RESULT_READY;
	code = account_find(text, &account, why);
	*ret = account.ids.uid;
	return code;
}

void verb_gc(const struct request *request, struct result *ret)
{
	struct task task = {.policy = request->policy, .wait = true};
	struct reason why = {.text = ""};
	enum result_code code;

	if (request->operand_count == 0) {
		result_set(ret, gc_all(request->policy, &why), &why);
		return;
	}
	code = find_uid(request->operands[0], &task.uid, &why);
	if (code == RESULT_READY)
		run_for_user(&task, ret);
	else
		result_set(ret, code, &why);
}
