/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line of "userns unshare": see nest.h. Names and letters are those of unshare(1). */
#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "namespace/childmap.h"
#include "userns/complain.h"
#include "userns/nest.h"
#include "util/array.h"
#include "util/exit_status.h"
#include "util/parse.h"

/* As podman --userns=auto: enough for the accounts of most images. */
#define PRIVATE_COUNT_USUAL 1024

static const struct {
	const char *name;
	unsigned long flags;
} propagations[] = {
	{"private", MS_REC | MS_PRIVATE},
	{"shared", MS_REC | MS_SHARED},
	{"slave", MS_REC | MS_SLAVE},
	{"unchanged", 0},
};

static int __attribute__((noreturn)) show_help(struct nest *nest, const char *value)
{
	(void)nest;
	(void)value;
	puts("Usage: userns unshare [OPTION...] [--] [COMMAND [ARGUMENT...]]\n"
	     "\n"
	     "Runs a command, else a shell, as root of a namespace nested in your own.\n"
	     "\n"
	     "Its ids, of those inside your namespace; all of them, if not:\n"
	     "      --uidmap IN:OUT:COUNT  uids IN and up are OUT and up; may repeat\n"
	     "      --gidmap IN:OUT:COUNT  the same for gids; else they are as the uids\n"
	     "      --bank NAME            those of a bank, see userns bank; may repeat\n"
	     "      --private[=COUNT]      so many that nobody else has as long as it runs (1024)\n"
	     "      --setgroups allow|deny\n"
	     "Namespaces, besides that of users:\n"
	     "  -m, --mount     -p, --pid       -n, --net       -i, --ipc\n"
	     "  -u, --uts       -C, --cgroup    -T, --time\n"
	     "      --propagation private|shared|slave|unchanged\n"
	     "The command:\n"
	     "  -f, --fork                 run it as a child, the first of --pid\n"
	     "      --kill-child[=SIGNAL]  kill it when userns is killed; with --fork\n"
	     "      --mount-proc[=DIR]     mount /proc for --pid --fork; with --mount\n"
	     "  -R, --root DIR             with this root\n"
	     "  -w, --wd DIR               in this directory\n"
	     "      --user NAME[:GROUP]    as this user of it, also by ids\n"
	     "      --drop-groups          without your supplementary groups\n"
	     "      --keep-groups          with them, also with --bank or --private");
	exit(EXIT_DONE);
}

static int add_part(struct nest *nest, const char *bank, uint32_t count)
{
	for (size_t i = 0; i < nest->part_count; i++) {
		const char *other = nest->parts[i].bank;

		if (bank && other && strcmp(bank, other) == 0)
			return complain(EXIT_USAGE, "bank %s is there twice", bank);
		if (!bank && !other)
			return complain(EXIT_USAGE, "--private is there twice");
	}
	if (nest->part_count == MAP_EXTENTS_MAX)
		return complain(EXIT_USAGE, "there are more than %d banks", MAP_EXTENTS_MAX);
	nest->parts[nest->part_count++] = (struct nest_part){bank, count};
	return 0;
}

static int add_bank(struct nest *nest, const char *name)
{
	return add_part(nest, name, 0);
}

static int add_private(struct nest *nest, const char *text)
{
	uint32_t count = PRIVATE_COUNT_USUAL;

	if (text && parse_count(slice_of(text), &count) < 0)
		return complain(EXIT_USAGE,
				"--private=%s: it takes how many ids, 1 to 4294967294, also as "
				"64K or 1M",
				text);
	return add_part(nest, NULL, count);
}

static int add_extent(struct id_map *map, const char *what, const char *text)
{
	struct reason why;
	int r;

	r = childmap_add(map, what, text, &why);
	if (r < 0)
		return complain(r == -EINVAL ? EXIT_USAGE : EXIT_REFUSED, "%s", why.text);
	return 0;
}

static int add_uids(struct nest *nest, const char *text)
{
	return add_extent(&nest->uids, "uid", text);
}

static int add_gids(struct nest *nest, const char *text)
{
	return add_extent(&nest->gids, "gid", text);
}

static int set_setgroups(struct nest *nest, const char *text)
{
	if (strcmp(text, "allow") == 0)
		nest->setgroups = SETGROUPS_ALLOW;
	else if (strcmp(text, "deny") == 0)
		nest->setgroups = SETGROUPS_DENY;
	else
		return complain(EXIT_USAGE, "--setgroups is allow or deny, not '%s'", text);
	return 0;
}

static int set_propagation(struct nest *nest, const char *text)
{
	for (size_t i = 0; i < COUNT_OF(propagations); i++)
		if (strcmp(text, propagations[i].name) == 0) {
			nest->propagation = propagations[i].flags;
			nest->has_propagation = true;
			return 0;
		}
	return complain(EXIT_USAGE,
			"--propagation is private, shared, slave or unchanged, not '%s'", text);
}

/* "SIGTERM", "TERM" or "15". */
static int set_kill_child(struct nest *nest, const char *text)
{
	const char *name = text && strncmp(text, "SIG", 3) == 0 ? text + 3 : text;
	uint32_t number;

	nest->fork = true;
	nest->kill_child = text ? 0 : SIGKILL;
	if (text && parse_id(text, &number) == 0 && number < NSIG)
		nest->kill_child = (int)number;
	for (int i = 1; name && i < NSIG; i++) {
		const char *known = sigabbrev_np(i);

		if (known && strcmp(known, name) == 0)
			nest->kill_child = i;
	}
	return nest->kill_child ? 0 : complain(EXIT_USAGE, "there is no signal '%s'", text);
}

