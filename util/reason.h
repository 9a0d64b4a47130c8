/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The error convention of the whole tree: a function returns 0 or a negative
 * errno, and gives results by pointers named ret_*, untouched on failure. One
 * that can refuse for a reason no errno tells also takes a struct reason, and
 * fills it with one line: what was refused, why, and what would change it.
 * Leaves do not log; the outermost caller does, once.
 */
#ifndef UTIL_REASON_H
#define UTIL_REASON_H

#define REASON_SIZE 512

struct reason {
	char text[REASON_SIZE];
};

/*
 * Writes the formatted line into why (cut at REASON_SIZE - 1 bytes, control characters replaced by
 * '?', as names in it may come from users) and returns error, a negative errno, so that a
 * caller can "return refuse(...)".
 */
__attribute__((format(printf, 3, 4))) int refuse(struct reason *why, int error, const char *format,
						 ...);

/* The same, for a failed system call: the text of the error is added to the line. */
__attribute__((format(printf, 3, 4))) int refuse_errno(struct reason *why, int error,
						       const char *format, ...);

/* Adds to the line what is worth saying though nothing was refused. */
__attribute__((format(printf, 2, 3))) void note(struct reason *why, const char *format, ...);

/*
 * Replaces control characters, C1's in UTF-8 too, and DEL in place, so that a text stays one line
 * of a log.
 */
void make_printable(char *text);

#endif
