/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The book, /etc/usernamespaces: the record of every exterior range on the host, a line
 * <user>:<start>:<length>:<flags> each, as James Bottomley proposed it in 2016. Users'
 * ranges are settled here first; /etc/subuid and /etc/subgid hold copies.
 */
#ifndef SUBID_BOOK_H
#define SUBID_BOOK_H

#include "subid/idfile.h"

/* A line of the book; for id_file_read(). */
id_entry_parser book_parse_entry;

/* Its uid and gid ranges have the same length. */
struct id_range book_entry_gids(const struct id_entry *entry);

/* The one or the other; of shadow's files, whose lines have one range, that. */
struct id_range book_entry_range(const struct id_entry *entry, bool gids);

/* Does the line hand out a range to a user? A reserved or retired one does not. */
bool book_entry_is_users(const struct id_entry *entry);

/* Does it to this uid? */
bool book_entry_is_of(const struct id_entry *entry, uid_t uid);

/*
 * Does it hand out a range to somebody with another uid who is called alike in the files? owner is
 * what owner_in_files() gives for the user.
 */
bool book_entry_is_of_namesake(const struct id_entry *entry, const char *owner, uid_t uid);

/* The first line that hands out a range to this uid. NULL: none. */
const struct id_entry *book_find(const struct id_file *book, uid_t uid);

/*
 * Writes a line with the flags uid=, gid=, adopted and reserved as the entry says, and retired=
 * with today's date where it does. The owner takes at most ID_OWNER_SIZE bytes.
 */
#define BOOK_LINE_SIZE (ID_OWNER_SIZE + 128)
void book_format(const struct id_entry *entry, char ret[static BOOK_LINE_SIZE]);

/* Writes the flag that retires a line today (UTC). */
#define BOOK_RETIRED_SIZE sizeof("retired=YYYY-MM-DD")
void book_format_retired(char ret[static BOOK_RETIRED_SIZE]);

#endif
