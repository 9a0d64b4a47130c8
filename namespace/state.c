/* SPDX-License-Identifier: BSD-3-Clause */
/* What a namespace was made from: see state.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "namespace/keyfile.h"
#include "namespace/state.h"
#include "util/cleanup.h"
#include "util/file.h"

#define LAST_KEY "lifetime"

#define STATE_FORMAT                                                                               \
	"version=" KEYFILE_VERSION "\n"                                                            \
	"user=%s\n"                                                                                \
	"uid=%u\n"                                                                                 \
	"gid=%u\n"                                                                                 \
	"uid_map=%s\n"                                                                             \
	"gid_map=%s\n"                                                                             \
	"setgroups=%s\n"                                                                           \
	"policy=%s\n" LAST_KEY "=%s\n"

/* As userns.conf(5) has them. */
static const char *const lifetimes[] = {[LIFETIME_SESSION] = "session", [LIFETIME_BOOT] = "boot"};

int state_format(const struct state *state, char **ret_text)
{
	char uid_map[MAP_TEXT_SIZE], gid_map[MAP_TEXT_SIZE];
	char *text;
	int r;

	r = map_format(&state->maps->uids, ',', uid_map);
	if (r == 0)
		r = map_format(&state->maps->gids, ',', gid_map);
	if (r < 0)
		return r;
	if (asprintf(&text, STATE_FORMAT, state->user, state->uid, state->gid, uid_map, gid_map,
		     state->maps->setgroups ? "allow" : "deny", state->policy,
		     lifetimes[state->lifetime]) < 0)
		return -ENOMEM;
	*ret_text = text;
	return 0;
}

int state_write(const struct rundir *dir, const struct state *state, struct reason *why)
{
	CLEANUP_FREE char *text = NULL;
	int r;

	r = state_format(state, &text);
	if (r == 0)
		r = file_replace_at(dir->fd, STATE_NAME, text, strlen(text));
	/* Somebody has put a directory there; one with something in it stays an error. */
	if (r == -EISDIR) {
		unlinkat(dir->fd, STATE_NAME, AT_REMOVEDIR);
		unlinkat(dir->fd, STATE_NAME "+", AT_REMOVEDIR);
		r = file_replace_at(dir->fd, STATE_NAME, text, strlen(text));
	}
	if (r < 0)
		return refuse_errno(why, r, "cannot write the state of uid %u", state->uid);
	return 0;
}

int state_read(int dir, uid_t uid, char **ret_text, struct reason *why)
{
	return keyfile_read(dir, STATE_NAME, uid, LAST_KEY, ret_text, why);
}

/* A map with commas for newlines. */
static int parse_map(const char *text, const char *key, struct id_map *ret)
{
	CLEANUP_FREE char *map = NULL;
	struct slice value = keyfile_find(text, key);

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

int state_maps(const char *text, struct ns_maps *ret)
{
	int r;

	ret->setgroups = slice_equals(keyfile_find(text, "setgroups"), "allow");
	r = parse_map(text, "uid_map", &ret->uids);
	if (r == 0)
		r = parse_map(text, "gid_map", &ret->gids);
	return r;
}

/* Where there is one that is not to be believed, a note says why. */
static int read_or_note(const struct rundir *dir, char **ret_text, struct reason *why)
{
	struct reason what;
	int r;

	r = state_read(dir->fd, dir->uid, ret_text, &what);
	if (r < 0 && r != -ENOENT)
		note(why, "the state was ignored: %s", what.text);
	return r;
}

void state_user(const struct rundir *dir, char ret[static ID_OWNER_SIZE], struct reason *why)
{
	CLEANUP_FREE char *text = NULL;
	struct slice user = {NULL, 0};

	if (read_or_note(dir, &text, why) == 0)
		user = keyfile_find(text, "user");
	snprintf(ret, ID_OWNER_SIZE, "%.*s", (int)user.length, user.text ? user.text : "");
}

enum lifetime state_lifetime(const struct rundir *dir, struct reason *why)
{
	CLEANUP_FREE char *text = NULL;

	if (read_or_note(dir, &text, why) == 0 &&
	    slice_equals(keyfile_find(text, LAST_KEY), lifetimes[LIFETIME_BOOT]))
		return LIFETIME_BOOT;
	return LIFETIME_SESSION;
}
