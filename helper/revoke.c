/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "revoke": takes a user's ranges away, also of one who is gone, and the namespace where nobody
 * uses it. Runs as root; caps.h says with which capabilities.
 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "helper/caps.h"
#include "helper/deadline.h"
#include "helper/ranges.h"
#include "helper/release.h"
#include "helper/verbs.h"
#include "subid/idfile.h"
#include "subid/retire.h"
#include "util/account.h"
#include "util/cleanup.h"
#include "util/parse.h"

/* By name or uid; an account that is gone is known by what was given. */
static int find_retiree(const char *text, char owner[static ID_OWNER_SIZE], struct retiree *ret,
			struct reason *why)
{
	struct passwd *entry;
	uint32_t uid = 0;
	bool is_uid;

	deadline_phase("the user's account (NSS)");
	errno = 0;
	entry = getpwnam(text);
	is_uid = !entry && means_no_such_user(errno) && parse_id(text, &uid) == 0;
	if (is_uid) {
		errno = 0;
		entry = getpwuid(uid);
	}
	if (!entry && !means_no_such_user(errno))
		return refuse_errno(why, -errno, "cannot look up the user '%s'", text);
	if (entry)
		uid = entry->pw_uid;
	else if (!is_uid && strlen(text) >= ID_OWNER_SIZE)
		return refuse(why, -ENOENT, "there is no user, and no range, of that name");
	if (entry)
		owner_in_files(entry->pw_name, uid, owner);
	else
		snprintf(owner, ID_OWNER_SIZE, "%s", text);
	/* No line that we write may have a uid that is no id. */
	*ret = (struct retiree){
		.owner = owner, .has_uid = (entry || is_uid) && uid <= ID_LAST, .uid = uid};
	return 0;
}

/* The namespaces of those whose lines were retired. Capabilities are left for one. */
static int release_all(const struct retiree *who, const struct id_set *owners, struct reason *why)
{
	/* Whatever the policy says: they have no ranges any more. */
	const enum lifetime lifetime = LIFETIME_SESSION;
	const bool any = who->has_uid || owners->count > 0;
	uid_t first = who->has_uid ? who->uid : any ? owners->ranges[0].start : 0;

	for (size_t i = 0; i < owners->count; i++)
		if (owners->ranges[i].start != first)
			note(why, "userns-helper close %u lets go of the namespace of that uid",
			     owners->ranges[i].start);
	return any ? release_namespace(first, NULL, &lifetime, true, why) : 0;
}

static int retire(const struct retiree *who, struct reason *why)
{
	CLEANUP(id_set_free) struct id_set retired = {NULL, 0, 0};
	CLEANUP(id_set_free) struct id_set owners = {NULL, 0, 0};
	int r;

	deadline_phase("shadow's locks in /etc");
	r = retire_ranges(who, &retired, &owners, why);
	if (r < 0)
		return r;
	print_retired(who->owner, &retired, why);
	return release_all(who, &owners, why);
}

void verb_revoke(const struct request *request, struct result *ret)
{
	char owner[ID_OWNER_SIZE];
	struct retiree who;
	struct reason why = {.text = ""};
	int r;

	r = find_retiree(request->operands[0], owner, &who, &why);
	if (r == 0)
		r = retire(&who, &why);
	result_set(ret, result_of(r), &why);
}
