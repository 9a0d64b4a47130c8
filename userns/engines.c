/* SPDX-License-Identifier: BSD-3-Clause */
/* The container engines of this host: see engines.h. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/knobs.h"
#include "userns/engines.h"
#include "userns/pausefile.h"
#include "userns/table.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/searchpath.h"
#include "util/userns.h"

/* What can be missing, and what becomes of an engine then: NULL: it is as ever; "": it does not
 * run. */
struct engine {
	const char *name;
	const char *program;
	const char *how;
	const char *without_setgroups;
	const char *without_users; /* no user namespaces below this one */
};

/* Each was run in all these cases: tests/system/engines.bats, tests/system/slow/engines.bats. */
static const struct engine engines[] = {
	{"podman", "podman", "userns exec podman", NULL,
	 "userns exec podman, without --userns and --uidmap"},
	{"buildah", "buildah", "userns exec buildah", "userns exec buildah, with --isolation=oci",
	 "userns exec buildah, without --userns-uid-map"},
	{"skopeo", "skopeo", "userns exec skopeo", NULL, NULL},
	{"bubblewrap", "bwrap", "userns exec bwrap; or bwrap --userns FD, of the pin", NULL,
	 "userns exec bwrap, without --unshare-user"},
	{"crun", "crun", "userns exec crun", NULL, "userns exec crun, without uidMappings"},
	{"runc", "runc", "userns exec runc", NULL, "userns exec runc, without uidMappings"},
	{"LXC", "lxc-start", "userns exec lxc-start, with lxc.net.0.type = empty", "",
	 "userns exec lxc-start, without lxc.idmap"},
	{"unshare", "unshare", "userns unshare; or userns exec unshare --map-auto", NULL, ""},
	{"rootlesskit", "rootlesskit", "userns exec rootlesskit", NULL, ""},
};

/* What podman does where userns exec is not typed. */
static const struct engine plain_podman = {.name = "podman, plain", .program = "podman"};

/* What hangs on the namespace, not on the engine. */
struct surroundings {
	bool setgroups;
	int users_error;	  /* of making a user namespace; 0: one can be made */
	int plain;		  /* 1: plain podman joins a process; 0: none; -1: not known */
	struct pause_other other; /* that process */
};

/* A line of the table. */
struct line {
	const struct engine *engine;
	const struct surroundings *here;
};

enum { COLUMN_ENGINE, COLUMN_NESTS, COLUMN_HOW };

static const struct table_column columns[] = {
	[COLUMN_ENGINE] = {.name = "ENGINE"},
	[COLUMN_NESTS] = {.name = "NESTS"},
	[COLUMN_HOW] = {.name = "HOW"},
};

static const size_t all_columns[] = {COLUMN_ENGINE, COLUMN_NESTS, COLUMN_HOW};

/* How plain podman stands; whether it nests. */
static bool plain_how(const struct surroundings *here, char **ret)
{
	int n;

	if (here->plain == 1 && here->other.here)
		n = asprintf(ret, "joins process %d", here->other.pid);
	else if (here->plain == 1)
		n = asprintf(ret, "joins process %d, in another namespace; see userns(1), hold",
			     here->other.pid);
	else
		n = asprintf(ret, "while userns hold --podman runs");
	if (n < 0)
		*ret = NULL;
	return here->plain == 1 && here->other.here;
}

static const char *why_no_users(int error, struct reason *knob)
{
	if (error == ENOSPC)
		return "user.max_user_namespaces";
	if (error == EPERM && knobs_forbid_user_namespaces(knob))
		return knob->text;
	return strerror(error);
}

/* The same for the others. */
static bool how(const struct engine *engine, const struct surroundings *here, char **ret)
{
	const char *text = engine->how;
	struct reason knob;
	int n;

	if (!here->setgroups && engine->without_setgroups)
		text = engine->without_setgroups;
	if (!*text) {
		n = asprintf(ret, "takes setgroups(2), which this namespace denies");
	} else if (here->users_error && engine->without_users) {
		text = engine->without_users;
		n = asprintf(ret, *text ? "%s (%s)" : "%stakes a user namespace of its own (%s)",
			     text, why_no_users(here->users_error, &knob));
	} else {
		n = asprintf(ret, "%s", text);
	}
	if (n < 0)
		*ret = NULL;
	return *text;
}

static int line_cell(const void *rows, size_t row, size_t column, char **ret)
{
	const struct line *line = (const struct line *)rows + row;
	CLEANUP_FREE char *text = NULL;
	bool nests;

	nests = line->engine == &plain_podman ? plain_how(line->here, &text)
					      : how(line->engine, line->here, &text);
	if (column == COLUMN_HOW)
		*ret = TAKE_PTR(text);
	else
		*ret = strdup(column == COLUMN_ENGINE ? line->engine->name : nests ? "yes" : "no");
	return *ret ? 0 : -ENOMEM;
}

/* Some are where PATH of a user does not lead, as Debian's runc. */
static bool is_found(const char *program)
{
	const char *path = getenv("PATH");
	CLEANUP_FREE char *all = NULL;
	char found[PATH_MAX];
	struct slice rest;

	if (asprintf(&all, "%s:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", path ? path : "") < 0)
		return false;
	rest = slice_of(all);
	while (next_program(&rest, program, found))
		if (access(found, X_OK) == 0)
			return true;
	return false;
}

/* A child tries it, and leaves nothing behind. */
static int try_user_namespace(int pin)
{
	int status = 0;
	pid_t pid = fork();

	if (pid < 0)
		return errno;
	if (pid == 0) {
		/* Inside already: that is no failure. */
		if (setns(pin, CLONE_NEWUSER) < 0 && errno != EINVAL)
			_exit(errno);
		_exit(unshare(CLONE_NEWUSER) < 0 ? errno : 0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

static void look_around(int pin, uid_t uid, bool setgroups, struct surroundings *ret)
{
	struct stat here;

	*ret = (struct surroundings){
		.setgroups = setgroups, .users_error = try_user_namespace(pin), .plain = -1};
	/* From inside, podman's own pause process cannot be told from none. */
	if (in_initial_user_namespace() == 1 && fstat(pin, &here) == 0)
		ret->plain = pausefile_find(uid, &here, &ret->other);
}

int engines_print(int pin, uid_t uid, bool setgroups)
{
	struct line lines[COUNT_OF(engines) + 1];
	struct table table = {
		.name = "engines",
		.columns = columns,
		.shown = all_columns,
		.shown_count = COUNT_OF(all_columns),
		.cell = line_cell,
		.rows = lines,
	};
	struct surroundings here;

	look_around(pin, uid, setgroups, &here);
	for (size_t i = 0; i < COUNT_OF(engines); i++)
		if (is_found(engines[i].program))
			lines[table.row_count++] = (struct line){&engines[i], &here};
	if (here.plain >= 0 && is_found(plain_podman.program))
		lines[table.row_count++] = (struct line){&plain_podman, &here};
	if (table.row_count == 0)
		return 0;
	puts("engines on this host:");
	return table_print(&table);
}
