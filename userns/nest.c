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

enum {
	OPTION_UIDMAP = 256,
	OPTION_GIDMAP,
	OPTION_BANK,
	OPTION_PRIVATE,
	OPTION_SETGROUPS,
	OPTION_MOUNT_PROC,
	OPTION_PROPAGATION,
	OPTION_KILL_CHILD,
	OPTION_USER,
	OPTION_DROP_GROUPS,
	OPTION_KEEP_GROUPS,
};

static const struct {
	char letter;
	int kind;
} kinds[] = {
	{'m', CLONE_NEWNS},  {'p', CLONE_NEWPID},    {'n', CLONE_NEWNET},  {'i', CLONE_NEWIPC},
	{'u', CLONE_NEWUTS}, {'C', CLONE_NEWCGROUP}, {'T', CLONE_NEWTIME},
};

static const struct {
	const char *name;
	unsigned long flags;
} propagations[] = {
	{"private", MS_REC | MS_PRIVATE},
	{"shared", MS_REC | MS_SHARED},
	{"slave", MS_REC | MS_SLAVE},
	{"unchanged", 0},
};

static void show_help(void)
{
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
	nest->namespaces |= CLONE_NEWNS;
	nest->mount_proc = where ? where : "/proc";
	return 0;
}

static int apply_letter(int letter, struct nest *nest)
{
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (kinds[i].letter == letter) {
			nest->namespaces |= kinds[i].kind;
			return 0;
		}
	switch (letter) {
	case 'f':
		nest->fork = true;
		return 0;
	case 'R':
		nest->root = optarg;
		return 0;
	case 'w':
		nest->wd = optarg;
		return 0;
	case 'U':
		/* It is implied. */
		return 0;
	case 'h':
		show_help();
		exit(EXIT_DONE);
	default:
		return complain(EXIT_USAGE, "see userns unshare --help");
	}
}

static int apply_option(int option, struct nest *nest)
{
	switch (option) {
	case OPTION_UIDMAP:
		return add_extent(&nest->uids, "uid", optarg);
	case OPTION_GIDMAP:
		return add_extent(&nest->gids, "gid", optarg);
	case OPTION_BANK:
		return add_part(nest, optarg, 0);
	case OPTION_PRIVATE:
		return add_private(nest, optarg);
	case OPTION_SETGROUPS:
		return set_setgroups(nest, optarg);
	case OPTION_MOUNT_PROC:
		return set_mount_proc(nest, optarg);
	case OPTION_PROPAGATION:
		return set_propagation(nest, optarg);
	case OPTION_KILL_CHILD:
		return set_kill_child(nest, optarg);
	case OPTION_USER:
		nest->user = optarg;
		return 0;
	case OPTION_DROP_GROUPS:
		nest->groups = GROUPS_DROP;
		return 0;
	case OPTION_KEEP_GROUPS:
		nest->groups = GROUPS_KEEP;
		return 0;
	default:
		return apply_letter(option, nest);
	}
}

static int check_together(const struct nest *nest, bool has_propagation)
{
	if (nest->part_count > 0 && nest->uids.count + nest->gids.count > 0)
		return complain(EXIT_USAGE,
				"--uidmap and --gidmap choose ids themselves, without --bank and "
				"--private");
	if (has_propagation && !(nest->namespaces & CLONE_NEWNS))
		return complain(EXIT_USAGE, "--propagation is for mounts of its own: add --mount");
	if (nest->mount_proc && !(nest->fork && nest->namespaces & CLONE_NEWPID))
		return complain(EXIT_USAGE,
				"--mount-proc is for processes of its own: add --pid --fork");
	return 0;
}

int nest_parse(int argc, char **argv, struct nest *ret)
{
	static const struct option names[] = {
		{"uidmap", required_argument, NULL, OPTION_UIDMAP},
		{"gidmap", required_argument, NULL, OPTION_GIDMAP},
		{"bank", required_argument, NULL, OPTION_BANK},
		{"private", optional_argument, NULL, OPTION_PRIVATE},
		{"setgroups", required_argument, NULL, OPTION_SETGROUPS},
		{"mount", no_argument, NULL, 'm'},
		{"pid", no_argument, NULL, 'p'},
		{"net", no_argument, NULL, 'n'},
		{"ipc", no_argument, NULL, 'i'},
		{"uts", no_argument, NULL, 'u'},
		{"cgroup", no_argument, NULL, 'C'},
		{"time", no_argument, NULL, 'T'},
		{"propagation", required_argument, NULL, OPTION_PROPAGATION},
		{"fork", no_argument, NULL, 'f'},
		{"kill-child", optional_argument, NULL, OPTION_KILL_CHILD},
		{"mount-proc", optional_argument, NULL, OPTION_MOUNT_PROC},
		{"root", required_argument, NULL, 'R'},
		{"wd", required_argument, NULL, 'w'},
		{"user", required_argument, NULL, OPTION_USER},
		{"drop-groups", no_argument, NULL, OPTION_DROP_GROUPS},
		{"keep-groups", no_argument, NULL, OPTION_KEEP_GROUPS},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	bool has_propagation = false;
	int option, status = 0;

	*ret = (struct nest){.propagation = MS_REC | MS_PRIVATE};
	/* 0: getopt_long starts anew, and honours the '+', which leaves COMMAND its options. */
	optind = 0;
	while (status == 0 &&
	       (option = getopt_long(argc, argv, "+mpniuCTUfR:w:h", names, NULL)) != -1) {
		has_propagation |= option == OPTION_PROPAGATION;
		status = apply_option(option, ret);
	}
	ret->command = argv + optind;
	return status ? status : check_together(ret, has_propagation);
}
