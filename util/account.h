/* SPDX-License-Identifier: BSD-3-Clause */
/* Who is a person, by the rules that the module and the helper share. */
#ifndef UTIL_ACCOUNT_H
#define UTIL_ACCOUNT_H

#include <errno.h>
#include <stdbool.h>
#include <sys/types.h>

#define LOGIN_DEFS "/etc/login.defs"

/* UID_MIN where login.defs(5) does not say. */
#define UID_MIN_USUAL 1000u

/* How long a helper may take, in seconds. */
#define TIMEOUT_MAX 3600u

/* Processes of anybody run as nobody, and the second is the "no id" of 16 bits. */
static inline bool is_nobody(uid_t uid)
{
	return uid == 65534 || uid == 65535;
}

/*
 * root, accounts below UID_MIN, nobody, and the "no id" of 16 bits. Root also where UID_MIN is 0:
 * its ids are the host's.
 */
static inline bool is_system_account(uid_t uid, uid_t uid_min)
{
	return uid == 0 || uid < uid_min || is_nobody(uid);
}

/*
 * After getpwnam() gave NULL: does its errno say that there is no such user? getpwnam(3) lists
 * these; any other says that the answer is not known, as when a directory is down.
 */
static inline bool means_no_such_user(int error)
{
	return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

#endif
