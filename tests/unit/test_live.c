/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * namespace/live.h, where a process goes on to another namespace while it is looked at. Takes root,
 * for a /proc that has the test's own processes alone. It is linked with --wrap=maps_read.
 */
#include "tests/unit/unit.h"

#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "namespace/live.h"
#include "namespace/maps.h"

/* What the namespace maps, of ids that we may map: our own. */
#define INSIDE 7u

static pid_t mover, stayer;
static int to_mover = -1;
static bool has_moved, is_alone;

static void wait_for_word(int fd)
{
	char word;

	if (read(fd, &word, 1) != 1)
		_exit(1);
}

static void give_word(int fd)
{
	if (write(fd, "x", 1) != 1)
		_exit(1);
}

/* Into one namespace, of which another process stays; at a word into another below it. */
static void be_mover(int fd)
{
	if (unshare(CLONE_NEWUSER) < 0)
		_exit(1);
	give_word(fd);
	wait_for_word(fd);
	stayer = fork();
	while (stayer == 0)
		pause();
	if (stayer < 0 || write(fd, &stayer, sizeof(stayer)) != sizeof(stayer))
		_exit(1);
	wait_for_word(fd);
	if (unshare(CLONE_NEWUSER) < 0)
		_exit(1);
	give_word(fd);
	for (;;)
		pause();
}

static void start_mover(void)
{
	const struct extent own_uid = {INSIDE, geteuid(), 1}, own_gid = {INSIDE, getegid(), 1};
	const struct ns_maps maps = {.uids = {{own_uid}, 1}, .gids = {{own_gid}, 1}};
	struct reason why;
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	mover = fork();
	assert_true(mover >= 0);
	if (mover == 0)
		be_mover(ends[1]);
	close(ends[1]);
	to_mover = ends[0];
	wait_for_word(to_mover);
	if (maps_write(mover, &maps, &why) < 0)
		fail_msg("%s", why.text);
	give_word(to_mover);
	assert_int_equal(read(to_mover, &stayer, sizeof(stayer)), sizeof(stayer));
}

static void end_mover(void)
{
	kill(mover, SIGKILL);
	waitpid(mover, NULL, 0);
	close(to_mover);
}

int __real_maps_read(pid_t pid, struct ns_maps *ret, struct reason *why);
int __wrap_maps_read(pid_t pid, struct ns_maps *ret, struct reason *why);

/* It goes on between the look at which namespace it is in, and the reading of that one's maps. */
int __wrap_maps_read(pid_t pid, struct ns_maps *ret, struct reason *why)
{
	if (pid == mover && !has_moved) {
		give_word(to_mover);
		wait_for_word(to_mover);
		has_moved = true;
	}
	return __real_maps_read(pid, ret, why);
}

static bool has_extent_of(const struct live_extents *extents, pid_t pid)
{
	for (size_t i = 0; i < extents->count; i++)
		if (extents->extents[i].pid == pid && !extents->extents[i].gids &&
		    extents->extents[i].range.start == geteuid())
			return true;
	return false;
}

static void test_moves_on(void **state)
{
	struct live_extents extents = {.count = 0};
	struct reason why;

	(void)state;
	if (!is_alone)
		skip();
	start_mover();
	/* Processes are looked at in the order of their pids. */
	assert_true(mover < stayer);
	if (live_list(&extents, &why) < 0)
		fail_msg("%s", why.text);
	end_mover();
	assert_true(has_moved);
	/* Where it was is read by the one that has stayed. */
	assert_true(has_extent_of(&extents, stayer));
	live_free(&extents);
}

/* In a child, process 1 of a /proc of its own, if that can be made: the others end with it. */
static void be_alone(void)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWNS | CLONE_NEWPID) < 0)
		return;
	pid = fork();
	if (pid > 0)
		exit(waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
									  : EXIT_FAILURE);
	is_alone = pid == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
		   mount("proc", "/proc", "proc", 0, NULL) == 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moves_on),
	};

	be_alone();
	return cmocka_run_group_tests_name("live", tests, NULL, NULL);
}
