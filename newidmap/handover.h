/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NEWIDMAP_HANDOVER_H
#define NEWIDMAP_HANDOVER_H

/*
 * Becomes the first program of that name in PATH that is not this one: shadow's, as a rule. Comes
 * back only after a complaint, with an exit status.
 */
int hand_over(const char *name, char **argv);

#endif
