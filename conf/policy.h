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

enum allocate {
	ALLOCATE_NEXT,	 /* the first range that is free */
	ALLOCATE_BY_UID, /* one computed from the uid, the same on every host */
};

struct policy {
	struct id_range pool; /* [host] pool: ids to hand out */
	struct id_set avoid;  /* [host] avoid: never handed out */
	struct id_set
		real_ids; /* [host] real-ids: where the site's directory puts people and groups */
	enum delegate delegate;
	enum allocate allocate;
	uint32_t size; /* ids per user, at least 1 */
	struct id_range
		range; /* [user] range: this one and no other, which sets size; count 0: none */
};

/* What holds without a policy file: pool 524288-1879048191, delegate auto, size 65536, next. */
extern const struct policy policy_defaults;

/*
 * Reads the policy file for a user (NULL: nobody): [user NAME] over [default]; without the file,
 * defaults hold.
 * The file is judged and read by one descriptor: it must be a regular file of root's, writable for
 * nobody else, up to 1 MiB. Any error, with a reason that names file and, where there is one, line
 * and key; *ret untouched. policy_free() afterwards.
 */
int policy_read(const char *path, const char *user, struct policy *ret, struct reason *why);

void policy_free(struct policy *policy);

#endif
