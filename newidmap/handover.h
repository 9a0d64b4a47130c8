/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NEWIDMAP_HANDOVER_H
#define NEWIDMAP_HANDOVER_H

/*
 * Becomes the next program of that name in PATH, behind this one if it is there: shadow's, as a
 * rule. Comes back only after a complaint, with an exit status.
 */
int hand_over(const char *name, char **argv);

#endif
