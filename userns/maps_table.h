/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef USERNS_MAPS_TABLE_H
#define USERNS_MAPS_TABLE_H

#include "namespace/maps.h"

/* Prints a table of extents to stdout. -ENOMEM, -EIO. */
int print_maps(const struct ns_maps *maps);

#endif
