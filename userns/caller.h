/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef USERNS_CALLER_H
#define USERNS_CALLER_H

#include <sys/types.h>

/*
 * The ids that the caller has on the host. Inside a namespace, where the caller is root, the
 * environment that "userns exec" has set says them; it can only name a pin that the
 * kernel will then judge. 0, or an exit status after a complaint.
 */
int find_caller(uid_t *ret_uid, gid_t *ret_gid);

#endif
