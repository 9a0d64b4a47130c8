/* SPDX-License-Identifier: BSD-3-Clause */
/* The container engines of this host, and how they nest in a delegated namespace. */
#ifndef USERNS_ENGINES_H
#define USERNS_ENGINES_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Prints a table of those that are found in PATH or where packages put them: whether they nest in
 * the caller's own namespace, which pin is a descriptor of, and how. setgroups: may setgroups(2) be
 * called there? -ENOMEM, -EIO.
 */
int engines_print(int pin, uid_t uid, bool setgroups);

#endif
