/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef NAMESPACE_LIVE_H
#define NAMESPACE_LIVE_H

#include "subid/range.h"
#include "util/reason.h"

/*
 * Adds the ids of this host that live user namespaces map, ours not among them: containers that
 * root starts take ids without telling anybody. An extent that maps ids to themselves is left out,
 * as it takes none. Takes CAP_SYS_PTRACE; sees the processes of its own pid namespace. -errno with
 * a reason when a process cannot be looked at: then it is not known.
 */
int live_maps(struct id_set *uids, struct id_set *gids, struct reason *why);

#endif