static int set_mount_proc(struct nest *nest, const char *where)
{
	nest->mount_proc = where ? where : "/proc";
	return 0;
}

static int set_fork(struct nest *nest, const char *value)
{
	(void)value;
	nest->fork = true;
	return 0;
}

static int set_root(struct nest *nest, const char *directory)
{
	nest->root = directory;
	return 0;
}

static int set_wd(struct nest *nest, const char *directory)
{
	nest->wd = directory;
	return 0;
}

static int set_user(struct nest *nest, const char *user)
{
	nest->user = user;
	return 0;
}

static int drop_groups(struct nest *nest, const char *value)
{
	(void)value;
	nest->groups = GROUPS_DROP;
	return 0;
}

static int keep_groups(struct nest *nest, const char *value)
{
	(void)value;
	nest->groups = GROUPS_KEEP;
	return 0;
}

/* Those with a letter alone have no name. */
static const struct known_option {
	const char *name;
	int takes; /* no_argument, ... */
	char letter;
	int namespaces; /* that it asks for */
	int (*apply)(struct nest *nest, const char *value);
} options[] = {
	{"uidmap", required_argument, 0, 0, add_uids},
	{"gidmap", required_argument, 0, 0, add_gids},
	{"bank", required_argument, 0, 0, add_bank},
	{"private", optional_argument, 0, 0, add_private},
	{"setgroups", required_argument, 0, 0, set_setgroups},
	{"mount", no_argument, 'm', CLONE_NEWNS, NULL},
	{"pid", no_argument, 'p', CLONE_NEWPID, NULL},
	{"net", no_argument, 'n', CLONE_NEWNET, NULL},
	{"ipc", no_argument, 'i', CLONE_NEWIPC, NULL},
	{"uts", no_argument, 'u', CLONE_NEWUTS, NULL},
	{"cgroup", no_argument, 'C', CLONE_NEWCGROUP, NULL},
	{"time", no_argument, 'T', CLONE_NEWTIME, NULL},
	/* A user namespace is made in any case. */
	{NULL, no_argument, 'U', 0, NULL},
	{"propagation", required_argument, 0, 0, set_propagation},
	{"fork", no_argument, 'f', 0, set_fork},
	{"kill-child", optional_argument, 0, 0, set_kill_child},
	{"mount-proc", optional_argument, 0, CLONE_NEWNS, set_mount_proc},
	{"root", required_argument, 'R', 0, set_root},
	{"wd", required_argument, 'w', 0, set_wd},
	{"user", required_argument, 0, 0, set_user},
	{"drop-groups", no_argument, 0, 0, drop_groups},
	{"keep-groups", no_argument, 0, 0, keep_groups},
	{"help", no_argument, 'h', 0, show_help},
};

/* What getopt_long(3) gives for it. */
static int value_of(size_t i)
{
	return options[i].letter ? options[i].letter : 256 + (int)i;
}

/* In the forms that getopt_long(3) wants. */
static void list_options(struct option names[static COUNT_OF(options) + 1],
			 char letters[static 2 * COUNT_OF(options) + 2])
{
	/* It leaves COMMAND its options. */
	*letters++ = '+';
	for (size_t i = 0; i < COUNT_OF(options); i++) {
		if (options[i].name)
			*names++ = (struct option){options[i].name, options[i].takes, NULL,
						   value_of(i)};
		if (options[i].letter)
			*letters++ = options[i].letter;
		if (options[i].letter && options[i].takes == required_argument)
			*letters++ = ':';
	}
	*names = (struct option){NULL, 0, NULL, 0};
	*letters = '\0';
}

static int apply_option(int value, struct nest *nest)
{
	for (size_t i = 0; i < COUNT_OF(options); i++) {
		if (value_of(i) != value)
			continue;
		nest->namespaces |= options[i].namespaces;
		return options[i].apply ? options[i].apply(nest, optarg) : 0;
	}
	return complain(EXIT_USAGE, "see userns unshare --help");
}

static int check_together(const struct nest *nest)
{
	if (nest->part_count > 0 && nest->uids.count + nest->gids.count > 0)
		return complain(EXIT_USAGE,
				"--uidmap and --gidmap choose ids themselves, without --bank and "
				"--private");
	if (nest->has_propagation && !(nest->namespaces & CLONE_NEWNS))
		return complain(EXIT_USAGE, "--propagation is for mounts of its own: add --mount");
	if (nest->mount_proc && !(nest->fork && nest->namespaces & CLONE_NEWPID))
		return complain(EXIT_USAGE,
				"--mount-proc is for processes of its own: add --pid --fork");
	return 0;
}

int nest_parse(int argc, char **argv, struct nest *ret)
{
	struct option names[COUNT_OF(options) + 1];
	char letters[2 * COUNT_OF(options) + 2];
	int value, status = 0;

	*ret = (struct nest){.propagation = MS_REC | MS_PRIVATE};
	list_options(names, letters);
	/* 0: getopt_long starts anew, and honours the '+'. */
	optind = 0;
	while (status == 0 && (value = getopt_long(argc, argv, letters, names, NULL)) != -1)
		status = apply_option(value, ret);
	ret->command = argv + optind;
	return status ? status : check_together(ret);
}
