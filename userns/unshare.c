/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "userns unshare": a namespace that nests in the caller's delegated one, with the ids that are
 * asked for, and a command in it. As root of the delegated namespace we write the maps of its
 * children ourselves. All that can be refused is, before anything is made.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "namespace/childmap.h"
#include "namespace/nested.h"
#include "namespace/rundir.h"
#include "userns/bankdir.h"
#include "userns/caller.h"
#include "userns/complain.h"
#include "userns/enter.h"
#include "userns/identity.h"
#include "userns/keep.h"
#include "userns/limits.h"
#include "userns/nest.h"
#include "userns/pieces.h"
#include "userns/run.h"
#include "userns/supervise.h"
#include "userns/verbs.h"
#include "util/child.h"
#include "util/cleanup.h"
#include "util/pipe.h"
#include "util/userns.h"

struct unsharing {
	struct nest nest;
	struct identity identity;
	struct ns_maps maps;
	bool parent_setgroups; /* may it be called in the delegated namespace? */
	struct limits host_limits;
	struct limits own_limits;
	int end_signal;	   /* to the command, when its parent ends; 0: none */
	pid_t parent;	   /* with which we are to end; 0: with none */
	struct pipe alive; /* its other end is open as long as who supervises is there */
	char where[RUNDIR_PATH_SIZE + 32];
};

/* What we open must not come to lie where the command's are missing; it finds them closed too. */
static int fill_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return complain(EXIT_SYSTEM, "cannot open /dev/null: %s", strerror(errno));
	close(fd);
	return 0;
}

/* Ids by what they are in the delegated namespace: the first of each, and how many. */
struct part {
	uint32_t uids;
	uint32_t gids;
	uint32_t count;
};

/* Takes a bank into use. */
static int use_bank(const struct ns_maps *parent, struct bankdir *dir, const struct banks *banks,
		    const char *name, struct part *ret, struct reason *why)
{
	const struct bank *bank = banks_find(banks, name);
	struct id_range met;
	int r;

	if (!bank)
		return refuse(why, -ENOENT, "there is no bank '%s'; make it by userns bank create",
			      name);
	if (inside_of(&parent->uids, bank->uids, &ret->uids) < 0 ||
	    inside_of(&parent->gids, bank->gids, &ret->gids) < 0)
		return refuse(why, -ENOENT,
			      "the ids of bank %s, %u-%u on the host, are not in your namespace",
			      name, bank->uids.start, id_range_last(bank->uids));
	ret->count = bank->uids.count;
	r = bankdir_use(dir, bank->uids, false, &met, why);
	if (r == -EAGAIN)
		return refuse(why, r,
			      "ids of bank %s are in use by a --private, which is older than the "
			      "file of your banks; end that",
			      name);
	return r;
}

static void append(struct id_map *map, uint32_t outside, uint32_t count)
{
	uint32_t inside = 0;

	if (map->count > 0) {
		const struct extent *last = &map->extents[map->count - 1];

		inside = last->inside + last->count;
	}
	map->extents[map->count++] = (struct extent){inside, outside, count};
}

/* Puts the parts one behind the other, and takes their ids into use. */
static int join_parts(const struct ns_maps *parent, const struct nest *nest, struct bankdir *dir,
		      struct ns_maps *wanted, struct reason *why)
{
	CLEANUP(banks_free) struct banks banks = {.count = 0};
	struct pieces pieces;
	int r;

	pieces_of(parent, &pieces);
	r = bankdir_begin(dir, false, &banks, why);
	for (size_t i = 0; r == 0 && i < nest->part_count; i++) {
		const struct nest_part *asked = &nest->parts[i];
		struct piece piece = {.inside = 0};
		struct part part;

		if (asked->bank) {
			r = use_bank(parent, dir, &banks, asked->bank, &part, why);
		} else {
			r = bankdir_choose(dir, &pieces, &banks, asked->count, &piece, why);
			part = (struct part){piece.inside, piece.inside, piece.uids.count};
		}
		if (r == 0) {
			append(&wanted->uids, part.uids, part.count);
			append(&wanted->gids, part.gids, part.count);
		}
	}
	bankdir_end(dir);
	return r;
}

