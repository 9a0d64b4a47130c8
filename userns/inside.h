/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What programs find inside that they look for: an environment that says where they are, a
 * newuidmap and newgidmap that work, and the subordinate ids as they are there. All of it is seen
 * by the command and what it starts, and by nobody outside.
 */
#ifndef USERNS_INSIDE_H
#define USERNS_INSIDE_H

#include <sys/types.h>

/* The variables that say the ids on the host; podman and buildah look for them too. */
#define ROOTLESS_UID "_CONTAINERS_ROOTLESS_UID"
#define ROOTLESS_GID "_CONTAINERS_ROOTLESS_GID"

/* For a command of the user with these ids on the host. 0, or an exit status after a complaint. */
int inside_set_environment(uid_t uid, gid_t gid);

/*
 * Puts files in the places of /etc/subuid and /etc/subgid, where there are such: root inside has
 * all ids but 0, and the user has what the host says. Takes a mount namespace of one's own, whose
 * root one is. 0, or an exit status after a complaint.
 */
int inside_show_ids(uid_t uid, gid_t gid);

#endif
