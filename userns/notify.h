/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef USERNS_NOTIFY_H
#define USERNS_NOTIFY_H

/*
 * Tells the service manager, if there is one, as sd_notify(3) does; the protocol is stable by
 * systemd's interface promise. Whether it listens changes nothing for us.
 */
void notify_manager(const char *message);

#endif
