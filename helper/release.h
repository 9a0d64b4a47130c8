/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HELPER_RELEASE_H
#define HELPER_RELEASE_H

#include "conf/policy.h"
#include "namespace/sessions.h"
#include "util/reason.h"

/*
 * Forgets the session that is leaving (NULL: none), and those of processes that are gone. When none
 * is left and no process is in the namespace, that goes as well, unless its lifetime is "boot".
 * lifetime: what the policy says now; NULL: what the last login has recorded, as a logout asks
 * neither the directory nor a policy that may be half written. Where it stays, a note says why.
 * -EWOULDBLOCK, without a reason: wait is false, and somebody has the lock of the run directory.
 * Any other -errno with a reason.
 */
int release_namespace(uid_t uid, const struct session_id *leaving, const enum lifetime *lifetime,
		      bool wait, struct reason *why);

#endif
