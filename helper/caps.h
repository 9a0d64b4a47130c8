/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The helper's privilege, phase by phase: each function leaves just the capabilities
 * that the work behind it needs. What a phase gave up permanently does not come back, but for
 * caps_for_inspecting() behind caps_for_settling().
 * All return 0 or a negative errno with a reason.
 */
#ifndef HELPER_CAPS_H
#define HELPER_CAPS_H

#include "util/reason.h"

/*
 * First of all: the bounding set and no_new_privs keep everything but what later phases
 * need out of reach for good, and nothing is in force while NSS, libeconf and libsubid read
 * what others wrote. Files are read and written as uid 0, by their modes.
 */
int caps_for_settling(struct reason *why);

/* To look at a pin and at the processes inside: CAP_SYS_ADMIN to enter, CAP_SYS_PTRACE to see. */
int caps_for_inspecting(struct reason *why);

/* To make a namespace: CAP_SETUID and CAP_SETGID to write maps, CAP_SYS_ADMIN to open them. */
int caps_for_creating(struct reason *why);

/*
 * In the child that becomes the owner: CAP_SYS_ADMIN alone, as hardened kernels ask for it at
 * unshare(2). CAP_SETUID and CAP_SETGID have done their work by then.
 */
int caps_for_unsharing(struct reason *why);

/* To mount or unmount a pin: CAP_SYS_ADMIN. */
int caps_for_pinning(struct reason *why);

/* Nothing any more. */
int caps_for_nothing(struct reason *why);

#endif
