/* SPDX-License-Identifier: BSD-3-Clause */
/* What userns-helper does, a function per verb. */
#ifndef HELPER_VERBS_H
#define HELPER_VERBS_H

#include <stdbool.h>
#include <stdint.h>

#include "helper/result.h"
#include "namespace/sessions.h"

struct request {
	char *const *operands; /* what stands behind the verb */
	int operand_count;
	const char *policy;	   /* the policy file */
	const char *service;	   /* open, explain: the PAM service; NULL: none */
	struct session_id session; /* open: only the pid; pid 0: none, for an admin at a terminal */
	uint32_t size;		   /* ids wanted; 0: not said */
	bool force;		   /* reclaim: without a look */
	bool as_state;		   /* explain: as a state file has it, for programs */
	bool restart;		   /* reclaim: not where an earlier one was */
};

/*
 * All fill result but for magic and version. As root they begin as caps_for_settling() left
 * them, verb_reclaim() as caps_before_walking() did;
 * verb_explain() also runs as anybody, who has none to begin with. The first two are the login's;
 * the others write to stdout, for people.
 */
typedef void verb_function(const struct request *request, struct result *ret);

verb_function verb_open, verb_close, verb_gc;
verb_function verb_explain, verb_grant, verb_revoke, verb_reserve, verb_unreserve, verb_reclaim;

#endif
