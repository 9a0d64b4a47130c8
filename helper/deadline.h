/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The deadline: when it passes, the process says what it was waiting for and ends, wherever it
 * is. That is safe at any instruction: files are replaced by rename, and locks are void
 * when their process is gone; its lock files are removed.
 */
#ifndef HELPER_DEADLINE_H
#define HELPER_DEADLINE_H

/*
 * Starts the clock, in milliseconds. The last word, a struct result with
 * RESULT_TIMEOUT, goes to result_fd; where that is -1, a line to stderr.
 */
void deadline_start(unsigned int milliseconds, int result_fd);

/* Notes what is being waited for from now on; the text is copied. */
void deadline_phase(const char *what);

#endif
