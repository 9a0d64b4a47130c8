/* SPDX-License-Identifier: BSD-3-Clause */
/* Who a user is, asked anew: see account.h. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "helper/account.h"
#include "helper/deadline.h"
#include "util/account.h"

enum result_code account_find(const char *name, struct account *ret, struct reason *why)
{
	struct passwd *entry;

	deadline_phase("the user's account (NSS)");
	errno = 0;
	entry = getpwnam(name);
	if (!entry && means_no_such_user(errno)) {
		refuse(why, -ENOENT, "there is no user '%s'", name);
		return RESULT_UNKNOWN_USER;
	}
	if (!entry) {
		refuse_errno(why, -errno, "cannot look up the user '%s'", name);
		return RESULT_FAILED;
	}
	/* Libsubid looks users up as well, into the same static entry. */
	ret->name = strdup(entry->pw_name);
	ret->ids = (struct owner){entry->pw_uid, entry->pw_gid};
	if (!ret->name)
		refuse_errno(why, -ENOMEM, "cannot look up the user '%s'", name);
	return ret->name ? RESULT_READY : RESULT_FAILED;
}

void account_free(struct account *account)
{
	free(account->name);
	account->name = NULL;
}
