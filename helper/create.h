/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HELPER_CREATE_H
#define HELPER_CREATE_H

#include "namespace/holder.h"
#include "namespace/maps.h"
#include "util/reason.h"

/*
 * Makes a user namespace that the owner owns, writes its maps, and verifies owner, parent and maps.
 * The caller has called caps_for_creating(), and closes *ret_fd; the namespace
 * lives as long as it is open, pinned, or has a process in it.
 * -ENOSPC: a limit on user namespaces; -EPERM: the kernel or an LSM forbids it; other -errno of
 * the kernel; all with a reason.
 */
int namespace_create(const struct owner *owner, const struct ns_maps *maps, int *ret_fd,
		     struct reason *why);

#endif
