/* SPDX-License-Identifier: BSD-3-Clause */
/* How this host stands to users who create user namespaces; decides "delegate = auto". */
#ifndef CONF_HOST_H
#define CONF_HOST_H

#include <stdbool.h>

#include "util/reason.h"

/*
 * Does this host forbid a user to create user namespaces? By a setting below /proc/sys, or, where
 * SELinux enforces, by the domain that the user logs in to. What is there and cannot be read counts
 * as forbidding. *ret tells which, as sysctl(8) writes it; where none does, all that were looked
 * at.
 */
bool host_forbids_user_namespaces(const char *user, struct reason *ret);

#endif