static int wanted_maps(const struct ns_maps *parent, const struct nest *nest, struct bankdir *dir,
		       struct ns_maps *wanted, struct reason *why)
{
	if (nest->part_count > 0)
		return join_parts(parent, nest, dir, wanted, why);
	if (nest->uids.count + nest->gids.count == 0) {
		childmap_whole(&parent->uids, &wanted->uids);
		childmap_whole(&parent->gids, &wanted->gids);
		return 0;
	}
	/* As podman has it. */
	wanted->uids = nest->uids.count > 0 ? nest->uids : nest->gids;
	wanted->gids = nest->gids.count > 0 ? nest->gids : nest->uids;
	return 0;
}

/* Settles the maps by those of the namespace that we are in. */
static int settle_maps(const struct nest *nest, struct bankdir *dir, struct ns_maps *ret,
		       bool *ret_parent_setgroups)
{
	struct ns_maps parent, wanted = {.uids.count = 0};
	struct reason why;
	int r;

	r = maps_read(getpid(), &parent, &why);
	if (r < 0)
		return complain(EXIT_SYSTEM, "%s", why.text);
	if (nest->setgroups == SETGROUPS_ALLOW && !parent.setgroups)
		return complain(EXIT_REFUSED,
				"your namespace denies setgroups(2), and so does all within it; "
				"see deny-setgroups in usernamespaces(5)");
	ret->setgroups = parent.setgroups && nest->setgroups != SETGROUPS_DENY;
	r = wanted_maps(&parent, nest, dir, &wanted, &why);
	if (r == 0)
		r = childmap_fit(&parent.uids, &wanted.uids, "uid", &ret->uids, &why);
	if (r == 0)
		r = childmap_fit(&parent.gids, &wanted.gids, "gid", &ret->gids, &why);
	if (r < 0)
		return complain(EXIT_REFUSED, "%s", why.text);
	*ret_parent_setgroups = parent.setgroups;
	return 0;
}

static int complain_of_nesting(const struct unsharing *u, int error, const struct reason *why)
{
	if (error == EPERM || error == ENOSPC)
		return limits_complain(CLONE_NEWUSER, error, &u->host_limits, &u->own_limits);
	return complain(EXIT_SYSTEM, "%s", why->text);
}

/* One by one, so that it can be said which one failed. */
static int make_other_namespaces(const struct unsharing *u)
{
	for (int rest = u->nest.namespaces; rest; rest &= rest - 1)
		if (unshare(rest & -rest) < 0)
			return limits_complain(rest & -rest, errno, &u->host_limits,
					       &u->own_limits);
	return 0;
}

static int mount_proc(const char *where)
{
	if (mount("proc", where, "proc", MS_NOSUID | MS_NOEXEC | MS_NODEV, NULL) == 0)
		return 0;
	return complain(EXIT_SYSTEM, "cannot mount %s: %s%s", where, strerror(errno),
			errno == EPERM ? "; parts of the /proc that is there are covered, as in "
					 "a container"
				       : "");
}

static int prepare_files(const struct nest *nest)
{
	if (nest->namespaces & CLONE_NEWNS && nest->propagation &&
	    mount("none", "/", NULL, nest->propagation, NULL) < 0)
		return complain(EXIT_SYSTEM, "cannot set the propagation of mounts: %s",
				strerror(errno));
	if (nest->root && (chroot(nest->root) < 0 || chdir("/") < 0))
		return complain(EXIT_REFUSED, "cannot change the root to %s: %s", nest->root,
				strerror(errno));
	if (nest->wd && chdir(nest->wd) < 0)
		return complain(EXIT_REFUSED, "cannot change to the directory %s: %s", nest->wd,
				strerror(errno));
	return nest->mount_proc ? mount_proc(nest->mount_proc) : 0;
}

/* In the last of the processes: becomes the command. */
static int run_inside(void *argument)
{
	struct unsharing *u = argument;
	int status;

	pipe_close_write(&u->alive);
	status = prepare_files(&u->nest);
	if (status == 0)
		status = identity_become(&u->identity, &u->maps);
	if (status != 0)
		return status;
	/* After the last change of ids, which undoes it. */
	if (u->end_signal &&
	    (child_end_with(u->parent, u->end_signal) < 0 || pipe_has_ended(&u->alive)))
		return EXIT_SYSTEM;
	status = run_command(u->nest.command, u->where);
	if (status == EXIT_CANNOT_EXEC && u->nest.part_count > 0)
		complain(0, "it has no ids of yours, so everybody must be able to get there and "
			    "run it");
	return status;
}

