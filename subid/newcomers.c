/* SPDX-License-Identifier: BSD-3-Clause */
/* Newcomers: see newcomers.h. Runs as root; the file has a uid a line. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "config.h"
#include "subid/newcomers.h"
#include "util/cleanup.h"
#include "util/file.h"
#include "util/parse.h"

#define NEWCOMERS_FILE USERNS_STATEDIR "/newcomers"
#define NEWCOMERS_MAX  (1u << 20)
#define LINE_SIZE      sizeof("4294967295\n")

/* Who is not known to be gone, as the directory is down, is there. */
static int add_newcomer(uid_t uid, struct accounts *accounts)
{
	struct passwd *entry;
	int r;

	errno = 0;
	entry = getpwuid(uid);
	/* Any other errno: see is_user() in accounts.c. */
	if (!entry && errno == 0)
		return 0;
	r = id_set_add(&accounts->uids, (struct id_range){uid, 1});
	if (r == 0 && entry && entry->pw_gid <= ID_LAST)
		r = id_set_add(&accounts->gids, (struct id_range){entry->pw_gid, 1});
	return r;
}

int newcomers_add(struct accounts *accounts, struct reason *why)
{
	CLEANUP_FREE char *text = NULL;
	struct slice rest, line;
	size_t length = 0;
	int r;

	r = file_read_trusted(NEWCOMERS_FILE, NEWCOMERS_MAX, &text, &length, why);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	rest = (struct slice){text, length};
	while (r == 0 && next_field(&rest, '\n', &line)) {
		uint64_t uid;

		if (parse_number(line, ID_LAST, &uid) == 0)
			r = add_newcomer((uid_t)uid, accounts);
	}
	return r < 0 ? refuse_errno(why, r, "cannot read %s", NEWCOMERS_FILE) : 0;
}

static int write_uids(const struct id_set *uids, struct reason *why)
{
	CLEANUP_FREE char *text = malloc(uids->count * LINE_SIZE + 1);
	size_t length = 0;

	if (!text)
		return refuse_errno(why, -ENOMEM, "cannot write %s", NEWCOMERS_FILE);
	for (size_t i = 0; i < uids->count; i++)
		length += (size_t)snprintf(text + length, LINE_SIZE + 1, "%" PRIu32 "\n",
					   uids->ranges[i].start);
	return file_replace(NEWCOMERS_FILE, text, length, why);
}

/* Against others who record one; *ret_fd is the lock. */
static int lock_directory(int *ret_fd, struct reason *why)
{
	CLEANUP_FD int fd = -1;

	if (mkdir(USERNS_STATEDIR, 0700) < 0 && errno != EEXIST)
		return refuse_errno(why, -errno, "cannot make %s", USERNS_STATEDIR);
	fd = open(USERNS_STATEDIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return refuse_errno(why, -errno, "cannot lock %s", USERNS_STATEDIR);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int newcomers_record(uid_t uid, struct reason *why)
{
	CLEANUP(accounts_free) struct accounts known = {.uids = {NULL, 0, 0}};
	const struct id_range newcomer = {uid, 1};
	CLEANUP_FD int lock = -1;
	int r;

	r = lock_directory(&lock, why);
	if (r == 0)
		r = newcomers_add(&known, why);
	if (r < 0 || id_set_has(&known.uids, newcomer))
		return r;
	r = id_set_add(&known.uids, newcomer);
	return r < 0 ? refuse_errno(why, r, "cannot write %s", NEWCOMERS_FILE)
		     : write_uids(&known.uids, why);
}
