/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The policy, userns.conf(5): what the admin decided about users' namespaces.
 */
#ifndef CONF_POLICY_H
#define CONF_POLICY_H

#include <stdint.h>

#include "subid/range.h"
#include "util/reason.h"

enum delegate {
	DELEGATE_AUTO, /* yes, unless the host forbids users to create user namespaces */
	DELEGATE_YES,
	DELEGATE_NO,
};

struct policy {
	struct id_range pool; /* [host] pool: ids to hand out */
	enum delegate delegate;
	uint32_t size; /* ids per user, at least 1 */
};

/* What holds without a policy file: pool 524288-1879048191, delegate auto, size 65536. */
extern const struct policy policy_defaults;

/*
 * Reads the policy file; where there is none, the defaults hold. The file is judged and read by
 * one descriptor: it must be a regular file of root's, writable for nobody else, up to 1 MiB.
 * Any error, with a reason that names file and, where there is one, line and key; *ret untouched.
 */
int policy_read(const char *path, struct policy *ret, struct reason *why);

#endif
