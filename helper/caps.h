/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The helper's privilege, phase by phase: each function leaves in force just the capabilities
 * that the work behind it needs. Permitted sets only shrink; caps_for_settling() leaves
 * what later phases raise.
 * All return 0 or a negative errno with a reason.
 */
#ifndef HELPER_CAPS_H
#define HELPER_CAPS_H

#include "util/reason.h"

/*
 * First of all: the bounding set and no_new_privs keep everything but what later phases
 * need out of reach for good, and nothing is in force while NSS, libeconf and libsubid read
 * what others wrote, but CAP_CHOWN: a file that is replaced keeps its group.
 * Files are read and written as uid 0, by their modes.
 */
int caps_for_settling(struct reason *why);

/*
 * Instead of it, for "reclaim", which later needs to read every directory: as well
 * CAP_DAC_READ_SEARCH in reach. Then, to walk: that, CAP_SYS_PTRACE to see processes,
 * CAP_SYS_ADMIN to see what lies below mounts, CAP_SETUID and CAP_SETGID for the holder that reads
 * the maps of pins and of what else is held. caps_resume_settling() gives the first up for good.
 */
int caps_before_walking(struct reason *why);
int caps_for_walking(struct reason *why);

/*
 * Within settling: to look at the namespaces of other processes, CAP_SYS_PTRACE; and back.
 */
int caps_for_surveying(struct reason *why);
int caps_resume_settling(struct reason *why);

/*
 * To look at sessions, a pin and the processes inside: CAP_SYS_PTRACE to see them (under hidepid=
 * that takes it for any process), CAP_SETUID and CAP_SETGID for the holder that reads the
 * pin's maps and becomes its owner before it joins.
 */
int caps_for_inspecting(struct reason *why);

/* To make a namespace: also CAP_SYS_ADMIN, to write its maps. */
int caps_for_creating(struct reason *why);

/*
 * In the child that becomes the owner: CAP_SYS_ADMIN alone, as hardened kernels ask for it at
 * unshare(2). CAP_SETUID and CAP_SETGID have done their work by then.
 */
int caps_for_unsharing(struct reason *why);

/* To mount or unmount a pin: CAP_SYS_ADMIN. */
int caps_for_pinning(struct reason *why);

/* Nothing: for the process that only waits. */
int caps_for_nothing(struct reason *why);

#endif
