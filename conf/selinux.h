/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef CONF_SELINUX_H
#define CONF_SELINUX_H

#include <stdbool.h>

#include "util/reason.h"

/*
 * Does SELinux forbid user namespaces to the domain that this user logs in to? Its policy rules
 * that by the class user_namespace since Linux 6.1; where it does not enforce, or has no such
 * class, it forbids nothing. Notes what was found, and nothing where SELinux is not enabled. A
 * question without an answer counts as forbidding.
 */
bool selinux_forbids_user_namespaces(const char *user, struct reason *found);

#endif
