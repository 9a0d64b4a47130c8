/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SUBID_NSSWITCH_H
#define SUBID_NSSWITCH_H

#include "util/reason.h"

/*
 * Where libsubid looks on this host: nsswitch.conf(5) can name one other source for "subid" than
 * /etc/subuid and /etc/subgid. *ret_source is the caller's to free, NULL for the files.
 * -errno with a reason.
 */
int nsswitch_subid_source(const char *nsswitch_path, char **ret_source, struct reason *why);

#endif
