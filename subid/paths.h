/* SPDX-License-Identifier: BSD-3-Clause */
/* The files of subordinate ids. Their places are shadow's, and the book's is part of its format. */
#ifndef SUBID_PATHS_H
#define SUBID_PATHS_H

#define BOOK_FILE     "/etc/usernamespaces"
#define SUBUID_FILE   "/etc/subuid"
#define SUBGID_FILE   "/etc/subgid"
#define PASSWD_FILE   "/etc/passwd"
#define GROUP_FILE    "/etc/group"
#define PASSWD_LOCK   "/etc/.pwd.lock"
#define NSSWITCH_FILE "/etc/nsswitch.conf"

#endif
