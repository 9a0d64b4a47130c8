/* SPDX-License-Identifier: BSD-3-Clause */
/* What programs find inside: see inside.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "namespace/keyfile.h"
#include "namespace/maps.h"
#include "namespace/rundir.h"
#include "namespace/state.h"
#include "userns/complain.h"
#include "userns/inside.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/exit_status.h"

/* Our newuidmap and newgidmap in front of PATH, once. */
static int set_path(void)
{
	CLEANUP_FREE char *path = NULL;
	const char *old = getenv("PATH");
	size_t length = strlen(USERNS_PROGRAMS);

	if (!old)
		old = "/usr/local/bin:/usr/bin:/bin";
	if (strncmp(old, USERNS_PROGRAMS, length) == 0 &&
	    (old[length] == ':' || old[length] == '\0'))
		return 0;
	if (asprintf(&path, "%s:%s", USERNS_PROGRAMS, old) < 0)
		return -ENOMEM;
	return setenv("PATH", path, 1) < 0 ? -errno : 0;
}

static int set_number(const char *name, uint32_t number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	return setenv(name, text, 1) < 0 ? -errno : 0;
}

/*
 * By these, podman and buildah know that they are a rootless user's, already inside; without
 * them they take themselves for the host's root.
 */
int inside_set_environment(uid_t uid, gid_t gid)
{
	int r;

	r = setenv("_CONTAINERS_USERNS_CONFIGURED", "done", 1) < 0 ? -errno : 0;
	if (r == 0)
		r = set_number(ROOTLESS_UID, uid);
	if (r == 0)
		r = set_number(ROOTLESS_GID, gid);
	if (r == 0)
		r = set_path();
	return r == 0 ? 0 : complain(EXIT_SYSTEM, "cannot set the environment: %s", strerror(-r));
}

/* One side of the namespace, and the file that shows it. */
struct side {
	const char *name;	  /* in /etc */
	const struct id_map *map; /* as /proc/self has it: the host's ids outside */
	uint32_t own;		  /* the user's own id on the host, which takes no line */
};

/* Root's ids are counted as they are inside, the user's as they are on the host. */
static int write_lines(FILE *file, const struct side *side, const char *user)
{
	for (size_t i = 0; i < side->map->count; i++) {
		const struct extent *e = &side->map->extents[i];
		uint32_t zero = e->inside == 0 ? 1 : 0;

		if (e->count > zero)
			fprintf(file, "root:%u:%u\n", e->inside + zero, e->count - zero);
		if (e->count != 1 || e->outside != side->own)
			fprintf(file, "%s:%u:%u\n", user, e->outside, e->count);
	}
	return fflush(file) == 0 ? 0 : -errno;
}

/* In a directory of our own, and from there over the host's. */
static int show_side(const char *directory, const struct side *side, const char *user)
{
	CLEANUP_FILE FILE *file = NULL;
	char source[RUNDIR_PATH_SIZE + 16], target[32];
	int r;

	snprintf(source, sizeof(source), "%s/%s", directory, side->name);
	snprintf(target, sizeof(target), "/etc/%s", side->name);
	/* There is nothing to mount on, and nothing that programs would read. */
	if (access(target, F_OK) < 0)
		return 0;
	file = fopen(source, "we");
	r = file && fchmod(fileno(file), 0644) == 0 ? write_lines(file, side, user) : -errno;
	if (r == 0 && mount(source, target, NULL, MS_BIND, NULL) < 0)
		r = -errno;
	return r;
}

/* The name under which the host has the ranges: the state's, or else the uid. */
static int find_name(uid_t uid, char **ret)
{
	CLEANUP_FREE char *state = NULL;
	CLEANUP_FD int dir = -1;
	struct slice user = {NULL, 0};
	struct reason ignored;
	int r;

	r = rundir_open_to_read(uid, &dir);
	if (r == 0)
		r = state_read(dir, uid, &state, &ignored);
	if (r == 0)
		user = keyfile_find(state, "user");
	if (user.length > 0)
		r = asprintf(ret, "%.*s", (int)user.length, user.text);
	else
		r = asprintf(ret, "%u", uid);
	return r < 0 ? -ENOMEM : 0;
}

/*
 * The directory is the user's run directory, covered for a moment by a file system of ours: what
 * was bound from there stays when it goes. A ramfs is made in a fifth of a tmpfs's time; that it
 * has no size gives nothing that its owner, who can mount one, has not.
 */
static int show_sides(const char *directory, const struct side *sides, size_t count,
		      const char *user)
{
	int r = 0;

	if (mount("userns", directory, "ramfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755") < 0)
		return -errno;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = show_side(directory, &sides[i], user);
	if (umount2(directory, MNT_DETACH) < 0 && r == 0)
		r = -errno;
	return r;
}

int inside_show_ids(uid_t uid, gid_t gid)
{
	CLEANUP_FREE char *user = NULL;
	char directory[RUNDIR_PATH_SIZE];
	struct reason why;
	struct ns_maps maps;
	const struct side sides[] = {{"subuid", &maps.uids, uid}, {"subgid", &maps.gids, gid}};
	int r;

	if (maps_read(getpid(), &maps, &why) < 0)
		return complain(EXIT_SYSTEM, "%s", why.text);
	r = find_name(uid, &user);
	if (r == 0) {
		rundir_path(uid, directory);
		r = show_sides(directory, sides, COUNT_OF(sides), user);
	}
	return r == 0 ? 0
		      : complain(EXIT_SYSTEM, "cannot show the subordinate ids inside: %s",
				 strerror(-r));
}
