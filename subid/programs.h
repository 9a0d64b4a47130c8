/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ids that others take without a line in /etc/subuid: those that are always kept off, and those of
 * programs that are installed on this host.
 */
#ifndef SUBID_PROGRAMS_H
#define SUBID_PROGRAMS_H

#include <stdbool.h>

#include "subid/range.h"

/* Adds them. -ENOMEM. Looks whether the programs are installed. */
int programs_add(struct id_set *set);

/* Walks over the same: gives the index-th that applies here. False: there are no more. */
bool programs_get(size_t index, const char **ret_name, struct id_range *ret_range);

#endif
