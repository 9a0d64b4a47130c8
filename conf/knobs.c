/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel's settings: see knobs.h. */
#include <errno.h>
#include <stdio.h>

#include "conf/knobs.h"
#include "util/array.h"
#include "util/cleanup.h"

/* In the order in which they are asked. */
static const struct {
	const char *name;
	const char *path;
	unsigned long forbids;
} knobs[] = {
	/* Debian's and Arch's kernels */
	{"kernel.unprivileged_userns_clone", "/proc/sys/kernel/unprivileged_userns_clone", 0},
	{"user.max_user_namespaces", "/proc/sys/user/max_user_namespaces", 0},
	/* AppArmor's: Ubuntu since 23.10, and Linux since 6.7 */
	{"kernel.apparmor_restrict_unprivileged_userns",
	 "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 1},
};

/* Notes what was found; nothing: there is no such knob. */
static bool knob_forbids(size_t index, struct reason *found)
{
	CLEANUP_FILE FILE *file = fopen(knobs[index].path, "re");
	unsigned long value;

	if (!file && errno == ENOENT)
		return false;
	if (!file || fscanf(file, "%lu", &value) != 1) {
		note(found, "%s cannot be read", knobs[index].name);
		return true;
	}
	note(found, "%s = %lu", knobs[index].name, value);
	return value == knobs[index].forbids;
}

bool knobs_forbid_user_namespaces(struct reason *ret)
{
	struct reason all = {.text = ""};

	for (size_t i = 0; i < COUNT_OF(knobs); i++) {
		struct reason one = {.text = ""};

		if (knob_forbids(i, &one)) {
			*ret = one;
			return true;
		}
		if (one.text[0])
			note(&all, "%s", one.text);
	}
	*ret = all;
	return false;
}
