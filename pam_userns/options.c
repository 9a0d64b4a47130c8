/* SPDX-License-Identifier: BSD-3-Clause */
/* The module's arguments: see options.h. */
#include <errno.h>
#include <limits.h>
#include <security/pam_ext.h>
#include <stddef.h>
#include <string.h>
#include <syslog.h>

#include "pam_userns/options.h"
#include "util/account.h"
#include "util/array.h"
#include "util/parse.h"

static int parse_conf(const char *value, struct options *options)
{
	/* Relative to what? The application's directory is its own affair. */
	if (value[0] != '/' || strlen(value) >= PATH_MAX)
		return -EINVAL;
	options->policy = value;
	return 0;
}

static int parse_timeout(const char *value, struct options *options)
{
	uint32_t seconds;

	if (parse_id(value, &seconds) < 0 || seconds < 1 || seconds > TIMEOUT_MAX)
		return -EINVAL;
	options->timeout = seconds;
	return 0;
}

static int set_debug(const char *value, struct options *options)
{
	(void)value;
	options->debug = true;
	return 0;
}

static int set_quiet(const char *value, struct options *options)
{
	(void)value;
	options->quiet = true;
	return 0;
}

static int set_system_users(const char *value, struct options *options)
{
	(void)value;
	options->system_users = true;
	return 0;
}

static const struct {
	const char *name; /* with '=' where a value follows */
	int (*apply)(const char *value, struct options *options);
} rows[] = {
	{"conf=", parse_conf}, {"timeout=", parse_timeout},	   {"debug", set_debug},
	{"quiet", set_quiet},  {"system-users", set_system_users},
};

static int apply(const char *argument, struct options *options)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		size_t length = strlen(rows[i].name);
		bool takes_value = rows[i].name[length - 1] == '=';

		if (takes_value ? strncmp(argument, rows[i].name, length) == 0
				: strcmp(argument, rows[i].name) == 0)
			return rows[i].apply(argument + length, options);
	}
	return -EINVAL;
}

int options_parse(pam_handle_t *pamh, int argc, const char **argv, struct options *ret)
{
	struct options options = {.timeout = 5};

	for (int i = 0; i < argc; i++)
		if (apply(argv[i], &options) < 0) {
			pam_syslog(pamh, LOG_ERR,
				   "unknown or wrong argument '%s' in /etc/pam.d; known are "
				   "conf=/FILE, timeout=1..%u, debug, quiet, system-users",
				   argv[i], TIMEOUT_MAX);
			return PAM_SESSION_ERR;
		}
	*ret = options;
	return PAM_SUCCESS;
}
