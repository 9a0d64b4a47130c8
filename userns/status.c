/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "userns status": a user's delegated namespace, its maps as the kernel has them where the caller
 * may enter it, its sessions, the policy that made it, and what the next login makes of it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "namespace/inspect.h"
#include "namespace/keyfile.h"
#include "namespace/rundir.h"
#include "namespace/sessions.h"
#include "namespace/state.h"
#include "userns/caller.h"
#include "userns/complain.h"
#include "userns/engines.h"
#include "userns/maps_table.h"
#include "userns/next.h"
#include "userns/verbs.h"
#include "util/cleanup.h"
#include "util/parse.h"
#include "util/userns.h"

/* Whose namespace it is. */
struct person {
	uid_t uid;
	char name[256]; /* as NSS has it, or else the uid */
	bool own;	/* the caller, who has named nobody */
};

static void set_person(const struct passwd *entry, uid_t uid, struct person *ret)
{
	ret->uid = uid;
	if (entry)
		snprintf(ret->name, sizeof(ret->name), "%s", entry->pw_name);
	else
		snprintf(ret->name, sizeof(ret->name), "%u", uid);
}

/* *ret_name: NULL where none is given. */
static int parse_arguments(int argc, char **argv, const char **ret_name)
{
	static const struct option options[] = {{"help", no_argument, NULL, 'h'},
						{NULL, 0, NULL, 0}};
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option != 'h')
			return complain(EXIT_USAGE, "see userns --help");
		puts("Usage: userns status [USER|UID]; see userns(1)");
		exit(EXIT_DONE);
	}
	if (argc - optind > 1)
		return complain(EXIT_USAGE, "status takes one user at most; see userns --help");
	*ret_name = argv[optind];
	return 0;
}

static int find_user(const char *name, struct person *ret)
{
	const struct passwd *entry = name ? getpwnam(name) : NULL;
	int status = 0;
	uid_t uid;
	gid_t gid;

	if (entry)
		uid = entry->pw_uid;
	else if (!name)
		status = find_caller(&uid, &gid);
	else if (parse_id(name, &uid) < 0)
		status = complain(EXIT_REFUSED, "there is no user '%s'", name);
	if (status != 0)
		return status;
	set_person(entry ? entry : getpwuid(uid), uid, ret);
	ret->own = !name;
	return 0;
}

