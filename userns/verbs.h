/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The verbs of userns(1), a file each. They run as the user who types them, without any
 * privilege; each takes its own arguments (argv[0] is the verb) and gives the exit status.
 */
#ifndef USERNS_VERBS_H
#define USERNS_VERBS_H

#include "util/exit_status.h"

int verb_bank(int argc, char **argv);
int verb_exec(int argc, char **argv);
int verb_hold(int argc, char **argv);
int verb_unshare(int argc, char **argv);

/* Hand over to userns-helper, and to userns-show. */
int verb_of_helper(int argc, char **argv);
int verb_of_show(int argc, char **argv);

/* Those of userns-show. */
int verb_bank_list(int argc, char **argv);
int verb_check(int argc, char **argv);
int verb_list(int argc, char **argv);
int verb_status(int argc, char **argv);

#endif
