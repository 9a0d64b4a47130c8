/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SUBID_RECORD_H
#define SUBID_RECORD_H

#include "subid/settle.h"

/*
 * Writes what a settlement adds to book, /etc/subuid and /etc/subgid, the book before its copies;
 * retires lines of the book. The caller holds the lock, under which sources were read.
 * -errno with a reason; then the next login completes it.
 */
int record_settlement(const struct settle_sources *sources, const struct settle_request *request,
		      const struct settlement *settled, struct reason *why);

#endif
