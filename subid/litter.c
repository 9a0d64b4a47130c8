/* SPDX-License-Identifier: BSD-3-Clause */
/* What killed programs left in /etc: see litter.h. Runs as root, without capabilities. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "subid/litter.h"
#include "subid/lock.h"
#include "subid/locker.h"
#include "subid/paths.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/parse.h"

#define DIRECTORY "/etc/"

static const char *const files[] = {SUBUID_FILE, SUBGID_FILE, BOOK_FILE};

static const char *const lock_files[] = {SUBUID_FILE ".lock", SUBGID_FILE ".lock"};

static bool is_dead(struct slice digits)
{
	uint64_t pid;

	return parse_number(digits, INT32_MAX, &pid) == 0 && pid > 0 && kill((pid_t)pid, 0) < 0 &&
	       errno == ESRCH;
}

/* FILE.PID, which is linked to FILE.lock, and FILE+, which becomes FILE: shadow's and our names. */
static bool is_litter(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		const char *file = files[i] + strlen(DIRECTORY);
		size_t length = strlen(file);
		const char *rest = name + length;

		if (strncmp(name, file, length) != 0)
			continue;
		if (strcmp(rest, "+") == 0 || (rest[0] == '.' && is_dead(slice_of(rest + 1))))
			return true;
	}
	return false;
}

/* How many there are; with the locks held, they are removed. */
static int sweep(bool remove, struct reason *why)
{
	CLEANUP_DIR DIR *directory = opendir(DIRECTORY);
	struct dirent *entry;
	int count = 0;

	if (!directory)
		return refuse_errno(why, -errno, "cannot read " DIRECTORY);
	while ((errno = 0, entry = readdir(directory))) {
		if (!is_litter(entry->d_name))
			continue;
		count++;
		if (remove && unlinkat(dirfd(directory), entry->d_name, 0) < 0)
			return refuse_errno(why, -errno, "cannot remove " DIRECTORY "%s",
					    entry->d_name);
	}
	return errno == 0 ? count : refuse_errno(why, -errno, "cannot read " DIRECTORY);
}

/* Who takes the locks removes such files. */
static bool any_void_lock(void)
{
	for (size_t i = 0; i < COUNT_OF(lock_files); i++)
		if (locker_look(lock_files[i]) == LOCKER_GONE)
			return true;
	return false;
}

int subid_litter_remove(struct reason *why)
{
	CLEANUP(subid_unlock) struct subid_lock lock = SUBID_LOCK_INIT;
	const bool had_void_lock = any_void_lock();
	int r;

	/* Without a lock in it, FILE+ may be somebody's work. */
	r = sweep(false, why);
	if (r < 0 || (r == 0 && !had_void_lock))
		return r;
	r = subid_lock(&lock, why);
	if (r == 0)
		r = sweep(true, why);
	return r < 0 ? r : r > 0 || had_void_lock;
}
