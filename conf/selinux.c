/* SPDX-License-Identifier: BSD-3-Clause */
/* What SELinux lets a user do: see selinux.h. */
#include <selinux/get_context_list.h>
#include <selinux/selinux.h>

#include "conf/selinux.h"
#include "util/cleanup.h"

static void cleanup_context(char **context)
{
	freecon(*context);
}

/* The context of the user's shell, as pam_selinux(8) finds it. The caller has freecon(). */
static int find_context(const char *user, char **ret)
{
	CLEANUP_FREE char *selinux_user = NULL;
	CLEANUP_FREE char *level = NULL;

	if (getseuserbyname(user, &selinux_user, &level) < 0 ||
	    get_default_context_with_level(selinux_user, level, NULL, ret) < 0)
		return -EIO;
	return 0;
}

/* May it? 1 or 0; -EIO: it is not known. */
static int may_create(const char *context, security_class_t class)
{
	access_vector_t create = string_to_av_perm(class, "create");
	struct av_decision decision;

	if (!create || security_compute_av_flags(context, context, class, create, &decision) < 0)
		return -EIO;
	return (decision.allowed & create) || (decision.flags & SELINUX_AVD_FLAGS_PERMISSIVE);
}

bool selinux_forbids_user_namespaces(const char *user, struct reason *found)
{
	CLEANUP(cleanup_context) char *context = NULL;
	security_class_t class;
	int r;

	if (is_selinux_enabled() <= 0)
		return false;
	if (security_getenforce() == 0) {
		note(found, "SELinux does not enforce");
		return false;
	}
	class = string_to_security_class("user_namespace");
	if (!class) {
		note(found, "SELinux's policy does not rule user namespaces");
		return false;
	}
	r = find_context(user, &context);
	if (r == 0)
		r = may_create(context, class);
	note(found, "SELinux: user_namespace create %s for %s",
	     r == 1   ? "allowed"
	     : r == 0 ? "denied"
		      : "not known",
	     context ? context : "the user's domain");
	return r != 1;
}
