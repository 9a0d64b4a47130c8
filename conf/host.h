/* SPDX-License-Identifier: BSD-3-Clause */
/* How this host stands to users who create user namespaces; decides "delegate = auto". */
#ifndef CONF_HOST_H
#define CONF_HOST_H

/*
 * The setting below /proc/sys by which this host forbids users to create user namespaces,
 * as sysctl(8) names it, or one that cannot be read; NULL when none does.
 */
const char *host_forbids_user_namespaces(void);

/* The lowest uid of a person: UID_MIN of login.defs(5), 1000 where that does not say. */
unsigned int host_uid_min(const char *login_defs_path);

#endif
