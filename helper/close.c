/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "userns-helper close": forgets a session, and the namespace with the last one; the range stays.
 * Runs as root; caps.h says with which capabilities.
 */

#include "helper/release.h"
#include "helper/verbs.h"
#include "util/parse.h"

void verb_close(const struct request *request, struct result *ret)
{
	struct reason why = {.text = ""};
	uint32_t uid;
	int r;

	r = parse_id(request->operands[0], &uid);
	if (r < 0)
		refuse(&why, r, "'%s' is no uid", request->operands[0]);
	else
		r = release_namespace(uid, &request->session, NULL, true, &why);
	result_set(ret, result_of(r), &why);
}
