/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a user's banks are kept: see bankdir.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userns/bankdir.h"
#include "util/cleanup.h"
#include "util/file.h"

/* A line has less than 100 bytes, and a range seldom so many parts. */
#define BANKS_MAX (1 << 20)

/* Behind the bytes of all ids. */
#define BANKS_LOCK ((off_t)1 << 32)

static const char banks_made[] = "banks made\n";

static int not_yours(const char *path, uid_t owner, struct reason *why)
{
	return refuse(why, -EPERM, "%s belongs to uid %u, not to you; set HOME to your own", path,
		      owner);
}

/*
 * With the HOME of somebody else, as su(1) may leave it, we would write into their home, or make
 * directories where their links lead. Root makes homes that are changed roots.
 */
static int check_base(const char *base, struct reason *why)
{
	struct stat st;

	if (stat(base, &st) < 0 || st.st_uid == 0 || st.st_uid == geteuid())
		return 0;
	return not_yours(base, st.st_uid, why);
}

static int write_path(char ret[static PATH_MAX], struct reason *why)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int n;

	/* XDG's rule: a relative path is as good as none. */
	if (state && state[0] == '/')
		n = snprintf(ret, PATH_MAX, "%s/userns/banks", state);
	else if (home && home[0] == '/')
		n = snprintf(ret, PATH_MAX, "%s/.local/state/userns/banks", home);
	else
		return refuse(why, -EINVAL,
			      "HOME is not set, which says where your banks are; set it");
	if (n >= PATH_MAX)
		return refuse(why, -ENAMETOOLONG, "the path of your banks is too long");
	return check_base(state && state[0] == '/' ? state : home, why);
}

/* Makes what is missing above the last slash; private, as XDG has it. */
static int make_directories(const char *path, struct reason *why)
{
	char part[PATH_MAX];

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		memcpy(part, path, (size_t)(slash - path));
		part[slash - path] = '\0';
		/* Whatever else is wrong with one that is there is told when it is opened. */
		if (mkdir(part, 0700) < 0 && errno != EEXIST && access(part, F_OK) < 0)
			return refuse_errno(why, -errno, "cannot make %s", part);
	}
	return 0;
}

