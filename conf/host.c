/* SPDX-License-Identifier: BSD-3-Clause */
/* How this host stands: see host.h. */
#include "conf/host.h"
#include "conf/knobs.h"
#include "conf/selinux.h"

bool host_forbids_user_namespaces(const char *user, struct reason *ret)
{
	struct reason domain = {.text = ""};

	if (knobs_forbid_user_namespaces(ret))
		return true;
	if (selinux_forbids_user_namespaces(user, &domain)) {
		*ret = domain;
		return true;
	}
	if (domain.text[0])
		note(ret, "%s", domain.text);
	return false;
}
