/* SPDX-License-Identifier: BSD-3-Clause */
/* What a user is to have, by the policy: see entitlement.h. */
#include <inttypes.h>
#include <unistd.h>

#include "conf/host.h"
#include "helper/caps.h"
#include "helper/entitlement.h"
#include "namespace/live.h"
#include "util/account.h"

enum result_code entitlement_read(const struct account *account, const char *policy_path,
				  struct policy *ret, struct reason *why)
{
	if (is_system_account(account->ids.uid, host_uid_min(LOGIN_DEFS))) {
		note(why, "uid %u is a system account", account->ids.uid);
		return RESULT_IGNORE;
	}
	return policy_read(policy_path, account->name, ret, why) < 0 ? RESULT_FAILED : RESULT_READY;
}

enum result_code entitlement_judge(const struct policy *policy, const char *policy_path,
				   struct reason *why)
{
	const char *knob;

	if (policy->delegate == DELEGATE_NO) {
		note(why, "%s says delegate = no", policy_path);
		return RESULT_IGNORE;
	}
	knob = policy->delegate == DELEGATE_AUTO ? host_forbids_user_namespaces() : NULL;
	if (knob) {
		note(why,
		     "this host forbids users to create user namespaces (%s); delegate = yes in "
		     "%s would give them one",
		     knob, policy_path);
		return RESULT_IGNORE;
	}
	return RESULT_READY;
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
	if (geteuid() != 0)
		return 0;
	r = caps_for_surveying(why);
	if (r < 0)
		return r;
	r = live_maps(ret, ret, why);
	/* Also after a failure: who has a range already goes on without a new one. */
	resumed = caps_resume_settling(r < 0 ? &ignored : why);
	return r < 0 ? r : resumed;
}

struct settle_request entitlement_request(const struct account *account,
					  const struct policy *policy)
{
	return (struct settle_request){
		.name = account->name,
		.uid = account->ids.uid,
		.gid = account->ids.gid,
		.pool = policy->pool,
		.size = policy->size,
		.by_uid = policy->allocate == ALLOCATE_BY_UID,
		.fixed = policy->range,
		.fixed_by = "range =",
		.collect_avoid = collect_avoid,
		.argument = policy,
	};
}

void entitlement_maps(const struct account *account, const struct settlement *settled,
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

void entitlement_note_new(const struct settlement *settled, struct reason *why)
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
