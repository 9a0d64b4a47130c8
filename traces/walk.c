/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A walk over files for ids, while they are moved: see traces.h. A directory in which one has gone
 * elsewhere is read again; what the walk is through with is passed over then.
 */
#include <errno.h>
#include <fts.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "traces/traces.h"
#include "util/cleanup.h"

static int compare_names(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/*
 * Was all of it looked at before the walk came to that path? By the order of the walk, which
 * compares names, so that a slash sorts before every byte.
 */
static bool is_behind(const char *path, const char *skip_to)
{
	while (*path && *path == *skip_to) {
		path++;
		skip_to++;
	}
	/* The path itself, or a directory on the way to it. */
	if (!*path)
		return false;
	if (!*skip_to)
		return false;
	if (*path == '/' || *skip_to == '/')
		return *path == '/';
	return (unsigned char)*path < (unsigned char)*skip_to;
}

/* As seen from the file system's root. */
static const char *shown_path(const FTSENT *entry)
{
	return entry->fts_path + 1;
}

/* How often a directory is read in which others are moved. */
#define READINGS_MAX 32

struct directory {
	dev_t device;
	ino_t inode;
};

/* A directory that the walk is in. */
struct level {
	struct level *above;
	int depth;
	struct directory self;
	void *walked; /* those in it that the walk is through with, for tsearch(3) */
	unsigned int readings;
	bool changed; /* has one in it gone elsewhere since it was listed? */
};

struct walker {
	FTS *fts;
	struct walk *walk;
	struct level *here;
};

static int compare_directories(const void *a, const void *b)
{
	const struct directory *x = a, *y = b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

static struct directory directory_of(const FTSENT *entry)
{
	return (struct directory){entry->fts_statp->st_dev, entry->fts_statp->st_ino};
}

static int enter(struct walker *walker, const FTSENT *entry)
{
	struct level *level = calloc(1, sizeof(*level));

	if (!level)
		return -ENOMEM;
	*level = (struct level){
		.above = walker->here, .depth = entry->fts_level, .self = directory_of(entry)};
	walker->here = level;
	return 0;
}

static void leave(struct walker *walker)
{
	struct level *level = walker->here;

	walker->here = level->above;
	tdestroy(level->walked, free);
	free(level);
}

static void cleanup_walker(struct walker *walker)
{
	while (walker->here)
		leave(walker);
	if (walker->fts)
		fts_close(walker->fts);
}

static bool was_walked(const struct level *in, const FTSENT *entry)
{
	const struct directory key = directory_of(entry);

	return in && in->readings > 0 && tfind(&key, &in->walked, compare_directories);
}

static int remember(struct level *in, const FTSENT *entry)
{
	struct directory *key = malloc(sizeof(*key));
	struct directory **node = NULL;

	if (key) {
		*key = directory_of(entry);
		node = tsearch(key, &in->walked, compare_directories);
	}
	if (!node || *node != key)
		free(key);
	return node ? 0 : -ENOMEM;
}

/* Is this what the walk is in? That is come to once more, to be read again or to be left. */
static bool is_again(const struct walker *walker, const FTSENT *entry)
{
	return walker->here && walker->here->depth == entry->fts_level;
}

/* What was listed is elsewhere now, or gone: what it was in is to be read again. */
static int note_moved(struct walker *walker, const FTSENT *entry, struct reason *why)
{
	if (is_again(walker, entry))
		leave(walker);
	if (!walker->here)
		return refuse_errno(why, -ENOENT, "cannot look at %s", shown_path(entry));
	walker->here->changed = true;
	/* It may lie where an earlier walk was. */
	walker->walk->skip_to = NULL;
	return 0;
}

/* Is it still what it was? */
static bool is_as_before(const struct walker *walker, const FTSENT *entry)
{
	const struct directory now = directory_of(entry);

	return entry->fts_info == FTS_D && compare_directories(&now, &walker->here->self) == 0;
}

static int look_again(struct walker *walker, FTSENT *entry, struct reason *why)
{
	struct level *here = walker->here;

	if (++here->readings == READINGS_MAX)
		return refuse(why, -EAGAIN, "%s lists what is not there, again and again",
			      shown_path(entry));
	here->changed = false;
	fts_set(walker->fts, entry, FTS_AGAIN);
	return 0;
}

/* A directory that the walk is through with. */
static int look_behind(struct walker *walker, FTSENT *entry, struct reason *why)
{
	if (walker->here->changed)
		return look_again(walker, entry, why);
	leave(walker);
	if (walker->here && remember(walker->here, entry) < 0)
		return refuse_errno(why, -ENOMEM, "cannot walk on");
	return 0;
}

/* The errors of a directory by a name that no longer leads to it. */
static bool means_moved(int error)
{
	return error == ENOENT || error == ENOTDIR || error == ELOOP;
}

/* Is there nothing to look at in it? */
static bool is_done(const struct walker *walker, const FTSENT *entry)
{
	const char *skip_to = walker->walk->skip_to;

	return (skip_to && is_behind(entry->fts_path, skip_to)) ||
	       (entry->fts_info == FTS_D && was_walked(walker->here, entry));
}

/* 1: it is one of those. */
static int look_at_one(struct walker *walker, FTSENT *entry, struct reason *why)
{
	struct walk *walk = walker->walk;
	const bool done = is_done(walker, entry);

	if (entry->fts_info == FTS_D && enter(walker, entry) < 0)
		return refuse_errno(why, -ENOMEM, "cannot walk on");
	if (done) {
		fts_set(walker->fts, entry, FTS_SKIP);
		return 0;
	}
	walk->entries++;
	if (walk->watch)
		walk->watch(entry->fts_path, walk->entries, walk->argument);
	if (!is_wanted(walk->wanted, entry->fts_statp->st_uid, entry->fts_statp->st_gid))
		return 0;
	note(why, "%s belongs to %u:%u", shown_path(entry), entry->fts_statp->st_uid,
	     entry->fts_statp->st_gid);
	return 1;
}

/*
 * 1, 0, or -errno. fts does not go into what is not the directory that it has listed: it is FTS_DP,
 * with an error.
 */
static int look_at(struct walker *walker, FTSENT *entry, struct reason *why)
{
	int r = 0;

	switch (entry->fts_info) {
	case FTS_DP:
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		if (entry->fts_errno == 0)
			return look_behind(walker, entry, why);
		if (means_moved(entry->fts_errno))
			return note_moved(walker, entry, why);
		return refuse_errno(why, -entry->fts_errno, "cannot look at %s", shown_path(entry));
	default:
		break;
	}
	if (is_again(walker, entry)) {
		if (is_as_before(walker, entry))
			return 0;
		r = note_moved(walker, entry, why);
	}
	return r < 0 ? r : look_at_one(walker, entry, why);
}

int traces_here(struct walk *walk, struct reason *why)
{
	/* A "." alone would be a mere file when it is looked at again. */
	char here[] = "./";
	char *const paths[] = {here, NULL};
	CLEANUP(cleanup_walker) struct walker walker = {.walk = walk};
	FTSENT *entry;
	int r = 0;

	walker.fts = fts_open(paths, FTS_PHYSICAL, compare_names);
	if (!walker.fts)
		return refuse_errno(why, -errno, "cannot begin to walk");
	while (r == 0 && (errno = 0, entry = fts_read(walker.fts)))
		r = look_at(&walker, entry, why);
	if (r == 0 && errno != 0)
		return refuse_errno(why, -errno, "cannot walk on");
	return r;
}
