/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Starting userns-helper from a login process: whatever that process has done to its
 * signals, descriptors and children, it is as before when this returns.
 */
#ifndef PAM_USERNS_START_H
#define PAM_USERNS_START_H

#include "helper/result.h"

/*
 * Runs the helper with these arguments (argv[0] and HELPER_RESULT_OPTION among them), and waits
 * for its record, no longer than timeout seconds from now; after that the helper is killed.
 * 0, and *ret checked: version, code, and terminated strings.
 * -errno if it could not be started; -ETIMEDOUT; -EPROTO: what came is no record of ours;
 * -ECHILD: it ended without any, *ret_status as wait(2) gives it, or -1 where a
 * process that ignores or reaps its children took that.
 */
int helper_run(const char *const argv[], unsigned int timeout, struct result *ret, int *ret_status);

#endif
