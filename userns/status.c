/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "userns status": a user's delegated namespace, its maps as the kernel has them where the caller
 * may enter it, its sessions, and the policy that made it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "namespace/inspect.h"
#include "namespace/rundir.h"
#include "namespace/sessions.h"
#include "namespace/state.h"
#include "userns/caller.h"
#include "userns/complain.h"
#include "userns/maps_table.h"
#include "userns/verbs.h"
#include "util/cleanup.h"
#include "util/file.h"
#include "util/parse.h"

#define STATE_MAX 65536

static int find_user(int argc, char **argv, uid_t *ret_uid)
{
	struct passwd *entry;
	gid_t gid;

	if (argc > 2)
		return complain(EXIT_USAGE, "status takes one user at most; see userns --help");
	if (argc < 2)
		return find_caller(ret_uid, &gid);
	errno = 0;
	entry = getpwnam(argv[1]);
	if (entry) {
		*ret_uid = entry->pw_uid;
		return 0;
	}
	if (parse_id(argv[1], ret_uid) == 0)
		return 0;
	return complain(EXIT_REFUSED, "there is no user '%s'", argv[1]);
}

/* A map as the state has it, with commas for newlines. */
static int parse_state_map(const char *text, const char *key, struct id_map *ret)
{
	CLEANUP_FREE char *map = NULL;
	struct slice value = state_find(text, key);

	if (!value.text)
		return -EINVAL;
	map = strndup(value.text, value.length);
	if (!map)
		return -ENOMEM;
	for (char *c = map; *c; c++)
		if (*c == ',')
			*c = '\n';
	return map_parse(map, ret);
}

static int maps_of_state(const char *text, struct ns_maps *ret)
{
	int r;

	ret->setgroups = slice_equals(state_find(text, "setgroups"), "allow");
	r = parse_state_map(text, "uid_map", &ret->uids);
	if (r == 0)
		r = parse_state_map(text, "gid_map", &ret->gids);
	return r;
}

static void print_sessions(int dir)
{
	CLEANUP_DIR DIR *listing = NULL;
	struct dirent *entry;
	int fd;

	printf("%-10s", "sessions:");
	fd = openat(dir, SESSIONS_NAME, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	listing = fd >= 0 ? fdopendir(fd) : NULL;
	while (listing && (entry = readdir(listing))) {
		struct session_id session;

		if (session_is_live(entry->d_name, &session))
			printf(" %d", session.pid);
	}
	putchar('\n');
}

static void print_value(const char *label, const char *state, const char *key)
{
	struct slice value = state_find(state, key);

	if (value.text)
		printf("%-10s %.*s\n", label, (int)value.length, value.text);
}

/* *ret_text is empty where there is no state. */
static int read_state(int dir, char **ret_text)
{
	CLEANUP_FD int fd = -1;
	size_t length;

	fd = openat(dir, STATE_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT) {
		*ret_text = strdup("");
		return *ret_text ? 0 : -ENOMEM;
	}
	return fd < 0 ? -errno : file_read(fd, STATE_MAX, ret_text, &length);
}

static int print_status(int dir, int pin, const char *path)
{
	CLEANUP_FREE char *state = NULL;
	struct reason why = {.text = ""};
	struct ns_maps maps;
	bool from_kernel;
	int r;

	r = read_state(dir, &state);
	if (r < 0)
		return complain(EXIT_SYSTEM, "cannot read the state beside %s: %s", path,
				strerror(-r));
	from_kernel = namespace_read_maps(pin, NULL, &maps, &why) == 0;
	r = from_kernel ? 0 : maps_of_state(state, &maps);
	if (r < 0)
		return complain(EXIT_REFUSED, "cannot read the maps of %s: %s", path, why.text);
	printf("%-10s %s\n", "namespace:", path);
	print_value("user:", state, "user");
	print_value("policy:", state, "policy");
	printf("%-10s %s\n", "setgroups:", maps.setgroups ? "allow" : "deny");
	print_sessions(dir);
	printf("maps, as %s:\n", from_kernel ? "the kernel has them" : "they were written");
	r = print_maps(&maps);
	return r == 0 ? EXIT_DONE : complain(EXIT_SYSTEM, "cannot print: %s", strerror(-r));
}

int verb_status(int argc, char **argv)
{
	CLEANUP_FD int dir = -1;
	CLEANUP_FD int pin = -1;
	char path[RUNDIR_PATH_SIZE];
	uid_t uid;
	int status, r;

	status = find_user(argc, argv, &uid);
	if (status != 0)
		return status;
	rundir_pin_path(uid, path);
	r = rundir_open_to_read(uid, &dir);
	if (r < 0 && r != -ENOENT)
		return complain(EXIT_SYSTEM, "cannot open the directory of %s: %s", path,
				strerror(-r));
	if (r == 0)
		pin = openat(dir, PIN_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (pin < 0 || namespace_check_type(pin) < 0)
		return complain(EXIT_REFUSED, "uid %u has no namespace; one is made at login", uid);
	return print_status(dir, pin, path);
}
