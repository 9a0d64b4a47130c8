/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef CONF_LOGIN_DEFS_H
#define CONF_LOGIN_DEFS_H

/* The lowest uid of a person: UID_MIN of login.defs(5), 1000 where that does not say. */
unsigned int login_defs_uid_min(const char *path);

#endif
