/* SPDX-License-Identifier: BSD-3-Clause */
/* Maps as a policy writes them. Pure. */
#ifndef CONF_POLICYMAP_H
#define CONF_POLICYMAP_H

#include "conf/policy.h"

/*
 * Reads IN:OUT:COUNT, or several with commas between, in the place of what the map was before.
 * -EINVAL, also for what no kernel takes (conf/extent.h): an id in two extents, too many of them,
 * or too much text. -ENOMEM.
 */
int policy_map_parse(struct slice value, struct policy_map *map);

#endif
