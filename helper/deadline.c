/* SPDX-License-Identifier: BSD-3-Clause */
/* The deadline of the helper: see deadline.h. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "helper/deadline.h"
#include "helper/result.h"
#include "subid/lock.h"
#include "util/exit_status.h"

/* What the signal handler says; written only while the signal is blocked. */
static struct result last_word = {
	.magic = RESULT_MAGIC, .version = RESULT_VERSION, .code = RESULT_TIMEOUT};
static int last_word_fd = -1;

static void on_alarm(int signal)
{
	ssize_t ignored;

	(void)signal;
	if (last_word_fd >= 0)
		ignored = write(last_word_fd, &last_word, sizeof(last_word));
	else
		ignored = write(STDERR_FILENO, last_word.text, strlen(last_word.text));
	(void)ignored;
	/* Last, as a disk may be what does not answer. */
	subid_lock_abandon();
	_exit(EXIT_TRY_AGAIN);
}

void deadline_phase(const char *what)
{
	sigset_t alarm_only, before;

	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	sigprocmask(SIG_BLOCK, &alarm_only, &before);
	if (last_word_fd >= 0)
		snprintf(last_word.text, sizeof(last_word.text),
			 "not done in time; it waited for %s", what);
	else
		snprintf(last_word.text, sizeof(last_word.text),
			 "%s: not done in time; it waited for %s\n", program_invocation_short_name,
			 what);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

void deadline_start(unsigned int milliseconds, int result_fd)
{
	const struct sigaction action = {.sa_handler = on_alarm};
	const struct itimerval timer = {.it_value = {.tv_sec = milliseconds / 1000,
						     .tv_usec = (milliseconds % 1000) * 1000}};

	last_word_fd = result_fd;
	deadline_phase("its start");
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}
