/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Delegated user namespaces: making one, and judging one by its descriptor.
 */
#ifndef HELPER_NAMESPACE_H
#define HELPER_NAMESPACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "helper/maps.h"
#include "util/reason.h"

/*
 * Makes a user namespace that uid owns, writes its maps, and verifies owner, parent and maps.
 * The caller has called caps_for_creating(), and closes *ret_fd; the namespace
 * lives as long as it is open, pinned, or has a process in it.
 * -ENOSPC: a limit on user namespaces; -EPERM: the kernel or an LSM forbids it; all with a reason.
 */
int namespace_create(uid_t uid, gid_t gid, const struct ns_maps *maps, int *ret_fd,
		     struct reason *why);

/*
 * Is it a user namespace, owned by uid, right below ours? Works only from the initial
 * user namespace. -EINVAL if not, with a reason.
 */
int namespace_check(int fd, uid_t uid, struct reason *why);

/* Is the descriptor one of a user namespace at all? -EINVAL if not. */
int namespace_check_type(int fd);

/* Its maps, as a guest inside shows them. Takes CAP_SYS_ADMIN in it: root, or the owner outside. */
int namespace_read_maps(int fd, struct ns_maps *ret, struct reason *why);

/*
 * A process in it, or in a namespace below: its pid, 0 when there is none. Takes
 * CAP_SYS_PTRACE, and sees the processes of its own pid namespace.
 */
int namespace_find_process(int fd, pid_t *ret_pid, struct reason *why);

#endif
