/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a user is to have, by the policy: the same for a login, for an admin's grant, and for an
 * explanation of both.
 */
#ifndef HELPER_ENTITLEMENT_H
#define HELPER_ENTITLEMENT_H

#include "conf/policy.h"
#include "helper/account.h"
#include "namespace/maps.h"
#include "namespace/state.h"
#include "subid/idfile.h"
#include "subid/settle.h"

/* Reads the policy for the user. -errno with a reason. policy_free() afterwards. */
int entitlement_read(const struct account *account, const char *policy_path, struct policy *ret,
		     struct reason *why);

/*
 * Is the user to have a namespace, at a login by this PAM service (NULL: by none, as services do
 * not count then)? RESULT_READY; RESULT_IGNORE, with a note that says why not.
 */
enum result_code entitlement_judge(const struct account *account, const struct policy *policy,
				   const char *service, struct reason *why);

/* Does the policy give something to this account at all? -EPERM with a reason: a system account. */
int entitlement_check_account(const struct account *account, const struct policy *policy,
			      struct reason *why);

/*
 * What to settle; it points into both, which must stay. It keeps clear of live namespaces, for
 * which it takes caps_for_surveying(); who is not root cannot see those of others, and goes
 * without.
 */
struct settle_request entitlement_request(const struct account *account,
					  const struct policy *policy);

/*
 * The maps of the namespace. -EPERM, with a reason that names the line of the policy: it maps an id
 * that is neither in the user's ranges nor the user's own, or the host's uid 0.
 */
int entitlement_maps(const struct account *account, const struct policy *policy,
		     const struct settlement *settled, struct ns_maps *ret, struct reason *why);

/* What will be written of a namespace with these maps. It points into all of these. */
struct state entitlement_state(const struct account *account, const struct policy *policy,
			       const char *policy_path, const struct ns_maps *maps,
			       char ret_owner[static ID_OWNER_SIZE]);

/* Says what of it was new to the user, for the log. */
void entitlement_note_new(const struct settlement *settled, struct reason *why);

#endif
