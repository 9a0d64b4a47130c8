/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef USERNS_NEXT_H
#define USERNS_NEXT_H

#include "namespace/maps.h"
#include "util/reason.h"

/* What a login that finds the user's namespace idle would give. */
struct next_login {
	char *state; /* as it would be written, state.h */
	struct ns_maps maps;
};

/*
 * Asks userns-helper, by the code of a login. 0; -ENODATA: a login would give no namespace; other
 * -errno: it is not known; with a reason. next_login_free() afterwards.
 */
int next_login_ask(const char *user, struct next_login *ret, struct reason *why);

void next_login_free(struct next_login *next);

#endif
