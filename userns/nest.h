/* SPDX-License-Identifier: BSD-3-Clause */
/* What "userns unshare" is asked for: a namespace that nests in the delegated one. */
#ifndef USERNS_NEST_H
#define USERNS_NEST_H

#include <stdbool.h>
#include <stddef.h>

#include "namespace/maps.h"

/* A part of the range: a bank, or ids that nobody uses. */
struct nest_part {
	const char *bank; /* NULL: nobody's */
	uint32_t count;	  /* of nobody's */
};

enum nest_setgroups { SETGROUPS_AS_IT_IS, SETGROUPS_ALLOW, SETGROUPS_DENY };

/* Usual: they stay with all ids or maps, and go with parts. */
enum nest_groups { GROUPS_USUAL, GROUPS_DROP, GROUPS_KEEP };

/* Strings are those of the command line. */
struct nest {
	/* The ids: these maps, or these parts one behind the other, or else the whole range. */
	struct id_map uids;
	struct id_map gids;
	struct nest_part parts[MAP_EXTENTS_MAX];
	size_t part_count;
	enum nest_setgroups setgroups;

	int namespaces;		   /* CLONE_NEW..., besides the user namespace */
	unsigned long propagation; /* MS_...; 0: unchanged */
	bool has_propagation;	   /* it was asked for */
	bool fork;
	int kill_child;		/* the signal; 0: none */
	const char *mount_proc; /* where; NULL: nowhere */

	const char *root; /* NULL: as it is, as for all that follow */
	const char *wd;
	const char *user; /* NAME, UID, NAME:GROUP, UID:GID */
	enum nest_groups groups;
	char *const *command; /* empty: a shell */
};

/* Reads the command line. 0, or an exit status after a complaint; --help ends the program. */
int nest_parse(int argc, char **argv, struct nest *ret);

#endif
