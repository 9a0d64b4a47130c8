/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HELPER_ACCOUNT_H
#define HELPER_ACCOUNT_H

#include "helper/result.h"
#include "namespace/holder.h"

struct account {
	char *name; /* as the directory spells it: who typed another case is the same person */
	struct owner ids;
};

/*
 * Looks a user up by NSS. RESULT_READY; RESULT_UNKNOWN_USER; RESULT_FAILED: the answer is not
 * known; with a reason. account_free() afterwards.
 */
enum result_code account_find(const char *name, struct account *ret, struct reason *why);

/* The same by uid. */
enum result_code account_find_uid(uid_t uid, struct account *ret, struct reason *why);

void account_free(struct account *account);

#endif
