/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HELPER_MAPPED_H
#define HELPER_MAPPED_H

#include "subid/range.h"
#include "util/reason.h"

/*
 * Does a user namespace map any of these ids? One with a process in it, or one that is pinned, or
 * that a process holds open or sees mounted: who may enter it has power over whoever is given the
 * ids next. 1: yes, with a note that says which; 0; -errno with a reason: it is not known. Takes
 * caps_for_walking().
 */
int ids_are_mapped(struct id_range uids, struct id_range gids, struct reason *why);

#endif
