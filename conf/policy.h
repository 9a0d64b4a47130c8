/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The policy, userns.conf(5): what the admin decided about users' namespaces.
 */
#ifndef CONF_POLICY_H
#define CONF_POLICY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "conf/files.h"
#include "conf/section.h"
#include "conf/extent.h"
#include "subid/range.h"
#include "util/reason.h"

enum delegate {
	DELEGATE_AUTO, /* yes, unless the host forbids users to create user namespaces */
	DELEGATE_YES,
	DELEGATE_NO,
};

enum allocate {
	ALLOCATE_NEXT,	 /* the first range that is free */
	ALLOCATE_BY_UID, /* one computed from the uid, the same on every host */
};

enum lifetime {
	LIFETIME_SESSION, /* a namespace goes with the last that uses it */
	LIFETIME_BOOT,	  /* it stays until the host goes down */
};

enum mirror {
	MIRROR_AUTO, /* where libsubid reads the two files */
	MIRROR_YES,
	MIRROR_NO,
};

/* What 0 inside is. */
enum root {
	ROOT_USER,  /* the user's own id */
	ROOT_RANGE, /* the first id of the user's range */
};

/* A whole map. count 0: it is made of root and size. */
struct policy_map {
	struct extent *extents;
	size_t count;
};

/* A line of a policy file that sets a key. */
struct policy_setting {
	const struct policy_key *key; /* conf/keys.h */
	char *value;
	char *section; /* as it stands there, with brackets */
	enum section_kind kind;
	char *file;
	unsigned int line;
	size_t order; /* of the section, among those of its kind that are about the user */
	size_t layer; /* of the file: a later one goes over an earlier one */
};

/*
 * Every line that is about the user, key by key, in the order of conf/keys.h; of a key the one that
 * holds first, and what lost to it behind.
 */
struct policy_settings {
	struct policy_setting *settings;
	size_t count;
	size_t room;
};

struct policy {
	/* [host] */
	struct id_range pool;	/* ids to hand out */
	struct id_set avoid;	/* never handed out */
	struct id_set real_ids; /* where the site's directory puts people and groups */
	enum mirror mirror;	/* copies in /etc/subuid and /etc/subgid */

	/* [default], and the sections that are about the user */
	enum delegate delegate;
	enum allocate allocate;
	enum lifetime lifetime;
	uint32_t size; /* ids per user, at least 1 */
	enum root root;
	bool deny_setgroups;
	char *services; /* PAM services, with blanks between; NULL: all */

	/* [user] */
	struct id_range range;	/* this one and no other, which sets size; count 0: none */
	struct policy_map map;	/* of the uids */
	struct policy_map gids; /* of the gids */

	struct policy_settings settings;
	char *files; /* the paths of all files that were read, a line each; NULL: none */
};

/* What holds without a policy file: pool 524288-1879048191, delegate auto, size 65536, next,
 * lifetime session. */
extern const struct policy policy_defaults;

/* For whom a policy is read. */
struct policy_subject {
	const char *name;
	uid_t uid;
	/*
	 * Is the user in a group: of this name, or with this gid where name is NULL? Asked once for
	 * each [group] section. 1: yes; 0: no, or there is no such group; -errno with a reason: it
	 * is not known.
	 */
	int (*is_in_group)(void *argument, const char *name, gid_t gid, struct reason *why);
	void *argument;
};

/*
 * Reads the policy for a user (NULL: nobody, so [host] and [default] alone). Key by key, [user
 * NAME] goes over the first matching [uid FIRST-LAST] that has it, that over the first matching
 * [group NAME] that has it, and that over [default].
 *
 * path is the main file. The policy that is installed (USERNS_POLICY) has drop-ins and vendor
 * files, any other drop-ins in PATH.d; see conf/files.h. Where there is none of these files,
 * defaults hold; but another than the one that is installed must be there.
 *
 * Any error, with a reason that names file and, where there is one, line, key, value and what was
 * expected: of whatever section, as a mistake does not wait for its user to log in. *ret untouched.
 * policy_free() afterwards.
 */
int policy_read(const char *path, const struct policy_subject *subject, struct policy *ret,
		struct reason *why);

/* The same of files that have been read. */
int policy_resolve(const struct policy_files *files, const struct policy_subject *subject,
		   struct policy *ret, struct reason *why);

/* The line that sets a key. NULL: none does, and the default holds. */
const struct policy_setting *policy_origin(const struct policy *policy, const char *key);

/* Does the policy hold for logins by this PAM service? */
bool policy_has_service(const struct policy *policy, const char *service);

void policy_free(struct policy *policy);

#endif
