/* SPDX-License-Identifier: BSD-3-Clause */
/* How this host stands: see host.h. */
#include <errno.h>
#include <libeconf.h>
#include <stdio.h>
#include <stdlib.h>

#include "conf/host.h"
#include "util/account.h"
#include "util/cleanup.h"

static const struct {
	const char *name;
	const char *path;
	unsigned long forbids;
} knobs[] = {
	/* Debian's and Arch's kernels */
	{"kernel.unprivileged_userns_clone", "/proc/sys/kernel/unprivileged_userns_clone", 0},
	{"user.max_user_namespaces", "/proc/sys/user/max_user_namespaces", 0},
	/* Ubuntu's, since 23.10 */
	{"kernel.apparmor_restrict_unprivileged_userns",
	 "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 1},
};

const char *host_forbids_user_namespaces(void)
{
	for (size_t i = 0; i < COUNT_OF(knobs); i++) {
		CLEANUP_FILE FILE *file = fopen(knobs[i].path, "re");
		unsigned long value;

		/* A kernel without the knob does not forbid by it; one that cannot be read may. */
		if (!file && errno == ENOENT)
			continue;
		if (!file || fscanf(file, "%lu", &value) != 1 || value == knobs[i].forbids)
			return knobs[i].name;
	}
	return NULL;
}

unsigned int host_uid_min(const char *login_defs_path)
{
	econf_file *file = NULL;
	uint32_t uid_min = UID_MIN_USUAL;

	if (econf_readFile(&file, login_defs_path, " \t", "#") == ECONF_SUCCESS &&
	    econf_getUIntValue(file, NULL, "UID_MIN", &uid_min) != ECONF_SUCCESS)
		uid_min = UID_MIN_USUAL;
	econf_free(file);
	return uid_min;
}
