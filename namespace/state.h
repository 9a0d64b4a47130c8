/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "state" in the run directory: key=value lines that say what a namespace was made from, for
 * people and userns(1). What the kernel can say it is asked; only for whom the namespace was made,
 * and how long it is to stay, is taken from here.
 */
#ifndef NAMESPACE_STATE_H
#define NAMESPACE_STATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "conf/policy.h"
#include "namespace/maps.h"
#include "namespace/rundir.h"
#include "subid/idfile.h"
#include "util/reason.h"

struct state {
	const char *user; /* as in /etc/subuid: a name, or the uid */
	uid_t uid;
	gid_t gid;
	const struct ns_maps *maps;
	const char *policy; /* the file that was read */
	enum lifetime lifetime;
};

/* What is written. -E2BIG: the maps are too long; -ENOMEM. The caller frees *ret_text. */
int state_format(const struct state *state, char **ret_text);

/* Writes it whole, in the place of whatever is there. The caller holds the lock. */
int state_write(const struct rundir *dir, const struct state *state, struct reason *why);

/* The text of uid's. Errors are those of keyfile_read(). */
int state_read(int dir, uid_t uid, char **ret_text, struct reason *why);

/* The maps in a text. -EINVAL. */
int state_maps(const char *text, struct ns_maps *ret);

/*
 * Writes for whom the namespace was made, as owner_in_files() has it; nothing where there is no
 * state that can be believed. One that cannot is told of by a note, as are errors. The caller holds
 * the lock.
 */
void state_user(const struct rundir *dir, char ret[static ID_OWNER_SIZE], struct reason *why);

/*
 * How long the namespace is to stay, as the last login that made it or found it right has read in
 * the policy. Where there is no such record, or one that is not to be believed, with a note: as
 * policies have it that do not say.
 */
enum lifetime state_lifetime(const struct rundir *dir, struct reason *why);

#endif
