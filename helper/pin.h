/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pin: a bind mount of a user namespace on the file "user" of a run directory, which
 * keeps it with no process in it. The caller holds the directory's lock.
 */
#ifndef HELPER_PIN_H
#define HELPER_PIN_H

#include "namespace/rundir.h"
#include "util/reason.h"

/*
 * Opens the namespace that is pinned and checks that it is the user's. -ENOENT: nothing is
 * pinned; -EEXIST: something else is there, which is not touched, with a reason.
 */
int pin_open(const struct rundir *dir, int *ret_fd, struct reason *why);

/* Pins a namespace where nothing is pinned. Takes CAP_SYS_ADMIN. */
int pin_attach(const struct rundir *dir, int namespace_fd, struct reason *why);

/* Unpins what pin_open() has found, at once for everybody who has not opened it. CAP_SYS_ADMIN. */
int pin_detach(const struct rundir *dir, struct reason *why);

#endif
