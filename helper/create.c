/* SPDX-License-Identifier: BSD-3-Clause */
/* Making a delegated user namespace: see create.h. Runs as root. */

#include "helper/caps.h"
#include "helper/create.h"
#include "namespace/inspect.h"
#include "util/cleanup.h"

static int verify(const struct holder *holder, uid_t uid, const struct ns_maps *wanted,
		  struct reason *why)
{
	struct ns_maps written;
	int r;

	r = namespace_check(holder->user_namespace, uid, why);
	if (r == 0)
		r = maps_read(holder->pid, &written, why);
	if (r == 0 && !maps_equal(&written, wanted))
		r = refuse(why, -EIO, "the kernel shows other id maps than were written");
	return r;
}

int namespace_create(const struct owner *owner, const struct ns_maps *maps, int *ret_fd,
		     struct reason *why)
{
	CLEANUP(holder_end) struct holder holder = HOLDER_INIT;
	const struct holder_task task = {.owner = owner, .join = -1, .prepare = caps_for_unsharing};
	int r;

	r = holder_start(&task, &holder, why);
	if (r == 0)
		r = maps_write(holder.pid, maps, why);
	if (r == 0)
		r = verify(&holder, owner->uid, maps, why);
	if (r == 0)
		*ret_fd = TAKE_FD(holder.user_namespace);
	return r;
}
