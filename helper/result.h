/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What userns-helper tells its caller: one record of fixed size, written at once to the pipe
 * that --result-fd names. The record is the answer; an exit status can be lost, as hosts
 * ignore SIGCHLD or reap every child. Both sides are installed together; the version
 * tells when they were not.
 */
#ifndef HELPER_RESULT_H
#define HELPER_RESULT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "util/reason.h"

/* The descriptor on which its callers have it find the pipe, and the argument that says so. */
#define HELPER_RESULT_FD     3
#define HELPER_RESULT_OPTION "--result-fd=3"

#define RESULT_MAGIC   0x75736e73u /* "usns" */
#define RESULT_VERSION 1u

enum result_code {
	RESULT_READY = 0,	 /* done; of open: the namespace is at path */
	RESULT_IGNORE = 1,	 /* this user gets none, by the policy or as a system user */
	RESULT_FAILED = 2,	 /* broken or refused: text says what, why, and what to do */
	RESULT_UNKNOWN_USER = 3, /* there is no such user */
	RESULT_TIMEOUT = 4,	 /* not done in time: text says what it waited for */
};

#define RESULT_CODE_LAST RESULT_TIMEOUT
#define RESULT_PATH_SIZE 256

/* Smaller than PIPE_BUF, so that the write is atomic. */
struct result {
	uint32_t magic;
	uint32_t version;
	uint32_t code;
	uint32_t uid;		     /* whose namespace, when ready */
	uint32_t session;	     /* the number of this session, for close, when ready */
	char path[RESULT_PATH_SIZE]; /* its pin, when ready; when ignored: of one that stays in use
				      */
	char text[REASON_SIZE];	     /* one printable line for the log */
};

/* What a function has come to that gives 0 or -errno. */
static inline enum result_code result_of(int r)
{
	return r < 0 ? RESULT_FAILED : RESULT_READY;
}

/* What there is to say goes with it, whatever it is. */
static inline void result_set(struct result *ret, enum result_code code, const struct reason *why)
{
	ret->code = code;
	memcpy(ret->text, why->text, sizeof(ret->text));
}

/* Is what came through the pipe a record that we know, with strings that end? */
static inline bool result_is_sound(const struct result *result)
{
	return result->magic == RESULT_MAGIC && result->version == RESULT_VERSION &&
	       result->code <= RESULT_CODE_LAST &&
	       memchr(result->path, '\0', sizeof(result->path)) &&
	       memchr(result->text, '\0', sizeof(result->text));
}

#endif
