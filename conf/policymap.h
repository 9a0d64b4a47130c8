/* SPDX-License-Identifier: BSD-3-Clause */
/* Maps as a policy writes them. Pure. */
#ifndef CONF_POLICYMAP_H
#define CONF_POLICYMAP_H

#include "conf/policy.h"

/*
 * Reads IN:OUT:COUNT, or several with commas between, in the place of what the map was before.
 * -EINVAL, also for what no kernel takes (user_namespaces(7)): an id in two extents, more than
 * POLICY_EXTENTS_MAX of them, more text than POLICY_MAP_TEXT_MAX. -ENOMEM.
 */
int policy_map_parse(struct slice value, struct policy_map *map);

#endif
