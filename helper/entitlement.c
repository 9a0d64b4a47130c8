/* SPDX-License-Identifier: BSD-3-Clause */
/* What a user is to have, by the policy: see entitlement.h. */
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "conf/host.h"
#include "conf/login_defs.h"
#include "helper/caps.h"
#include "helper/entitlement.h"
#include "helper/membership.h"
#include "namespace/live.h"
#include "subid/decide.h"
#include "util/account.h"
#include "util/cleanup.h"

int entitlement_read(const struct account *account, const char *policy_path, struct policy *ret,
		     struct reason *why)
{
	CLEANUP(membership_free) struct membership membership = {.account = account};
	const struct policy_subject subject = {.name = account->name,
					       .uid = account->ids.uid,
					       .is_in_group = membership_has,
					       .argument = &membership};

	return policy_read(policy_path, &subject, ret, why);
}

/* Whose section says so, for people. */
static void note_origin(const struct policy *policy, const char *key, struct reason *why)
{
	const struct policy_setting *origin = policy_origin(policy, key);

	if (origin)
		note(why, "%s:%u says %s = %s in section %s", origin->file, origin->line, key,
		     origin->value, origin->section);
}

int entitlement_check_account(const struct account *account, const struct policy *policy,
			      struct reason *why)
{
	const struct policy_setting *origin = policy_origin(policy, "delegate");
	const uid_t uid = account->ids.uid;

	if (is_nobody(uid))
		return refuse(why, -EPERM,
			      "uid %u is a system account, and nobody's: it is given nothing", uid);
	if (!is_system_account(uid, login_defs_uid_min(LOGIN_DEFS)))
		return 0;
	if (origin && origin->kind == SECTION_USER && policy->delegate == DELEGATE_YES)
		return 0;
	return refuse(why, -EPERM,
		      "uid %u is a system account; only delegate = yes in a section [user %s] of "
		      "userns.conf(5) would give it a namespace",
		      uid, account->name);
}

static enum result_code judge_host(const struct account *account, struct reason *why)
{
	struct reason knob;

	if (!host_forbids_user_namespaces(account->name, &knob))
		return RESULT_READY;
	note(why,
	     "delegate = auto, and this host forbids users to create user namespaces (%s); "
	     "delegate = yes in userns.conf(5) would give them one",
	     knob.text);
	return RESULT_IGNORE;
}

enum result_code entitlement_judge(const struct account *account, const struct policy *policy,
				   const char *service, struct reason *why)
{
	struct reason cause = {.text = ""};

	if (policy->delegate == DELEGATE_NO) {
		note_origin(policy, "delegate", why);
		return RESULT_IGNORE;
	}
	if (entitlement_check_account(account, policy, &cause) < 0) {
		note(why, "%s", cause.text);
		return RESULT_IGNORE;
	}
	if (service && !policy_has_service(policy, service)) {
		note(why, "not for the service '%s'", service);
		note_origin(policy, "services", why);
		return RESULT_IGNORE;
	}
	return policy->delegate == DELEGATE_AUTO ? judge_host(account, why) : RESULT_READY;
}

/* What a new range must not meet: by the policy, and by what live namespaces map now. */
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

static enum settle_copies copies_of(enum mirror mirror)
{
	static const enum settle_copies copies[] = {[MIRROR_AUTO] = COPIES_WHERE_READ,
						    [MIRROR_YES] = COPIES_ALWAYS,
						    [MIRROR_NO] = COPIES_NEVER};

	return copies[mirror];
}

struct settle_request entitlement_request(const struct account *account,
					  const struct policy *policy)
{
	return (struct settle_request){
		.name = account->name,
		.uid = account->ids.uid,
		.gid = account->ids.gid,
		.pool = policy->pool,
		.copies = copies_of(policy->mirror),
		.size = policy->size,
		.by_uid = policy->allocate == ALLOCATE_BY_UID,
		.fixed = policy->range,
		.fixed_by = "range =",
		.collect_avoid = collect_avoid,
		.argument = policy,
	};
}

