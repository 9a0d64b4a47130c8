/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef USERNS_GATHER_H
#define USERNS_GATHER_H

#include "userns/audit.h"
#include "userns/people.h"
#include "userns/policy_audit.h"

/* What "userns check" has found, and all that the findings point into. */
struct gathered {
	struct findings findings;
	struct audit audit;
	struct people people;
	struct policy_audit policy;
	struct reason wrong; /* why the policy cannot be read; empty: it can */
};

/*
 * Looks at the files that were listed, real users and groups, live namespaces, other programs and
 * the policy. What could not be looked at does not hide the rest: it is complained of, and is an
 * exit status, else 0. gathered_free() afterwards, also then.
 */
int gather(const struct listing *listing, struct gathered *ret);

void gathered_free(struct gathered *gathered);

#endif
