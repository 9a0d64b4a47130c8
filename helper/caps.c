/* SPDX-License-Identifier: BSD-3-Clause */
/* The helper's privilege, phase by phase: see caps.h. */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include "helper/caps.h"
#include "util/array.h"
#include "util/cleanup.h"

static const cap_value_t needed[] = {CAP_CHOWN, CAP_SETUID, CAP_SETGID, CAP_SYS_PTRACE,
				     CAP_SYS_ADMIN};
static const cap_value_t reclaiming[] = {CAP_CHOWN,	 CAP_SETUID,	CAP_SETGID,
					 CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_DAC_READ_SEARCH};
static const cap_value_t walking[] = {CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE, CAP_SYS_ADMIN,
				      CAP_SETUID, CAP_SETGID};
static const cap_value_t settling[] = {CAP_CHOWN};
static const cap_value_t surveying[] = {CAP_SYS_PTRACE};
static const cap_value_t creating[] = {CAP_SETUID, CAP_SETGID, CAP_SYS_PTRACE, CAP_SYS_ADMIN};
static const cap_value_t inspecting[] = {CAP_SETUID, CAP_SETGID, CAP_SYS_PTRACE};
static const cap_value_t admin[] = {CAP_SYS_ADMIN};

/* libcap counts in int. */
#define COUNT(list) ((int)COUNT_OF(list))

static void cleanup_cap(cap_t *caps)
{
	if (*caps)
		cap_free(*caps);
}

/* The process's capabilities become these; the inheritable set is empty. */
static int set_caps(int permitted_count, const cap_value_t *permitted, int effective_count,
		    const cap_value_t *effective, struct reason *why)
{
	CLEANUP(cleanup_cap) cap_t caps = cap_init();

	if (!caps ||
	    (permitted_count > 0 &&
	     cap_set_flag(caps, CAP_PERMITTED, permitted_count, permitted, CAP_SET) < 0) ||
	    (effective_count > 0 &&
	     cap_set_flag(caps, CAP_EFFECTIVE, effective_count, effective, CAP_SET) < 0) ||
	    cap_set_proc(caps) < 0)
		return refuse_errno(why, -errno, "cannot set the helper's capabilities");
	return 0;
}

static bool is_in(cap_value_t cap, int count, const cap_value_t *list)
{
	for (int i = 0; i < count; i++)
		if (list[i] == cap)
			return true;
	return false;
}

/* Out of the bounding set, so that not even a program run by mistake as uid 0 has them. */
static int bound(int count, const cap_value_t *kept, struct reason *why)
{
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++) {
		if (is_in(cap, count, kept) || cap_get_bound(cap) == 0)
			continue;
		if (cap_drop_bound(cap) < 0)
			return refuse_errno(why, -errno, "cannot bound the helper's capabilities");
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return refuse_errno(why, -errno, "cannot set no_new_privs");
	if (cap_reset_ambient() < 0)
		return refuse_errno(why, -errno, "cannot clear ambient capabilities");
	return 0;
}

int caps_for_settling(struct reason *why)
{
	int r;

	r = bound(COUNT(needed), needed, why);
	return r < 0 ? r : caps_resume_settling(why);
}

int caps_before_walking(struct reason *why)
{
	int r;

	r = bound(COUNT(reclaiming), reclaiming, why);
	return r < 0 ? r : set_caps(COUNT(reclaiming), reclaiming, COUNT(settling), settling, why);
}

int caps_for_walking(struct reason *why)
{
	return set_caps(COUNT(reclaiming), reclaiming, COUNT(walking), walking, why);
}

int caps_for_surveying(struct reason *why)
{
	return set_caps(COUNT(needed), needed, COUNT(surveying), surveying, why);
}

int caps_resume_settling(struct reason *why)
{
	return set_caps(COUNT(needed), needed, COUNT(settling), settling, why);
}

int caps_for_inspecting(struct reason *why)
{
	return set_caps(COUNT(creating), creating, COUNT(inspecting), inspecting, why);
}

int caps_for_creating(struct reason *why)
{
	return set_caps(COUNT(creating), creating, COUNT(creating), creating, why);
}

int caps_for_unsharing(struct reason *why)
{
	return set_caps(COUNT(admin), admin, COUNT(admin), admin, why);
}

int caps_for_pinning(struct reason *why)
{
	return set_caps(COUNT(admin), admin, COUNT(admin), admin, why);
}

int caps_for_nothing(struct reason *why)
{
	return set_caps(0, NULL, 0, NULL, why);
}
