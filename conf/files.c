/* SPDX-License-Identifier: BSD-3-Clause */
/* The files of a policy: see files.h. Runs as root, without capabilities, or as anybody. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/files.h"
#include "config.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/file.h"

#define DIRECTORIES_MAX 3

/* How often files may change while they are read. */
#define ATTEMPTS 20

static const char suffix[] = ".conf";

static void free_file(struct policy_file *file)
{
	free(file->path);
	free(file->text);
}

void policy_files_free(struct policy_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free_file(&files->files[i]);
	free(files->files);
	*files = (struct policy_files){.count = 0};
}

/* Takes the file over, also on failure. */
static int add_file(struct policy_files *files, struct policy_file *file)
{
	struct policy_file *larger =
		array_grow(files->files, files->count, &files->room, sizeof(*larger));

	if (!larger) {
		free_file(file);
		return -ENOMEM;
	}
	files->files = larger;
	files->files[files->count++] = *file;
	return 0;
}

static int read_text(int fd, struct policy_file *file, struct reason *why)
{
	int r;

	r = file_read(fd, POLICY_FILE_MAX, &file->text, &file->length);
	if (r < 0)
		return refuse_errno(why, r, "cannot read %s", file->path);
	/* To libeconf a line would end there. */
	if (memchr(file->text, '\0', file->length))
		return refuse(why, -EINVAL, "%s: there is a NUL byte in it; it must be text",
			      file->path);
	return 0;
}

/*
 * A link that says "none", to systemd and libeconf as well: it stands for an empty file. It must be
 * root's, as in a directory with the sticky bit others could make one; root's they cannot replace.
 */
static bool is_link_to_nothing(int dir, const char *name)
{
	static const char nothing[] = "/dev/null";
	char target[sizeof(nothing)];
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_uid == 0 &&
	       readlinkat(dir, name, target, sizeof(target)) == sizeof(nothing) - 1 &&
	       memcmp(target, nothing, sizeof(nothing) - 1) == 0;
}

static int open_and_read(int dir, const char *name, struct policy_file *file, struct reason *why)
{
	CLEANUP_FD int fd = -1;
	int r;

	if (is_link_to_nothing(dir, name)) {
		file->text = strdup("");
		return file->text ? 0 : refuse_errno(why, -ENOMEM, "cannot read %s", file->path);
	}
	r = file_open_trusted_at(dir, name, file->path, POLICY_FILE_MAX, &fd, why);
	return r < 0 ? r : read_text(fd, file, why);
}

/* -ENOENT, without a reason: there is no such file. */
static int read_file(int dir, const char *dir_path, const char *name, struct policy_files *files,
		     struct reason *why)
{
	struct policy_file file = {.text = NULL};
	int r;

	if (asprintf(&file.path, "%s%s%s", dir_path, dir_path[1] ? "/" : "", name) < 0)
		return refuse_errno(why, -ENOMEM, "cannot read the policy");
	r = open_and_read(dir, name, &file, why);
	if (r < 0) {
		free_file(&file);
		return r;
	}
	r = add_file(files, &file);
	return r < 0 ? refuse_errno(why, r, "cannot read the policy") : 0;
}

/*
 * -ENOENT, without a reason: there is none. Where the sticky bit lets nobody replace what is
 * root's, as in /tmp, others may make files; drop-ins are taken as they lie there, and nobody may.
 */
static int open_directory(int at, const char *name, const char *path, bool for_dropins, int *ret,
			  struct reason *why)
{
	int links = for_dropins ? O_NOFOLLOW : 0;
	CLEANUP_FD int fd = -1;
	struct stat st;

	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | links);
	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0 && errno == ENOTDIR)
		return refuse(why, -ENOTDIR, "%s is not a directory, or a symbolic link to one",
			      path);
	if (fd < 0 || fstat(fd, &st) < 0)
		return refuse_errno(why, -errno, "cannot open %s", path);
	if (st.st_uid != 0)
		return refuse(why, -EPERM, "%s belongs to uid %u; it must belong to root", path,
			      st.st_uid);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) && (for_dropins || !(st.st_mode & S_ISVTX)))
		return refuse(why, -EPERM, "%s is writable for others than root (mode %04o)", path,
			      st.st_mode & 07777);
	*ret = TAKE_FD(fd);
	return 0;
}

