/* SPDX-License-Identifier: BSD-3-Clause */
/* The module's arguments in /etc/pam.d: pam_userns(8). */
#ifndef PAM_USERNS_OPTIONS_H
#define PAM_USERNS_OPTIONS_H

#include <security/pam_modules.h>
#include <stdbool.h>

struct options {
	const char *policy;   /* conf=FILE; NULL: the helper's default */
	unsigned int timeout; /* timeout=SECONDS, 1 to 3600 */
	bool debug;	      /* say what is done */
	bool quiet;	      /* say nothing when all is well */
	bool system_users;    /* ask the policy about root and system users as well */
};

/* PAM_SUCCESS; PAM_SESSION_ERR, with a line in the log, for an argument that is wrong. */
int options_parse(pam_handle_t *pamh, int argc, const char **argv, struct options *ret);

#endif
