/* SPDX-License-Identifier: BSD-3-Clause */
/* Ids that others take without telling: see programs.h. */
#include <unistd.h>

#include "subid/programs.h"
#include "util/cleanup.h"

/* By any of these files a program is installed; NULL first: it holds on every host. */
struct program {
	const char *name;
	struct id_range range;
	const char *files[4];
};

static const struct program programs[] = {
	{"the host's own accounts", {0, ID_BLOCK}, {NULL}},
	/* systemd, "Users, Groups, UIDs and GIDs on systemd Systems" */
	{"systemd's foreign ids", {2147352576, 65536}, {NULL}},
	/* Some code takes them for negative; FreeIPA's subids begin there, Apptainer counts down.
	 */
	{"ids of 2^31 and above", {2147483648, ID_LAST - 2147483648 + 1}, {NULL}},
	/* KEP-127: 65536 ids for each of maxPods, 110 by default, from 65536 */
	{"kubelet's pods", {65536, 110 * 65536}, {"/usr/bin/kubelet", "/var/lib/kubelet"}},
	/* Without a line for root in /etc/subuid, both take this. */
	{"Incus's containers", {1000000, 1000000000}, {"/usr/sbin/incusd", "/var/lib/incus"}},
	{"LXD's containers",
	 {1000000, 1000000000},
	 {"/usr/sbin/lxd", "/var/snap/lxd/common/lxd", "/var/lib/lxd"}},
};

static bool applies(const struct program *program)
{
	if (!program->files[0])
		return true;
	for (size_t i = 0; i < COUNT_OF(program->files) && program->files[i]; i++)
		if (access(program->files[i], F_OK) == 0)
			return true;
	return false;
}

bool programs_get(size_t index, const char **ret_name, struct id_range *ret_range)
{
	for (size_t i = 0; i < COUNT_OF(programs); i++) {
		if (!applies(&programs[i]) || index-- > 0)
			continue;
		*ret_name = programs[i].name;
		*ret_range = programs[i].range;
		return true;
	}
	return false;
}

int programs_add(struct id_set *set)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT_OF(programs); i++)
		if (applies(&programs[i]))
			r = id_set_add(set, programs[i].range);
	return r;
}
