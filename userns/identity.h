/* SPDX-License-Identifier: BSD-3-Clause */
/* Who a command is to be inside a namespace, as "--user" says it. */
#ifndef USERNS_IDENTITY_H
#define USERNS_IDENTITY_H

#include <stdbool.h>
#include <sys/types.h>

#include "namespace/maps.h"

struct identity {
	uid_t uid;
	gid_t gid;
	gid_t *groups; /* supplementary ones */
	int group_count;
	bool has_groups; /* else they stay as they are */
};

/*
 * Finds NAME, UID, NAME:GROUP or UID:GID: in the passwd(5) and group(5) below root, or else as NSS
 * has it. As docker(1) and podman(1) do, a uid that nobody has gets gid 0, and where a group is
 * named there are no supplementary ones. 0, or an exit status after a complaint. The groups stay
 * until the command takes our place.
 */
int identity_find(const char *text, const char *root, struct identity *ret);

/* Does the namespace have its ids? 0, or an exit status after a complaint. */
int identity_check(const struct identity *identity, const struct ns_maps *maps);

/*
 * Becomes it, from root of the namespace; supplementary groups that it lacks are left out. 0, or an
 * exit status after a complaint.
 */
int identity_become(const struct identity *identity, const struct ns_maps *maps);

#endif
