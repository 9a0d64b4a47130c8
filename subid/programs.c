/* SPDX-License-Identifier: BSD-3-Clause */
/* Ids that others take without telling: see programs.h. */
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "subid/programs.h"
#include "util/array.h"
#include "util/cleanup.h"

/* By any of these files a program is installed; NULL first: it holds on every host. */
struct program {
	const char *name;
	struct id_range range;
	const char *files[4];
	bool (*is_to_come)(void); /* NULL: as soon as it is installed */
};

/* Does a text name the setting, and its value behind a colon? Enough of JSON for a key. */
static bool has_setting(const char *text, const char *key, const char *value)
{
	for (const char *at = strstr(text, key); at; at = strstr(at, key)) {
		at += strlen(key);
		at += strspn(at, " \t\n\r");
		if (*at != ':')
			continue;
		at++;
		at += strspn(at, " \t\n\r");
		if (strncmp(at, value, strlen(value)) == 0)
			return true;
	}
	return false;
}

/* It takes them at its first start with that setting; from then on subuid(5) has its line. */
static bool docker_will_remap(void)
{
	CLEANUP_FILE FILE *file = fopen("/etc/docker/daemon.json", "re");
	char text[65536];
	size_t length;

	if (!file || getpwnam("dockremap"))
		return false;
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	return has_setting(text, "\"userns-remap\"", "\"default\"");
}

static const struct program programs[] = {
	{.name = "the host's own accounts", .range = {0, ID_BLOCK}},
	/* systemd, "Users, Groups, UIDs and GIDs on systemd Systems" */
	{.name = "systemd's foreign ids", .range = {2147352576, 65536}},
	/* Negative to some code; FreeIPA's subids begin there, Apptainer counts down. */
	{.name = "ids of 2^31 and above", .range = {2147483648, ID_LAST - 2147483648 + 1}},
	/* KEP-127: 65536 ids for each of maxPods, 110 by default, from 65536 */
	{.name = "kubelet's pods",
	 .range = {65536, 110 * 65536},
	 .files = {"/usr/bin/kubelet", "/var/lib/kubelet"}},
	/* Without a line for root in /etc/subuid, both take this. */
	{.name = "Incus's containers",
	 .range = {1000000, 1000000000},
	 .files = {"/usr/sbin/incusd", "/var/lib/incus"}},
	{.name = "LXD's containers",
	 .range = {1000000, 1000000000},
	 .files = {"/usr/sbin/lxd", "/var/snap/lxd/common/lxd", "/var/lib/lxd"}},
	/* The first from 100000 that subuid(5) has not given, by a test that misses some lines. */
	{.name = "Docker's dockremap",
	 .range = {100000, 65536},
	 .files = {"/usr/bin/dockerd", "/usr/sbin/dockerd"},
	 .is_to_come = docker_will_remap},
};

static bool applies(const struct program *program)
{
	if (!program->files[0])
		return true;
	for (size_t i = 0; i < COUNT_OF(program->files) && program->files[i]; i++)
		if (access(program->files[i], F_OK) == 0)
			return !program->is_to_come || program->is_to_come();
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
