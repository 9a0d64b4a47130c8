/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HELPER_RELEASE_H
#define HELPER_RELEASE_H

#include "namespace/sessions.h"
#include "util/reason.h"

/*
 * Forgets the session that is leaving (NULL: none), and those of processes that are gone. When none
 * is left and no process is in the namespace, that goes as well; else it stays, with a note where a
 * process keeps it. Waits for the lock of the run directory. -errno with a reason.
 */
int release_namespace(uid_t uid, const struct session_id *leaving, struct reason *why);

#endif
