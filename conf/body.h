/* SPDX-License-Identifier: BSD-3-Clause */
/* The lines of one section. */
#ifndef CONF_BODY_H
#define CONF_BODY_H

#include "conf/walk.h"

/*
 * Is every line of the section right? scratch is a policy that takes the values meanwhile.
 * *ret_plain: they are, and none needs libeconf to be understood. -EINVAL with a reason: a key
 * stands there twice, or is missing.
 */
int body_scan(const char *path, const struct section *section, struct policy *scratch,
	      bool *ret_plain, struct reason *why);

/*
 * Reads them by libeconf and gives them to the visitor (NULL: nobody). Any error with a reason;
 * those of the policy name file and line.
 */
int body_read(const char *path, size_t layer, const struct section *section, struct policy *scratch,
	      const struct policy_visitor *visitor, struct reason *why);

#endif