/* A drop-in: its name, and in which directory it lies. */
struct dropin {
	char *name;
	size_t directory; /* the first goes over the others */
};

struct dropins {
	struct dropin *dropins;
	size_t count;
	size_t room;
	int dirs[DIRECTORIES_MAX];
	char paths[DIRECTORIES_MAX][PATH_MAX];
	size_t dir_count;
};

static void free_dropins(struct dropins *dropins)
{
	for (size_t i = 0; i < dropins->count; i++)
		free(dropins->dropins[i].name);
	free(dropins->dropins);
	for (size_t i = 0; i < dropins->dir_count; i++)
		close(dropins->dirs[i]);
}

static int add_dropin(struct dropins *dropins, const char *name, size_t directory)
{
	struct dropin *larger;

	larger = array_grow(dropins->dropins, dropins->count, &dropins->room, sizeof(*larger));
	if (!larger)
		return -ENOMEM;
	dropins->dropins = larger;
	larger[dropins->count] = (struct dropin){strdup(name), directory};
	if (!larger[dropins->count].name)
		return -ENOMEM;
	dropins->count++;
	return 0;
}

static bool is_dropin(const char *name)
{
	size_t length = strlen(name), end = sizeof(suffix) - 1;

	return name[0] != '.' && length > end && strcmp(name + length - end, suffix) == 0;
}

/* The directory's names are listed by a descriptor of its own, as closedir() closes it. */
static int list_names(struct dropins *dropins, size_t directory, struct reason *why)
{
	const char *path = dropins->paths[directory];
	CLEANUP_FD int fd =
		openat(dropins->dirs[directory], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_DIR DIR *listing = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int r = 0;

	if (!listing)
		return refuse_errno(why, -errno, "cannot list %s", path);
	TAKE_FD(fd);
	while (r == 0 && (errno = 0, entry = readdir(listing)))
		if (is_dropin(entry->d_name))
			r = add_dropin(dropins, entry->d_name, directory);
	if (r == 0)
		r = -errno;
	return r < 0 ? refuse_errno(why, r, "cannot list %s", path) : 0;
}

/* What lies in NAME.d of a directory. */
static int list_dropins(int at, const char *directory, const char *name, struct dropins *dropins,
			struct reason *why)
{
	const size_t index = dropins->dir_count;
	char *path = dropins->paths[index], beside[NAME_MAX + 1];
	int r;

	snprintf(beside, sizeof(beside), "%s.d", name);
	if (snprintf(path, PATH_MAX, "%s/%s", directory, beside) >= PATH_MAX)
		return refuse(why, -ENAMETOOLONG, "the path of %s is too long", beside);
	r = open_directory(at, beside, path, true, &dropins->dirs[index], why);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	dropins->dir_count++;
	return list_names(dropins, index, why);
}

/* By name; of one name, the one that goes over the others first. */
static int compare_dropins(const void *a, const void *b)
{
	const struct dropin *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	return order ? order
		     : (left->directory > right->directory) - (left->directory < right->directory);
}

static int read_dropins(struct dropins *dropins, struct policy_files *files, struct reason *why)
{
	int r = 0;

	if (dropins->count > 0)
		qsort(dropins->dropins, dropins->count, sizeof(*dropins->dropins), compare_dropins);
	for (size_t i = 0; r == 0 && i < dropins->count; i++) {
		const struct dropin *dropin = &dropins->dropins[i];

		/* The one before masks it. */
		if (i > 0 && strcmp(dropin[-1].name, dropin->name) == 0)
			continue;
		r = read_file(dropins->dirs[dropin->directory], dropins->paths[dropin->directory],
			      dropin->name, files, why);
		/* Gone since it was listed; the second look sees that as well. */
		if (r == -ENOENT)
			r = 0;
	}
	return r;
}

static int read_once(const char *const *directories, size_t count, const char *name,
		     struct policy_files *files, struct reason *why)
{
	CLEANUP(free_dropins) struct dropins dropins = {.count = 0};
	bool has_main = false;
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		CLEANUP_FD int dir = -1;

		r = open_directory(AT_FDCWD, directories[i], directories[i], false, &dir, why);
		if (r == 0 && !has_main) {
			r = read_file(dir, directories[i], name, files, why);
			has_main = r == 0;
		}
		if (r == 0 || (r == -ENOENT && dir >= 0))
			r = list_dropins(dir, directories[i], name, &dropins, why);
		if (r == -ENOENT)
			r = 0;
	}
	return r < 0 ? r : read_dropins(&dropins, files, why);
}

