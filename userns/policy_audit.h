/* SPDX-License-Identifier: BSD-3-Clause */
/* What is doubtful in a policy that can be read, for "userns check". */
#ifndef USERNS_POLICY_AUDIT_H
#define USERNS_POLICY_AUDIT_H

#include "conf/policy.h"
#include "userns/people.h"

/* A section, of all files that have it. */
struct audited_section {
	struct section section;
	const char *path;  /* where it stands first */
	unsigned int keys; /* that it sets, as bits by their index */
	enum delegate delegate;
	uint32_t size;	       /* 0: not set */
	struct id_range range; /* count 0: not set */
	const char *range_path;
	unsigned int range_line;
	bool has_gid; /* of a group: which one it is */
	gid_t gid;
};

struct policy_audit {
	struct policy_files files; /* the sections point into them */
	struct policy policy;	   /* what holds for nobody in particular */
	struct audited_section *sections;
	size_t count;
	size_t room;
	size_t older;	    /* sections of the files before the one that is read */
	const char *path;   /* of that one */
	struct reason pool; /* what is wrong with the pool */
};

/*
 * Reads it. -errno, with a reason that names file and line, when it cannot be read: then nobody is
 * given a namespace. Zero it to begin; policy_audit_free() to end.
 */
int policy_audit_read(const char *path, struct policy_audit *ret, struct reason *why);

/* Adds the ranges of its lines to what is searched for overlaps. They point into it. -ENOMEM. */
int policy_audit_add_parties(const struct policy_audit *audit, struct parties *uids,
			     struct parties *gids);

/* Finds the rest; asks NSS for users and groups that it does not list. -ENOMEM; -errno of NSS. */
int policy_audit_run(struct policy_audit *audit, const struct people *people,
		     struct findings *findings);

void policy_audit_free(struct policy_audit *audit);

#endif
