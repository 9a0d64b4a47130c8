/* SPDX-License-Identifier: BSD-3-Clause */
/* Who a user is, asked anew: see account.h. */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helper/account.h"
#include "helper/deadline.h"
#include "subid/range.h"
#include "util/account.h"

/* shown: what was looked for. */
static enum result_code take(const struct passwd *entry, int error, const char *shown,
			     struct account *ret, struct reason *why)
{
	if (!entry && means_no_such_user(error)) {
		refuse(why, -ENOENT, "there is no user '%s'", shown);
		return RESULT_UNKNOWN_USER;
	}
	if (!entry) {
		refuse_errno(why, -error, "cannot look up the user '%s'", shown);
		return RESULT_FAILED;
	}
	/* "No id" to every system call; and the book would not take such a uid back. */
	if (entry->pw_uid > ID_LAST || entry->pw_gid > ID_LAST) {
		refuse(why, -EINVAL, "the user '%s' has uid %u and gid %u, and %u is no id", shown,
		       entry->pw_uid, entry->pw_gid, UINT32_MAX);
		return RESULT_FAILED;
	}
	/* Libsubid looks users up as well, into the same static entry. */
	ret->name = strdup(entry->pw_name);
	ret->ids = (struct owner){entry->pw_uid, entry->pw_gid};
	if (!ret->name)
		refuse_errno(why, -ENOMEM, "cannot look up the user '%s'", shown);
	return ret->name ? RESULT_READY : RESULT_FAILED;
}

enum result_code account_find(const char *name, struct account *ret, struct reason *why)
{
	const struct passwd *entry;

	deadline_phase("the user's account (NSS)");
	errno = 0;
	entry = getpwnam(name);
	return take(entry, errno, name, ret, why);
}

enum result_code account_find_uid(uid_t uid, struct account *ret, struct reason *why)
{
	const struct passwd *entry;
	char shown[16];

	snprintf(shown, sizeof(shown), "%u", uid);
	deadline_phase("the user's account (NSS)");
	errno = 0;
	entry = getpwuid(uid);
	return take(entry, errno, shown, ret, why);
}

void account_free(struct account *account)
{
	free(account->name);
	account->name = NULL;
}
