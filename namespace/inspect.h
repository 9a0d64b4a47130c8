/* SPDX-License-Identifier: BSD-3-Clause */
/* Judging a delegated user namespace by its descriptor. */
#ifndef NAMESPACE_INSPECT_H
#define NAMESPACE_INSPECT_H

#include <sys/types.h>

#include "namespace/holder.h"
#include "namespace/maps.h"
#include "util/reason.h"

/*
 * Is it a user namespace, owned by uid, right below ours? Works only from the initial
 * user namespace. -EINVAL if not, or -errno where the kernel does not say; with a reason.
 */
int namespace_check(int fd, uid_t uid, struct reason *why);

/* Is the descriptor one of a user namespace at all? -EINVAL if not, or -errno. */
int namespace_check_type(int fd);

/*
 * Its maps, as a process inside shows them. owner: whose it is, for root, who needs CAP_SETUID and
 * CAP_SETGID to become them; NULL for the owner. With a reason.
 */
int namespace_read_maps(int fd, const struct owner *owner, struct ns_maps *ret, struct reason *why);

#endif
