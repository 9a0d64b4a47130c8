/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SUBID_LITTER_H
#define SUBID_LITTER_H

#include "util/reason.h"

/*
 * Removes what a program that was killed has left beside /etc/subuid, /etc/subgid and the book:
 * lock files of dead processes, and files that were not renamed yet. Where there is something, it
 * waits for shadow's locks. 1: something was removed; 0; -errno with a reason.
 */
int subid_litter_remove(struct reason *why);

#endif
