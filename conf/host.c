/* SPDX-License-Identifier: BSD-3-Clause */
/* How this host stands: see host.h. */
#include <libeconf.h>
#include <stdio.h>
#include <stdlib.h>

#include "conf/host.h"
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
	for (size_t i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++) {
		CLEANUP_FILE FILE *file = fopen(knobs[i].path, "re");
		unsigned long value;

		/* A kernel without the knob does not forbid by it. */
		if (file && fscanf(file, "%lu", &value) == 1 && value == knobs[i].forbids)
			return knobs[i].name;
	}
	return NULL;
}

unsigned int host_uid_min(const char *login_defs_path)
{
	const unsigned int usual = 1000;
	econf_file *file = NULL;
	uint32_t uid_min = usual;

	if (econf_readFile(&file, login_defs_path, " \t", "#") == ECONF_SUCCESS &&
	    econf_getUIntValue(file, NULL, "UID_MIN", &uid_min) != ECONF_SUCCESS)
		uid_min = usual;
	econf_free(file);
	return uid_min;
}
