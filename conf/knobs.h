/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef CONF_KNOBS_H
#define CONF_KNOBS_H

#include <stdbool.h>

#include "util/reason.h"

/*
 * Does a setting below /proc/sys forbid users to create user namespaces? What is there and cannot
 * be read counts as forbidding. *ret tells which, as sysctl(8) writes it; where none does, all that
 * were looked at.
 */
bool knobs_forbid_user_namespaces(struct reason *ret);

#endif
