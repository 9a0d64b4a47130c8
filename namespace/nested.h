/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Making a user namespace right below ours, by who may write its maps: root of ours. No process
 * can write its own, so it takes another one.
 */
#ifndef NAMESPACE_NESTED_H
#define NAMESPACE_NESTED_H

#include <sys/types.h>

#include "namespace/maps.h"
#include "util/reason.h"

/*
 * As fork(2), but the child is in a new user namespace, and goes on when the maps are written. Its
 * raise(3) does not work, as the C library takes it for its parent. Gives the pid, 0 in the child;
 * -errno, -EPERM and -ENOSPC only where the kernel makes no namespace; with a reason.
 */
pid_t nested_fork(const struct ns_maps *maps, struct reason *why);

/* Makes one and joins it. Errors as above. */
int nested_join(const struct ns_maps *maps, struct reason *why);

#endif