static void print_sessions(int dir, uid_t uid)
{
	CLEANUP_DIR DIR *listing = NULL;
	struct dirent *entry;
	int fd;

	printf("%-10s", "sessions:");
	fd = openat(dir, SESSIONS_NAME, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	listing = fd >= 0 ? fdopendir(fd) : NULL;
	while (listing && (entry = readdir(listing))) {
		struct session_id session;

		if (session_is_live(fd, entry->d_name, uid, &session))
			printf(" %d", session.pid);
	}
	putchar('\n');
}

static void print_value(const char *label, const char *state, const char *key)
{
	struct slice value = keyfile_find(state, key);
	CLEANUP_FREE char *shown = value.text ? strndup(value.text, value.length) : NULL;

	if (!shown)
		return;
	/* A name can have C1's control characters in it, which a terminal may obey. */
	make_printable(shown);
	printf("%-10s %s\n", label, shown);
}

/* *ret_text is empty where there is no state to be believed, and *ret_why says why not. */
static int read_state(int dir, uid_t uid, char **ret_text, struct reason *ret_why)
{
	int r;

	r = state_read(dir, uid, ret_text, ret_why);
	if (r == -ENOENT)
		refuse(ret_why, r, "there is none");
	if (r != -ENOENT && r != -EINVAL)
		return r;
	*ret_text = strdup("");
	return *ret_text ? 0 : -ENOMEM;
}

/* Root becomes the owner first: see become() in namespace/holder.c. */
static int read_maps(int pin, const struct person *person, struct ns_maps *ret, struct reason *why)
{
	const struct owner owner = {person->uid, person->uid};
	bool as_root = geteuid() == 0 && in_initial_user_namespace() == 1;

	return namespace_read_maps(pin, as_root ? &owner : NULL, ret, why);
}

static int print_present(int dir, int pin, const struct person *person, const char *state,
			 struct ns_maps *ret_maps)
{
	struct reason why = {.text = ""};
	char path[RUNDIR_PATH_SIZE];
	bool from_kernel;
	int r;

	rundir_pin_path(person->uid, path);
	from_kernel = read_maps(pin, person, ret_maps, &why) == 0;
	r = from_kernel ? 0 : state_maps(state, ret_maps);
	if (r < 0)
		return complain(EXIT_REFUSED, "cannot read the maps of %s: %s", path, why.text);
	printf("%-10s %s\n", "namespace:", path);
	print_value("user:", state, "user");
	print_value("policy:", state, "policy");
	print_value("lifetime:", state, "lifetime");
	printf("%-10s %s\n", "setgroups:", ret_maps->setgroups ? "allow" : "deny");
	print_sessions(dir, person->uid);
	printf("maps, as %s:\n", from_kernel ? "the kernel has them" : "they were written");
	return end_of_printing(print_maps(ret_maps));
}

static bool same_value(const char *a, const char *b, const char *key)
{
	struct slice left = keyfile_find(a, key), right = keyfile_find(b, key);

	return left.text && right.text && slices_equal(left, right);
}

/* What a login makes of it that finds nobody using it. */
static int print_next(const struct person *person, const char *state, const struct ns_maps *present)
{
	CLEANUP(next_login_free) struct next_login next = {.state = NULL};
	struct reason why = {.text = ""};
	int r;

	r = next_login_ask(person->name, &next, &why);
	if (r < 0) {
		printf("next login: %s: %s\n", r == -ENODATA ? "no namespace" : "not known",
		       why.text);
		return EXIT_DONE;
	}
	if (maps_equal(&next.maps, present)) {
		puts("next login: keeps it");
		if (!same_value(state, next.state, "lifetime"))
			print_value("lifetime:", next.state, "lifetime");
		return EXIT_DONE;
	}
	puts("next login: makes another, if nobody uses this one:");
	print_value("lifetime:", next.state, "lifetime");
	printf("%-10s %s\n", "setgroups:", next.maps.setgroups ? "allow" : "deny");
	return end_of_printing(print_maps(&next.maps));
}

static int print_status(int dir, int pin, const struct person *person)
{
	CLEANUP_FREE char *state = NULL;
	struct reason why = {.text = ""};
	struct ns_maps maps;
	int status, r;

	r = read_state(dir, person->uid, &state, &why);
	if (r < 0)
		return complain(EXIT_SYSTEM, "cannot read the state of uid %u: %s", person->uid,
				why.text);
	if (!*state)
		complain(EXIT_DONE, "the state of uid %u was ignored: %s", person->uid, why.text);
	status = print_present(dir, pin, person, state, &maps);
	if (status != EXIT_DONE)
		return status;
	fflush(stdout);
	status = print_next(person, state, &maps);
	if (status != EXIT_DONE || !person->own)
		return status;
	return end_of_printing(engines_print(pin, person->uid, maps.setgroups));
}

static int complain_of_none(const struct person *person)
{
	CLEANUP(next_login_free) struct next_login next = {.state = NULL};
	struct reason why = {.text = ""};
	int r;

	r = next_login_ask(person->name, &next, &why);
	if (r < 0)
		return complain(EXIT_REFUSED, "uid %u has no namespace, and %s: %s", person->uid,
				r == -ENODATA ? "a login makes none"
					      : "it is not known whether a login makes one",
				why.text);
	return complain(EXIT_REFUSED, "uid %u has no namespace; one is made at login", person->uid);
}

int verb_status(int argc, char **argv)
{
	CLEANUP_FD int dir = -1;
	CLEANUP_FD int pin = -1;
	char path[RUNDIR_PATH_SIZE];
	const char *name = NULL;
	struct person person;
	int status, r;

	status = parse_arguments(argc, argv, &name);
	if (status == 0)
		status = find_user(name, &person);
	if (status != 0)
		return status;
	rundir_pin_path(person.uid, path);
	r = rundir_open_to_read(person.uid, &dir);
	if (r == 0)
		r = rundir_open_namespace(dir, &pin);
	if (r == -ENOENT || r == -EINVAL)
		return complain_of_none(&person);
	if (r < 0)
		return complain(EXIT_SYSTEM, "cannot open %s: %s", path, strerror(-r));
	return print_status(dir, pin, &person);
}
