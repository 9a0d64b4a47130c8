/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The way into the caller's delegated namespace, step by step. Each gives 0, or an exit status
 * after a complaint.
 */
#ifndef USERNS_ENTER_H
#define USERNS_ENTER_H

#include <stdbool.h>
#include <sys/types.h>

#include "namespace/maps.h"

/* Opens the pin of uid's namespace, which anyone may. The caller closes it. */
int enter_open_pin(uid_t uid, int *ret_fd);

/* Reads the maps of the namespace that is pinned for uid, without going there. */
int enter_read_maps(uid_t uid, struct ns_maps *ret);

/* Joins the namespace that is pinned for uid; once more where the caller is in it already. */
int enter_namespace(uid_t uid);

/* Becomes its root; with drop_groups without supplementary groups. */
int enter_become_root(bool drop_groups);

/* Makes a mount namespace: mounts of the host go on appearing inside; none goes out. */
int enter_own_mounts(void);

#endif
