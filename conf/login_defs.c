/* SPDX-License-Identifier: BSD-3-Clause */
/* login.defs(5): see login_defs.h. */
#include <libeconf.h>
#include <stdint.h>

#include "conf/login_defs.h"
#include "util/account.h"

unsigned int login_defs_uid_min(const char *login_defs_path)
{
	econf_file *file = NULL;
	uint32_t uid_min = UID_MIN_USUAL;

	if (econf_readFile(&file, login_defs_path, " \t", "#") == ECONF_SUCCESS &&
	    econf_getUIntValue(file, NULL, "UID_MIN", &uid_min) != ECONF_SUCCESS)
		uid_min = UID_MIN_USUAL;
	econf_free(file);
	return uid_min;
}
