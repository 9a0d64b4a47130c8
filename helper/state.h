/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "state" in the run directory: key=value lines that say what a namespace was made from, for
 * people and userns(1). Decisions never hang on it: the kernel is asked instead.
 */
#ifndef HELPER_STATE_H
#define HELPER_STATE_H

#include <sys/types.h>

#include "helper/maps.h"
#include "helper/rundir.h"
#include "util/reason.h"

struct state {
	const char *user; /* as in /etc/subuid: a name, or the uid */
	uid_t uid;
	gid_t gid;
	const struct ns_maps *maps;
	const char *policy; /* the file that was read */
};

/* Writes it whole, in the place of an older one. The caller holds the lock. */
int state_write(const struct rundir *dir, const struct state *state, struct reason *why);

/*
 * A value of the state in a run directory's text: *ret_length bytes in it. NULL: no such key.
 */
const char *state_find(const char *text, const char *key, size_t *ret_length);

#endif
