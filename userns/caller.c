/* SPDX-License-Identifier: BSD-3-Clause */
/* Who calls userns(1): see caller.h. */
#include <stdlib.h>
#include <unistd.h>

#include "userns/caller.h"
#include "userns/complain.h"
#include "userns/inside.h"
#include "util/exit_status.h"
#include "util/parse.h"
#include "util/userns.h"

int find_caller(uid_t *ret_uid, gid_t *ret_gid)
{
	const char *uid = getenv(ROOTLESS_UID);
	const char *gid = getenv(ROOTLESS_GID);
	uint32_t uid_number, gid_number;

	if (in_initial_user_namespace() == 1 || !uid || !gid) {
		*ret_uid = getuid();
		*ret_gid = getgid();
		return 0;
	}
	if (parse_id(uid, &uid_number) < 0 || parse_id(gid, &gid_number) < 0)
		return complain(EXIT_REFUSED, ROOTLESS_UID " or " ROOTLESS_GID " is no id");
	*ret_uid = uid_number;
	*ret_gid = gid_number;
	return 0;
}