/* One side of a namespace: uids or gids. */
struct side {
	const char *key; /* that a policy writes its map with */
	const struct policy_map *map;
	uint32_t own;
	struct id_range ranges[USER_RANGES_MAX];
};

/* Are the ids outside the user's own, or in a row in the user's ranges? */
static bool may_map(const struct side *side, const struct settlement *settled,
		    const struct extent *extent)
{
	const struct id_range outside = extent_outside(extent);
	struct id_set set = {.count = 0};
	bool is_theirs = id_range_equal(outside, (struct id_range){side->own, 1});

	for (size_t i = 0; i < settled->count; i++)
		if (id_set_add(&set, side->ranges[i]) < 0)
			break;
	id_set_normalize(&set);
	for (size_t i = 0; i < set.count; i++)
		is_theirs |= id_range_contains(set.ranges[i], outside);
	id_set_free(&set);
	return is_theirs;
}

static int refuse_extent(const struct side *side, const struct policy *policy,
			 const struct extent *extent, struct reason *why)
{
	const struct policy_setting *origin = policy_origin(policy, side->key);

	return refuse(why, -EPERM,
		      "%s:%u: %s = %" PRIu32 ":%" PRIu32 ":%" PRIu32
		      ": expected ids outside that are the user's: %" PRIu32
		      " itself, or of the ranges that userns explain lists",
		      origin ? origin->file : "", origin ? origin->line : 0, side->key,
		      extent->inside, extent->outside, extent->count, side->own);
}

static int map_as_written(const struct side *side, const struct policy *policy,
			  const struct settlement *settled, struct id_map *ret, struct reason *why)
{
	for (size_t i = 0; i < side->map->count; i++) {
		const struct extent *extent = &side->map->extents[i];

		if (!may_map(side, settled, extent))
			return refuse_extent(side, policy, extent, why);
		ret->extents[i] = *extent;
	}
	ret->count = side->map->count;
	return 0;
}

static int make_map(const struct side *side, const struct policy *policy,
		    const struct settlement *settled, struct id_map *ret, struct reason *why)
{
	if (side->map->count > 0)
		return map_as_written(side, policy, settled, ret, why);
	if (policy->root == ROOT_RANGE)
		map_of_ranges(side->ranges, settled->count, ret);
	else
		map_for_user(side->own, side->ranges, settled->count, ret);
	return 0;
}

/* Root inside would be root of the host to whatever a namespace does not confine. */
static int refuse_host_root(const struct id_map *uids, struct reason *why)
{
	for (size_t i = 0; i < uids->count; i++)
		if (uids->extents[i].outside == 0)
			return refuse(why, -EPERM,
				      "the namespace would map the host's uid 0; root = range in "
				      "userns.conf(5) gives root a range of other ids");
	return 0;
}

int entitlement_maps(const struct account *account, const struct policy *policy,
		     const struct settlement *settled, struct ns_maps *ret, struct reason *why)
{
	struct side uids = {.key = "map", .map = &policy->map, .own = account->ids.uid};
	struct side gids = {.key = "gids", .map = &policy->gids, .own = account->ids.gid};
	int r;

	for (size_t i = 0; i < settled->count; i++) {
		uids.ranges[i] = settled->ranges[i].uids;
		gids.ranges[i] = user_range_gids(&settled->ranges[i]);
	}
	r = make_map(&uids, policy, settled, &ret->uids, why);
	if (r == 0)
		r = make_map(&gids, policy, settled, &ret->gids, why);
	if (r == 0)
		r = refuse_host_root(&ret->uids, why);
	if (r == 0)
		ret->setgroups = !settled->deny_setgroups && !policy->deny_setgroups;
	return r;
}

struct state entitlement_state(const struct account *account, const struct policy *policy,
			       const char *policy_path, const struct ns_maps *maps,
			       char ret_owner[static ID_OWNER_SIZE])
{
	owner_in_files(account->name, account->ids.uid, ret_owner);
	return (struct state){
		.user = ret_owner,
		.uid = account->ids.uid,
		.gid = account->ids.gid,
		.maps = maps,
		.policy = policy_path,
		.lifetime = policy->lifetime,
	};
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
