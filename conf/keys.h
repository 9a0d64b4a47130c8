/* SPDX-License-Identifier: BSD-3-Clause */
/* The policy's keys: in which sections they stand, and what values they take. Pure. */
#ifndef CONF_KEYS_H
#define CONF_KEYS_H

#include "conf/policy.h"

struct policy_key {
	unsigned int sections; /* enum section_kind, as bits */
	const char *name;
	/* Sets it in a policy, whose value before is given back: -EINVAL, -ENOMEM. */
	int (*parse)(struct slice value, struct policy *policy);
	const char *usual;    /* what holds where no line sets it; NULL: nothing */
	const char *expected; /* for people */
};

/* Every key there is, in the order in which people are told of them. */
extern const struct policy_key policy_keys[];
extern const size_t policy_key_count;

/* NULL: no such key in such a section. */
const struct policy_key *policy_key_find(enum section_kind section, struct slice name);

#endif
