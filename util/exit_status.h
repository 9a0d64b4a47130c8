/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef UTIL_EXIT_STATUS_H
#define UTIL_EXIT_STATUS_H

/* What userns(1) and userns-helper(8) end with. */
enum exit_status {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1,   /* refused, or something was found */
	EXIT_USAGE = 2,	    /* wrong usage */
	EXIT_TRY_AGAIN = 3, /* locked, or not done in time */
	EXIT_SYSTEM = 4,    /* a system error */
};

#endif
