/* SPDX-License-Identifier: BSD-3-Clause */
/* What a namespace was made from: see state.h. */
#include <stdio.h>
#include <string.h>

#include "namespace/state.h"
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

struct slice state_find(const char *text, const char *key)
{
	struct slice rest = {text, strlen(text)}, line, name;

	while (next_field(&rest, '\n', &line)) {
		next_field(&line, '=', &name);
		if (line.text && slice_equals(name, key))
			return line;
	}
	return (struct slice){NULL, 0};
}
