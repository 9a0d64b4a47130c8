/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "grant": gives a user what a login would, but for the namespace: for who does not log in, or not
 * yet. Runs as root; caps.h says with which capabilities.
 */
#include <errno.h>
#include <inttypes.h>

#include "helper/deadline.h"
#include "helper/entitlement.h"
#include "helper/ranges.h"
#include "helper/verbs.h"
#include "subid/decide.h"
#include "util/account.h"
#include "util/cleanup.h"

/* Who has a use for it: also a service's account; root, whose ids are the host's, if told so. */
static int check_account(const struct account *account, const struct policy *policy,
			 struct reason *why)
{
	uid_t uid = account->ids.uid;

	return uid == 0 || is_nobody(uid) ? entitlement_check_account(account, policy, why) : 0;
}

static int read_policy(const struct account *account, const struct request *request,
		       struct policy *ret, struct reason *why)
{
	int r;

	r = entitlement_read(account, request->policy, ret, why);
	if (r < 0 || !request->size)
		return r;
	if (ret->range.count > 0 && ret->range.count != request->size)
		return refuse(why, -EINVAL,
			      "%s says range = for %s, which has %" PRIu32 " ids; change that, or "
			      "leave --size out",
			      request->policy, account->name, ret->range.count);
	ret->size = request->size;
	return 0;
}

/* wanted: with how many ids it was asked for; 0: with what the policy says. */
static int grant(const struct account *account, const struct policy *policy, uint32_t wanted,
		 struct reason *why)
{
	const struct settle_request request = entitlement_request(account, policy);
	struct settlement settled;
	char owner[ID_OWNER_SIZE];
	int r;

	deadline_phase("the user's id range and shadow's locks in /etc");
	r = settle_range(&request, &settled, why);
	if (r < 0)
		return r;
	owner_in_files(account->name, account->ids.uid, owner);
	for (size_t i = 0; i < settled.count; i++)
		print_range(owner, settled.ranges[i].uids);
	entitlement_note_new(&settled, why);
	if (wanted > 0 && settlement_ids(&settled) < wanted && !why->text[0])
		note(why,
		     "%s has fewer than %" PRIu32 " ids: allocate = by-uid, range = and a source "
		     "other than files leave a user with what is there",
		     account->name, wanted);
	if (policy->delegate == DELEGATE_NO)
		note(why, "the policy says delegate = no, so a login makes no namespace of it");
	return 0;
}

void verb_grant(const struct request *request, struct result *ret)
{
	CLEANUP(account_free) struct account account = {.name = NULL};
	CLEANUP(policy_free) struct policy policy = policy_defaults;
	struct reason why = {.text = ""};
	enum result_code code;

	code = account_find(request->operands[0], &account, &why);
	if (code == RESULT_READY)
		code = result_of(read_policy(&account, request, &policy, &why));
	if (code == RESULT_READY)
		code = result_of(check_account(&account, &policy, &why));
	if (code == RESULT_READY)
		code = result_of(grant(&account, &policy, request->size, &why));
	result_set(ret, code, &why);
}
