/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * fleeting FILE: processes that go into user namespaces of their own and end at once, thousands in
 * a second, until there is such a file.
 */
#include <sched.h>
#include <signal.h>
#include <unistd.h>

static void come_and_go(void)
{
	if (unshare(CLONE_NEWUSER) < 0)
		_exit(1);
	for (volatile int i = 0; i < 20000; i++)
		;
	_exit(0);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	/* Nobody waits for them: they are gone as they end. */
	signal(SIGCHLD, SIG_IGN);
	while (access(argv[1], F_OK) < 0) {
		if (fork() == 0)
			come_and_go();
		usleep(200);
	}
	return 0;
}
