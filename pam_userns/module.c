/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pam_userns(8), a session module: at login it has userns-helper make or find the user's delegated
 * user namespace. It knows nothing of ranges and holds no state; it runs in the login
 * process, with that process's privilege, and links libpam and libc only.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <security/pam_modutil.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "config.h"
#include "pam_userns/options.h"
#include "pam_userns/start.h"
#include "util/account.h"
#include "util/parse.h"
#include "util/reason.h"
#include "util/userns.h"

/* Under this name the PAM handle remembers which session this module opened on it. */
#define SESSION_DATA "pam_userns_session"

struct session {
	uid_t uid;
	pid_t pid;	 /* the process that opened it, in whose name it is recorded */
	uint32_t number; /* which of that process's */
};

/* Runs in the application, and again in a forked child of it: gives back memory, no more. */
static void free_session(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh;
	(void)status;
	free(data);
}

static uid_t read_uid_min(pam_handle_t *pamh)
{
	char *text = pam_modutil_search_key(pamh, LOGIN_DEFS, "UID_MIN");
	uint32_t uid_min;

	if (!text || parse_id(text, &uid_min) < 0)
		uid_min = UID_MIN_USUAL;
	free(text);
	return uid_min;
}

/* Whoever logs in chooses the name that is asked for; in the log it stays on its line. */
#define NAME_SHOWN_SIZE 64

static void show_name(const char *name, char ret[static NAME_SHOWN_SIZE])
{
	snprintf(ret, NAME_SHOWN_SIZE, "%s", name);
	make_printable(ret);
}

/* A directory that is down says nothing about the user; getpwnam(3) lists what does. */
static int log_no_account(pam_handle_t *pamh, const char *name, int error)
{
	char shown[NAME_SHOWN_SIZE];

	show_name(name, shown);
	if (means_no_such_user(error)) {
		pam_syslog(pamh, LOG_ERR, "there is no user '%s'", shown);
		return PAM_USER_UNKNOWN;
	}
	pam_syslog(pamh, LOG_ERR, "cannot look up the user '%s': %s", shown, strerror(error));
	return PAM_SESSION_ERR;
}

/* PAM_SUCCESS: this login is one for the helper. */
static int find_user(pam_handle_t *pamh, const struct options *options, const char **ret_name,
		     uid_t *ret_uid)
{
	const void *name = NULL;
	struct passwd *entry;
	int initial;

	if (pam_get_item(pamh, PAM_USER, &name) != PAM_SUCCESS || !name) {
		pam_syslog(pamh, LOG_ERR, "the service has set no user");
		return PAM_SESSION_ERR;
	}
	/* Without root's rights, or from inside, no namespace can be made. */
	if (geteuid() != 0)
		return PAM_IGNORE;
	initial = in_initial_user_namespace();
	if (initial < 0)
		pam_syslog(pamh, LOG_ERR, "cannot look at /proc/self/ns/user: %s",
			   strerror(-initial));
	if (initial != 1)
		return initial < 0 ? PAM_SESSION_ERR : PAM_IGNORE;
	errno = 0;
	entry = pam_modutil_getpwnam(pamh, name);
	if (!entry)
		return log_no_account(pamh, name, errno);
	/* Cron and daemons open thousands of sessions for them: that is to cost no process. */
	if (!options->system_users && is_system_account(entry->pw_uid, read_uid_min(pamh)))
		return PAM_IGNORE;
	*ret_name = name;
	*ret_uid = entry->pw_uid;
	return PAM_SUCCESS;
}

static void log_failed_start(pam_handle_t *pamh, const struct options *options, int error,
			     int status)
{
	if (error == -ETIMEDOUT)
		pam_syslog(pamh, LOG_ERR,
			   "no namespace: %s gave no answer in %u s and was killed (timeout= sets "
			   "how long to wait)",
			   USERNS_HELPER, options->timeout);
	else if (error == -EPROTO)
		pam_syslog(pamh, LOG_ERR,
			   "no namespace: %s and this module are not of the same version; install "
			   "both again",
			   USERNS_HELPER);
	else if (error != -ECHILD)
		pam_syslog(pamh, LOG_ERR, "no namespace: cannot run %s: %s", USERNS_HELPER,
			   strerror(-error));
	else if (status != -1 && WIFSIGNALED(status))
		pam_syslog(pamh, LOG_ERR, "no namespace: %s was ended by signal %d", USERNS_HELPER,
			   WTERMSIG(status));
	else
		pam_syslog(pamh, LOG_ERR, "no namespace: %s ended without an answer",
			   USERNS_HELPER);
}

/* As a file in /etc/pam.d can be called, and no longer. */
#define SERVICE_SIZE 256

/* What the application calls itself is its own word: the helper just compares it. */
static void read_service(pam_handle_t *pamh, char ret[static SERVICE_SIZE])
{
	const void *service = NULL;

	if (pam_get_item(pamh, PAM_SERVICE, &service) != PAM_SUCCESS || !service ||
	    strlen(service) >= SERVICE_SIZE)
		service = "";
	snprintf(ret, SERVICE_SIZE, "%s", (const char *)service);
}

/*
 * Asks the helper; what cannot be asked is logged and comes back as a failure. session: what to
 * close; NULL: open.
 */
