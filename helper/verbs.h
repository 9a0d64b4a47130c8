/* SPDX-License-Identifier: BSD-3-Clause */
/* What userns-helper does, a function per verb. */
#ifndef HELPER_VERBS_H
#define HELPER_VERBS_H

#include <sys/types.h>

#include "helper/result.h"
#include "namespace/sessions.h"

struct request {
	const char *user;	   /* open: a name; close: a uid in digits */
	const char *policy;	   /* the policy file */
	struct session_id session; /* open: only the pid; pid 0: none, for an admin at a terminal */
};

/* Both fill result but for magic and version, and begin as caps_for_settling() left them. */
void verb_open(const struct request *request, struct result *ret);
void verb_close(const struct request *request, struct result *ret);

#endif
