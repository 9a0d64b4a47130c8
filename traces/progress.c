/* SPDX-License-Identifier: BSD-3-Clause */
/* Where a walk is: see progress.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "traces/progress.h"
#include "util/array.h"
#include "util/cleanup.h"
#include "util/file.h"
#include "util/parse.h"

#define CHECKPOINT_MAX (1u << 20)
#define BAR_WIDTH      20
#define PATH_SHOWN     40

void progress_start(struct progress *progress, uint32_t start, const char *what)
{
	*progress = (struct progress){.what = what, .terminal = isatty(STDERR_FILENO)};
	snprintf(progress->file, sizeof(progress->file), USERNS_STATEDIR "/reclaim-%" PRIu32,
		 start);
	clock_gettime(CLOCK_MONOTONIC, &progress->shown);
	progress->written = progress->shown;
}

/* Three strings, each with its NUL: what, file system, path. */
int progress_read(const struct progress *progress, struct checkpoint *ret)
{
	CLEANUP_FREE char *text = NULL;
	struct slice rest, what, target, path;
	struct reason ignored;
	struct stat st;
	size_t length;

	if (stat(progress->file, &st) < 0 || time(NULL) - st.st_mtime > PROGRESS_KEPT ||
	    file_read_trusted(progress->file, CHECKPOINT_MAX, &text, &length, &ignored) < 0)
		return -ENOENT;
	rest = (struct slice){text, length};
	if (!next_field(&rest, '\0', &what) || !next_field(&rest, '\0', &target) ||
	    !next_field(&rest, '\0', &path) || !rest.text || rest.length > 0 ||
	    strcmp(what.text, progress->what) != 0)
		return -ENOENT;
	*ret = (struct checkpoint){.target = target.text, .path = path.text};
	ret->text = TAKE_PTR(text);
	return 0;
}

void checkpoint_free(struct checkpoint *checkpoint)
{
	free(checkpoint->text);
	*checkpoint = (struct checkpoint){.text = NULL};
}

/* Best effort: a walk that cannot be gone on with begins anew. */
static void write_down(const struct progress *progress, const char *path)
{
	const char *const parts[] = {progress->what, progress->target, path};
	CLEANUP_FREE char *text = NULL;
	struct reason ignored;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		return;
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		fwrite(parts[i], 1, strlen(parts[i]) + 1, stream);
	if (fclose(stream) != 0)
		return;
	mkdir(USERNS_STATEDIR, 0700);
	file_replace(progress->file, text, length, &ignored);
}

/* Its end says most; and whose bytes they are is not known. */
static void show(const struct progress *progress, const char *path, uint64_t entries)
{
	static const char bar[] = "####################";
	uint64_t all = progress->before + entries;
	uint64_t tenths = progress->expected ? all * 1000 / progress->expected : 0;
	char shown[PATH_SHOWN + 1];
	size_t length = strlen(path), filled;

	if (length > PATH_SHOWN)
		path += length - PATH_SHOWN;
	snprintf(shown, sizeof(shown), "%s", path);
	for (char *c = shown; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c >= 0x7f)
			*c = '?';
	tenths = tenths > 999 ? 999 : tenths;
	filled = (size_t)tenths * BAR_WIDTH / 1000;
	fprintf(stderr, "\r[%.*s%*s] %2" PRIu64 "%% %" PRIu64 " files %-*s", (int)filled, bar,
		(int)(BAR_WIDTH - filled), "", tenths / 10, all, PATH_SHOWN, shown);
}

static long milliseconds_since(const struct timespec *then, const struct timespec *now)
{
	return (now->tv_sec - then->tv_sec) * 1000 + (now->tv_nsec - then->tv_nsec) / 1000000;
}

void progress_watch(const char *path, uint64_t entries, void *argument)
{
	struct progress *progress = argument;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	if (progress->terminal && milliseconds_since(&progress->shown, &now) >= 100) {
		show(progress, path, entries);
		progress->shown = now;
	}
	if (milliseconds_since(&progress->written, &now) >= 1000) {
		write_down(progress, path);
		progress->written = now;
	}
}

void progress_end(struct progress *progress)
{
	if (progress->terminal)
		fputs("\r\033[K", stderr);
	unlink(progress->file);
}
