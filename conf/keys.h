/* SPDX-License-Identifier: BSD-3-Clause */
/* The policy's keys: in which sections they stand, and what values they take. */
#ifndef CONF_KEYS_H
#define CONF_KEYS_H

#include "conf/policy.h"

/* Kinds of sections, as bits. */
enum policy_section {
	SECTION_HOST = 1,
	SECTION_DEFAULT = 2,
	SECTION_USER = 4, /* [user NAME] */
};

struct policy_key {
	unsigned int sections;
	const char *name;
	int (*parse)(const char *value, struct policy *policy); /* -EINVAL, -ENOMEM */
	const char *expected;					/* for people */
};

/* The index-th key's name, each once. NULL: there are no more. */
const char *policy_key_name(size_t index);

/* NULL: no such key in such a section. */
const struct policy_key *policy_key_find(enum policy_section section, const char *name);

#endif