/*
 * The first process of a new process namespace does not see its parent, nor that it has another by
 * now. So it has a pipe, whose other end is ours alone: the kernel closes the files of a process
 * that ends before it looks for its children.
 */
static int supervise_inside(struct unsharing *u)
{
	int r;

	if (u->end_signal) {
		u->parent = getpid();
		r = pipe_open(&u->alive);
		if (r < 0)
			return complain(EXIT_SYSTEM, "cannot make a pipe: %s", strerror(-r));
	}
	return supervise_child(run_inside, u);
}

/* In the user namespace. */
static int run_nested(void *argument)
{
	struct unsharing *u = argument;
	int status;

	status = make_other_namespaces(u);
	if (status != 0)
		return status;
	if (!u->nest.fork)
		return run_inside(u);
	if (u->parent && child_end_with(u->parent, SIGKILL) < 0)
		return EXIT_SYSTEM;
	return supervise_inside(u);
}

/* In the keeper. */
static pid_t fork_nested(void *argument)
{
	struct unsharing *u = argument;
	struct reason why;
	pid_t pid;

	u->parent = getpid();
	pid = nested_fork(&u->maps, &why);
	return pid < 0 ? -complain_of_nesting(u, -pid, &why) : pid;
}

static int join_nested(struct unsharing *u)
{
	struct reason why;
	int r;

	r = nested_join(&u->maps, &why);
	return r < 0 ? complain_of_nesting(u, -r, &why) : run_nested(u);
}

/*
 * Who has ids that are nobody else's is not to have our groups: they would open our files to it.
 * They go while we are root of the delegated namespace, as the new one may deny setgroups(2).
 */
static int become_root(const struct nest *nest, bool setgroups)
{
	bool drop = nest->groups == GROUPS_DROP ||
		    (nest->part_count > 0 && nest->groups != GROUPS_KEEP);

	if (drop && !setgroups)
		return complain(EXIT_REFUSED,
				"your namespace denies setgroups(2), so that supplementary groups "
				"cannot be dropped; %s",
				nest->part_count > 0 ? "add --keep-groups if they may stay"
						     : "do without --drop-groups");
	return enter_become_root(drop);
}

static int prepare(struct unsharing *u, struct bankdir *dir)
{
	char pin[RUNDIR_PATH_SIZE];
	struct reason why;
	uid_t uid;
	gid_t gid;
	int status;

	status = fill_standard_descriptors();
	if (status == 0)
		status = find_caller(&uid, &gid);
	if (status == 0 && u->nest.user)
		status = identity_find(u->nest.user, u->nest.root, &u->identity);
	if (status == 0 && u->nest.part_count > 0 && bankdir_open(dir, &why) < 0)
		status = complain(EXIT_REFUSED, "%s", why.text);
	if (status == 0 && in_initial_user_namespace() == 1)
		limits_read(u->nest.namespaces | CLONE_NEWUSER, &u->host_limits);
	if (status == 0)
		status = enter_namespace(uid);
	if (status == 0)
		limits_read(u->nest.namespaces | CLONE_NEWUSER, &u->own_limits);
	if (status == 0)
		status = settle_maps(&u->nest, dir, &u->maps, &u->parent_setgroups);
	if (status == 0)
		status = identity_check(&u->identity, &u->maps);
	if (status != 0)
		return status;
	rundir_pin_path(uid, pin);
	snprintf(u->where, sizeof(u->where), "a namespace within %s", pin);
	return become_root(&u->nest, u->parent_setgroups);
}

int verb_unshare(int argc, char **argv)
{
	CLEANUP(bankdir_close) struct bankdir dir = BANKDIR_INIT;
	struct unsharing u = {
		.host_limits = LIMITS_UNKNOWN, .own_limits = LIMITS_UNKNOWN, .alive = PIPE_INIT};
	int status;

	status = nest_parse(argc, argv, &u.nest);
	if (status == 0)
		status = prepare(&u, &dir);
	if (status != 0)
		return status;
	u.end_signal = u.nest.kill_child;
	if (dir.ids < 0)
		return join_nested(&u);
	if (!u.end_signal)
		u.end_signal = SIGKILL;
	return keep_and_run(TAKE_FD(dir.ids), &(struct kept_command){
						      .fork = fork_nested,
						      .run = run_nested,
						      .argument = &u,
						      .if_killed = u.nest.kill_child ? SIGKILL : 0,
					      });
}
