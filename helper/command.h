/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef HELPER_COMMAND_H
#define HELPER_COMMAND_H

#include "helper/verbs.h"

#define VERB_OF_PARENT 1u  /* --pid has to be our parent's */
#define VERB_FOR_ALL   2u  /* also who is not root may run it */
#define VERB_UNBOUNDED 4u  /* without a deadline, unless one is given */
#define VERB_WALKS     8u  /* it begins with caps_before_walking() */
#define VERB_OF_HOST   16u /* --pid has to be our parent's, or of one above it, or be gone */

struct verb {
	const char *name;
	verb_function *run;
	const char *options; /* by their letters: those of its help, besides --timeout and --help */
	int least_operands;
	int most_operands;
	unsigned int flags;   /* VERB_ */
	const char *usage[2]; /* lines of the help */
};

struct command {
	const struct verb *verb;
	struct request request;
	unsigned int timeout; /* in seconds; 0: none */
	int result_fd;	      /* -1: people read what we say */
	bool help;	      /* while it is read: just say how it is called */
};

/* Reads the command line. Ends the process when it asks for help, or is wrong. */
void command_parse(int argc, char **argv, struct command *ret);

#endif