static int open_own_directory(const char *path, int *ret_fd, struct reason *why)
{
	CLEANUP_FD int fd = -1;
	char parent[PATH_MAX];
	struct stat st;

	snprintf(parent, sizeof(parent), "%.*s", (int)(strrchr(path, '/') - path), path);
	fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return refuse_errno(why, -errno, "cannot open %s", parent);
	if (st.st_uid != geteuid())
		return not_yours(parent, st.st_uid, why);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

int bankdir_open(struct bankdir *ret, struct reason *why)
{
	CLEANUP_FD int dir = -1;
	int r;

	r = write_path(ret->path, why);
	if (r == 0)
		r = make_directories(ret->path, why);
	if (r == 0)
		r = open_own_directory(ret->path, &dir, why);
	if (r < 0)
		return r;
	ret->ids = openat(dir, "ids",
			  O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
	if (ret->ids < 0)
		return refuse_errno(why, -errno, "cannot open ids beside %s", ret->path);
	return 0;
}

static struct flock lock_of(off_t start, off_t length, short type)
{
	return (struct flock){
		.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
}

static struct flock lock_of_ids(struct id_range uids, short type)
{
	return lock_of(uids.start, uids.count, type);
}

static int lock_banks(struct bankdir *dir, bool change, struct reason *why)
{
	struct flock lock = lock_of(BANKS_LOCK, 1, change ? F_WRLCK : F_RDLCK);

	while (fcntl(dir->ids, F_OFD_SETLKW, &lock) < 0)
		if (errno != EINTR)
			return refuse_errno(why, -errno, "cannot lock ids beside %s", dir->path);
	return 0;
}

/* Has "ids" anything in it? */
static bool banks_were_made(const struct bankdir *dir)
{
	struct stat st;

	return fstat(dir->ids, &st) < 0 || st.st_size > 0;
}

static int lost(const struct bankdir *dir, struct reason *why)
{
	return refuse(
		why, -ENOENT,
		"%s is lost, and with it which ids are your banks'; bring it back from a "
		"backup, or, if no bank of yours has files any more, remove ids beside it too",
		dir->path);
}

static int read_banks(const struct bankdir *dir, struct banks *ret, struct reason *why)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FD int fd = -1;
	struct reason wrong = {.text = ""};
	size_t length;
	int r;

	fd = open(dir->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && errno == ENOENT)
		return banks_were_made(dir) ? lost(dir, why) : 0;
	if (fd < 0)
		return refuse_errno(why, -errno, "cannot open %s", dir->path);
	r = file_read(fd, BANKS_MAX, &text, &length);
	if (r < 0)
		return refuse_errno(why, r, "cannot read %s", dir->path);
	r = banks_parse(text, length, ret, &wrong);
	if (r < 0)
		return refuse(why, r, "%s is damaged: %s; bring it back from a backup", dir->path,
			      wrong.text);
	return 0;
}

int bankdir_begin(struct bankdir *dir, bool change, struct banks *ret, struct reason *why)
{
	int r;

	r = lock_banks(dir, change, why);
	return r < 0 ? r : read_banks(dir, ret, why);
}

int bankdir_write(struct bankdir *dir, const struct banks *banks, struct reason *why)
{
	CLEANUP_FREE char *text = NULL;
	int r;

	r = banks_format(banks, &text);
	if (r < 0)
		return refuse_errno(why, r, "cannot write %s", dir->path);
	r = file_replace(dir->path, text, strlen(text), why);
	if (r < 0 || banks_were_made(dir))
		return r;
	/* Last, so that a crash before it is none that lost something. */
	if (pwrite(dir->ids, banks_made, strlen(banks_made), 0) < 0 || fsync(dir->ids) < 0)
		return refuse_errno(why, -errno, "cannot write ids beside %s", dir->path);
	return 0;
}

void bankdir_end(struct bankdir *dir)
{
	struct flock lock = lock_of(BANKS_LOCK, 1, F_UNLCK);

	if (dir->ids >= 0)
		fcntl(dir->ids, F_OFD_SETLK, &lock);
}

/* Who has some of them? 1; 0: nobody any more; -errno. */
static int find_user(const struct bankdir *dir, struct id_range uids, short type,
		     struct id_range *ret)
{
	struct flock lock = lock_of_ids(uids, type);

	if (fcntl(dir->ids, F_OFD_GETLK, &lock) < 0)
		return -errno;
	if (lock.l_type == F_UNLCK)
		return 0;
	/* Not a lock of ours if it has no end. */
	if (id_range_make((uint64_t)lock.l_start, (uint64_t)lock.l_len, ret) < 0)
		*ret = uids;
	return 1;
}

int bankdir_use(struct bankdir *dir, struct id_range uids, bool alone, struct id_range *ret_met,
		struct reason *why)
{
	struct flock lock = lock_of_ids(uids, alone ? F_WRLCK : F_RDLCK);
	int r = 0;

	while (r == 0) {
		if (fcntl(dir->ids, F_OFD_SETLK, &lock) == 0)
			return 0;
		r = errno == EAGAIN || errno == EACCES ? find_user(dir, uids, lock.l_type, ret_met)
						       : -errno;
	}
	return r > 0 ? -EAGAIN : refuse_errno(why, r, "cannot lock ids beside %s", dir->path);
}

int bankdir_is_used(struct bankdir *dir, struct id_range uids)
{
	struct id_range met;

	return find_user(dir, uids, F_WRLCK, &met);
}

int bankdir_choose(struct bankdir *dir, const struct pieces *pieces, const struct banks *banks,
		   uint32_t count, struct piece *ret, struct reason *why)
{
	CLEANUP(id_set_free) struct id_set taken = {NULL, 0, 0};
	struct piece piece;
	int r;

	r = pieces_add_banks(pieces, banks, &taken);
	while (r == 0) {
		struct id_range met;
		uint32_t largest;

		id_set_normalize(&taken);
		r = pieces_choose(pieces, &taken, count, &piece, &largest);
		if (r < 0)
			return refuse(why, r,
				      "no %u ids in a row of your namespace are free of banks and "
				      "of running --private; %u are",
				      count, largest);
		r = bankdir_use(dir, piece.uids, true, &met, why);
		if (r == 0) {
			*ret = piece;
			return 0;
		}
		if (r != -EAGAIN)
			return r;
		r = id_set_add(&taken, met);
	}
	return refuse_errno(why, r, "cannot choose ids");
}

void bankdir_close(struct bankdir *dir)
{
	if (dir->ids >= 0)
		close(dir->ids);
	*dir = BANKDIR_INIT;
}