static void ask_helper(pam_handle_t *pamh, const struct options *options,
		       const struct session *session, const char *user, struct result *ret)
{
	char pid[32], timeout[32], number[32], config[sizeof("--config=") + PATH_MAX];
	char service[SERVICE_SIZE], option[sizeof("--service=") + SERVICE_SIZE];
	const char *argv[12] = {USERNS_HELPER, HELPER_RESULT_OPTION, pid, timeout};
	int status = -1, n = 4, r;

	snprintf(pid, sizeof(pid), "--pid=%d", session ? session->pid : getpid());
	snprintf(timeout, sizeof(timeout), "--timeout=%u", options->timeout);
	if (session) {
		snprintf(number, sizeof(number), "--session=%" PRIu32, session->number);
		argv[n++] = number;
	} else {
		read_service(pamh, service);
		snprintf(option, sizeof(option), "--service=%s", service);
		argv[n++] = option;
	}
	if (options->policy) {
		snprintf(config, sizeof(config), "--config=%s", options->policy);
		argv[n++] = config;
	}
	/* No name is an option. */
	argv[n++] = "--";
	argv[n++] = session ? "close" : "open";
	argv[n++] = user;
	r = helper_run(argv, options->timeout, ret, &status);
	if (r < 0) {
		log_failed_start(pamh, options, r, status);
		*ret = (struct result){.code = RESULT_FAILED};
	}
}

/* Tells the handle what to close. */
static int remember_session(pam_handle_t *pamh, const struct result *opened)
{
	struct session *session = malloc(sizeof(*session));
	int r;

	if (!session)
		return PAM_BUF_ERR;
	*session = (struct session){.uid = opened->uid, .pid = getpid(), .number = opened->session};
	r = pam_set_data(pamh, SESSION_DATA, session, free_session);
	if (r != PAM_SUCCESS)
		free(session);
	return r;
}

/* Tells the session what it has. */
static int announce(pam_handle_t *pamh, const struct result *result)
{
	char variable[sizeof("USERNS_PATH=") + RESULT_PATH_SIZE];
	int r;

	snprintf(variable, sizeof(variable), "USERNS_PATH=%s", result->path);
	r = remember_session(pamh, result);
	if (r == PAM_SUCCESS)
		r = pam_putenv(pamh, variable);
	if (r == PAM_SUCCESS)
		return PAM_SUCCESS;
	/* The record of this session goes when this process does. */
	pam_syslog(pamh, LOG_ERR, "no namespace: %s", pam_strerror(pamh, r));
	return PAM_SESSION_ERR;
}

static void log_result(pam_handle_t *pamh, const struct options *options, const char *name,
		       const struct result *result)
{
	const char *colon = result->text[0] ? ": " : "";
	char shown[NAME_SHOWN_SIZE];

	show_name(name, shown);
	if (result->code == RESULT_READY) {
		if (options->debug || (result->text[0] && !options->quiet))
			pam_syslog(pamh, LOG_INFO, "namespace %s for %s%s%s", result->path, shown,
				   colon, result->text);
	} else if (result->code == RESULT_IGNORE) {
		/* With a path: there still is one, which is news. */
		if (options->debug || (result->path[0] && !options->quiet))
			pam_syslog(pamh, result->path[0] ? LOG_INFO : LOG_DEBUG,
				   "no namespace for %s%s%s", shown, colon, result->text);
	} else if (result->text[0]) {
		pam_syslog(pamh, LOG_ERR, "no namespace for %s: %s", shown, result->text);
	}
}

static int code_of(enum result_code code)
{
	switch (code) {
	case RESULT_READY:
		return PAM_SUCCESS;
	case RESULT_IGNORE:
		return PAM_IGNORE;
	case RESULT_UNKNOWN_USER:
		return PAM_USER_UNKNOWN;
	case RESULT_FAILED:
	case RESULT_TIMEOUT:
		break;
	}
	return PAM_SESSION_ERR;
}

int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct options options;
	struct result result;
	const char *name;
	uid_t uid;
	int r;

	(void)flags;
	r = options_parse(pamh, argc, argv, &options);
	if (r == PAM_SUCCESS)
		r = find_user(pamh, &options, &name, &uid);
	if (r != PAM_SUCCESS)
		return r;
	ask_helper(pamh, &options, NULL, name, &result);
	log_result(pamh, &options, name, &result);
	r = code_of(result.code);
	return r == PAM_SUCCESS ? announce(pamh, &result) : r;
}

/* PAM_SUCCESS, always: "optional" does not soften a close that fails. */
int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const void *data = NULL;
	const struct session *session;
	struct options options;
	struct result result;
	char uid[16];

	(void)flags;
	/* systemd closes as the user, who can do nothing here; the next open makes it good. */
	if (geteuid() != 0 || pam_get_data(pamh, SESSION_DATA, &data) != PAM_SUCCESS || !data)
		return PAM_SUCCESS;
	if (options_parse(pamh, argc, argv, &options) != PAM_SUCCESS)
		return PAM_SUCCESS;
	session = data;
	snprintf(uid, sizeof(uid), "%u", session->uid);
	ask_helper(pamh, &options, session, uid, &result);
	if (result.code != RESULT_READY && result.text[0])
		pam_syslog(pamh, LOG_ERR, "closing the session of uid %s: %s", uid, result.text);
	else if (result.text[0] && !options.quiet)
		pam_syslog(pamh, LOG_INFO, "uid %s: %s", uid, result.text);
	return PAM_SUCCESS;
}
