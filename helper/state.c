/* SPDX-License-Identifier: BSD-3-Clause */
/* What a namespace was made from: see state.h. */
#include <stdio.h>
#include <string.h>

#include "helper/state.h"
#include "util/cleanup.h"
#include "util/file.h"

#define STATE_FORMAT                                                                               \
	"version=1\n"                                                                              \
	"user=%s\n"                                                                                \
	"uid=%u\n"                                                                                 \
	"gid=%u\n"                                                                                 \
	"uid_map=%s\n"                                                                             \
	"gid_map=%s\n"                                                                             \
	"setgroups=%s\n"                                                                           \
	"policy=%s\n"

int state_write(const struct rundir *dir, const struct state *state, struct reason *why)
{
	char uid_map[MAP_TEXT_SIZE], gid_map[MAP_TEXT_SIZE];
	CLEANUP_FREE char *text = NULL;
	int r, length;

	r = map_format(&state->maps->uids, ',', uid_map);
	if (r == 0)
		r = map_format(&state->maps->gids, ',', gid_map);
	if (r == 0) {
		length =
			asprintf(&text, STATE_FORMAT, state->user, state->uid, state->gid, uid_map,
				 gid_map, state->maps->setgroups ? "allow" : "deny", state->policy);
		r = length < 0 ? -ENOMEM : 0;
	}
	if (r == 0)
		r = file_replace_at(dir->fd, STATE_NAME, text, (size_t)length);
	if (r < 0)
		return refuse_errno(why, r, "cannot write the state of uid %u", state->uid);
	return 0;
}

const char *state_find(const char *text, const char *key, size_t *ret_length)
{
	size_t key_length = strlen(key);

	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");

		if (length > key_length && memcmp(line, key, key_length) == 0 &&
		    line[key_length] == '=') {
			*ret_length = length - key_length - 1;
			return line + key_length + 1;
		}
		line += length + (line[length] == '\n');
	}
	return NULL;
}
