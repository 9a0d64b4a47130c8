/* SPDX-License-Identifier: BSD-3-Clause */
/* How the verbs are called that userns(1) hands over to the helper: both programs' help say it. */
#ifndef HELPER_USAGE_H
#define HELPER_USAGE_H

#define USAGE_GC	   "userns gc [--config=FILE] [USER|UID]"
#define USAGE_EXPLAIN	   "userns explain [--config=FILE] [--service=NAME] [USER]"
#define USAGE_GRANT	   "userns grant [--config=FILE] [--size=COUNT] USER"
#define USAGE_REVOKE	   "userns revoke USER|UID"
#define USAGE_RESERVE	   "userns reserve NAME RANGE"
#define USAGE_RESERVE_SIZE "userns reserve [--config=FILE] --size=COUNT NAME"
#define USAGE_UNRESERVE	   "userns unreserve NAME [RANGE]"
#define USAGE_RECLAIM	   "userns reclaim [--force | --restart] NAME|UID|START|START:COUNT"

#endif