static bool files_equal(const struct policy_files *a, const struct policy_files *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct policy_file *one = &a->files[i], *other = &b->files[i];

		if (one->length != other->length || strcmp(one->path, other->path) != 0 ||
		    memcmp(one->text, other->text, one->length) != 0)
			return false;
	}
	return true;
}

int policy_files_read_in(const char *const *directories, size_t count, const char *name,
			 struct policy_files *ret, struct reason *why)
{
	CLEANUP(policy_files_free) struct policy_files files = {.count = 0};
	int r;

	if (count > DIRECTORIES_MAX || strlen(name) + sizeof(".d") > NAME_MAX)
		return refuse(why, -EINVAL, "the policy's name %s is too long", name);
	r = read_once(directories, count, name, &files, why);
	for (int i = 0; r == 0 && i < ATTEMPTS; i++) {
		CLEANUP(policy_files_free) struct policy_files again = {.count = 0};
		struct policy_files old;

		r = read_once(directories, count, name, &again, why);
		if (r < 0)
			break;
		old = files;
		files = again;
		again = old;
		if (!files_equal(&files, &again))
			continue;
		*ret = files;
		files = (struct policy_files){.count = 0};
		return 0;
	}
	return r < 0 ? r
		     : refuse(why, -EAGAIN, "the policy %s/%s is changed again and again",
			      directories[0], name);
}

/* Splits a path. The directory's name is ret_directory's as long as that is. */
static int split(const char *path, char ret_directory[static PATH_MAX], const char **ret_name,
		 struct reason *why)
{
	const char *slash = strrchr(path, '/');

	if (path[0] != '/' || strlen(path) >= PATH_MAX || !slash[1])
		return refuse(why, -EINVAL, "%s is not the absolute path of a file", path);
	snprintf(ret_directory, PATH_MAX, "%.*s", (int)(slash > path ? slash - path : 1), path);
	*ret_name = slash + 1;
	return 0;
}

int policy_files_read(const char *path, struct policy_files *ret, struct reason *why)
{
	static const char *const vendor[] = {USERNS_POLICY_RUN, USERNS_POLICY_VENDOR};
	const bool installed = strcmp(path, USERNS_POLICY) == 0;
	CLEANUP(policy_files_free) struct policy_files files = {.count = 0};
	char directory[PATH_MAX];
	const char *directories[DIRECTORIES_MAX] = {directory, vendor[0], vendor[1]}, *name = NULL;
	int r;

	r = split(path, directory, &name, why);
	if (r == 0)
		r = policy_files_read_in(directories, installed ? DIRECTORIES_MAX : 1, name, &files,
					 why);
	if (r < 0)
		return r;
	/* A name that is spelt wrong must not stand for the defaults. */
	if (!installed && (files.count == 0 || strcmp(files.files[0].path, path) != 0))
		return refuse(why, -ENOENT, "there is no policy file %s", path);
	*ret = files;
	files = (struct policy_files){.count = 0};
	return 0;
}
