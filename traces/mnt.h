/* SPDX-License-Identifier: BSD-3-Clause */
/* Cleanup of libmount's objects, as util/cleanup.h has it. */
#ifndef TRACES_MNT_H
#define TRACES_MNT_H

#include <libmount.h>

static inline void cleanup_table(struct libmnt_table **table)
{
	mnt_unref_table(*table);
}

static inline void cleanup_iter(struct libmnt_iter **iter)
{
	mnt_free_iter(*iter);
}

#endif
