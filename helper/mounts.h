/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whose mounts the helper sees. A service can have a mount namespace of its own, as systemd gives
 * one to whoever asks for PrivateTmp= or ProtectSystem=. A pin made there is seen by that service's
 * sessions alone, and a /etc that is read-only there cannot record a range.
 */
#ifndef HELPER_MOUNTS_H
#define HELPER_MOUNTS_H

#include "util/reason.h"

/*
 * Goes to the mount namespace of process 1, if it is another one with the same root, the same /etc
 * and the same /run: then the service just sees the host's files in its own way. Where any of these
 * differ, as in a container or a chroot, it stays. Takes CAP_SYS_ADMIN, CAP_SYS_CHROOT and
 * CAP_SYS_PTRACE.
 */
void mounts_join_host(void);

/* Adds a note where the host, or the service that called, does not see the pin at this path. */
void mounts_note_unseen(const char *pin_path, struct reason *why);

#endif
