/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the book, /etc/subuid and /etc/subgid have in common: lines that begin with
 * <owner>:<start>:<count>, and are only ever added at the end of the whole file.
 */
#ifndef SUBID_IDFILE_H
#define SUBID_IDFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "subid/range.h"
#include "util/parse.h"
#include "util/reason.h"

/* One line. Slices point into the text of its file. The flags are the book's alone. */
struct id_entry {
	struct slice owner; /* a name, or a uid in digits */
	struct id_range range;
	unsigned int line; /* from 1 */
	struct slice text; /* the whole line, without newline */

	struct slice flags; /* as they stand there */
	uint32_t gid_start; /* where the group range starts: range.start, but for gid=START */
	bool has_uid;
	uid_t uid;	     /* whose it is: uid=N */
	bool deny_setgroups; /* no setgroups(2) inside */
	bool adopted;	     /* found in /etc/subuid, not chosen by us */
	bool reserved;	     /* for other software; never handed out */
	bool retired;	     /* its user is gone; never handed out */
};

struct malformed_line {
	unsigned int line;
	const char *wrong; /* for people; lives for ever */
};

/* No more of them are kept, of however many there are. */
#define MALFORMED_KEPT 100

struct id_file {
	const char *path; /* the caller's */
	char *text;	  /* as it was read; NULL: there is no such file */
	size_t length;
	struct id_entry *entries;
	size_t count;
	size_t room;
	unsigned int malformed;			/* how many lines cannot be read */
	struct malformed_line *malformed_lines; /* the first MALFORMED_KEPT of them */
	struct reason unread;			/* id_file_try(): why it could not be; else empty */
};

/* Reads a line, neither blank nor a comment. Gives NULL, or what is wrong with it, for people. */
typedef const char *id_entry_parser(struct slice line, struct id_entry *ret);

/*
 * Reads the file; none is an empty one. A malformed line is no error: it is noted, as what
 * the other lines say still holds, and only new ranges must wait for it to be mended.
 * Any error: the file cannot be believed (not root's, not a file, over 64 MiB), with a reason.
 * id_file_free() afterwards.
 */
int id_file_read(const char *path, id_entry_parser *parse, struct id_file *ret, struct reason *why);

/*
 * Reads it once more into what id_file_read() or a zeroed struct has left; what has not changed is
 * not parsed again. *ret_changed is set if it has, else untouched.
 */
int id_file_refresh(const char *path, id_entry_parser *parse, struct id_file *file,
		    bool *ret_changed, struct reason *why);

/*
 * The same, but what cannot be believed is an empty file that says so: file->unread. Nothing is to
 * be concluded from what is not in it, and it is not to be written.
 */
void id_file_try(const char *path, id_entry_parser *parse, struct id_file *file, bool *ret_changed);

/* The same as id_file_read() from an allocated text, which it takes over, also on failure
 * (-ENOMEM). */
int id_file_parse(const char *path, char *text, size_t length, id_entry_parser *parse,
		  struct id_file *ret);

/*
 * What is wrong with the index-th malformed line, with file and line. False: there are no more, or
 * no more were kept.
 */
bool id_file_malformed(const struct id_file *file, unsigned int index, struct reason *ret);

void id_file_free(struct id_file *file);

/* What is to become of a line that is there. */
enum line_fate { LINE_KEEP, LINE_DROP, LINE_FLAG };

/* Decides that; flag only in the book. */
typedef enum line_fate line_judge(const struct id_entry *entry, const void *argument);

struct id_file_change {
	line_judge *judge; /* NULL: every line is kept */
	const void *argument;
	const char *flag;  /* what LINE_FLAG adds to a line's flags */
	const char *added; /* whole lines, each with its newline, for the end of the file */
};

/*
 * Writes the file anew; every byte that no change is for stays: comments, order, malformed lines.
 * The caller holds the lock (subid/lock.h) and has read the file under it.
 */
int id_file_rewrite(const struct id_file *file, const struct id_file_change *change,
		    struct reason *why);

/*
 * For parsers: takes owner, start and count off the front of line, and leaves the rest
 * (line->text is NULL when nothing follows). Gives NULL or what is wrong.
 */
const char *parse_owner_and_range(struct slice *line, struct id_entry *entry);

/* Room for an owner, a name that fits or a uid, and its NUL. */
#define ID_OWNER_SIZE 257

/*
 * Does the name mean just this user to every reader of such lines? Not if it is empty or over 256
 * bytes; a colon, slash, blank or control character in it; '-', '+' or '#' in front; digits only
 * (shadow takes them for a uid).
 */
bool name_fits_in_files(const char *name);

/* Writes how a user is called in such lines: by name, or by uid where the name does not fit. */
void owner_in_files(const char *name, uid_t uid, char ret[static ID_OWNER_SIZE]);

#endif
