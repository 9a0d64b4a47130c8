/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "state" in the run directory: key=value lines that say what a namespace was made from, for
 * people and userns(1). Decisions never hang on it: the kernel is asked instead.
 */
#ifndef NAMESPACE_STATE_H
#define NAMESPACE_STATE_H

#include <sys/types.h>

#include "namespace/maps.h"
#include "namespace/rundir.h"
#include "util/parse.h"
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

/* A value in the text of a state. text is NULL when there is no such key. */
struct slice state_find(const char *text, const char *key);

#endif
