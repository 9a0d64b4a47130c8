/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "reclaim": frees the ids of a retired range, after a look that nothing that is left has one.
 * Runs as root; caps.h says with which capabilities.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "helper/caps.h"
#include "helper/deadline.h"
#include "helper/mapped.h"
#include "helper/verbs.h"
#include "subid/reclaim.h"
#include "traces/progress.h"
#include "util/cleanup.h"

static const char found_thing[] =
	"the range stays retired; delete it, or give it to somebody, and try again";

/* They can hold as much as those that were looked at. */
static void warn_of_others(const struct mount_places *places)
{
	for (size_t i = 0; i < places->count; i++) {
		struct reason line = {.text = ""};

		if (places->places[i].reach == MOUNT_LOCAL)
			continue;
		note(&line, "%s (%s) is %s, and was not looked at", places->places[i].target,
		     places->places[i].type,
		     places->places[i].reach == MOUNT_REMOTE ? "on the network"
							     : "hidden by another mount");
		fprintf(stderr, "%s: %s\n", program_invocation_short_name, line.text);
	}
}

static uint64_t count_expected(const struct mount_places *places)
{
	uint64_t sum = 0;
	struct statvfs st;

	for (size_t i = 0; i < places->count; i++)
		if (places->places[i].reach == MOUNT_LOCAL &&
		    statvfs(places->places[i].target, &st) == 0)
			sum += st.f_files - st.f_ffree;
	return sum;
}

/* Which of them an earlier walk was in; 0 where that is not mounted any more. */
static size_t find_target(const struct mount_places *places, const struct checkpoint *checkpoint)
{
	for (size_t i = 0; checkpoint->target && i < places->count; i++)
		if (strcmp(places->places[i].target, checkpoint->target) == 0)
			return i;
	return 0;
}

/*
 * Who had the range can move files to where the walk was already, hide them in what is open, and
 * pass that from process to process.
 */
static int look_for_user(const struct retired_line *line, struct reason *why)
{
	int r = 0;

	if (line->has_uid && line->uid != 0)
		r = traces_of_user(line->uid, why);
	if (r > 0)
		note(why, "the range stays retired; end it, and try again");
	return r;
}

/* 1: a file was found, and is noted. */
static int walk_place(const struct mount_place *place, struct walk *walk, struct progress *progress,
		      struct reason *why)
{
	int r;

	progress->target = place->target;
	r = traces_in_files(place->target, walk, why);
	progress->before += walk->entries;
	if (r != 0)
		note(why, "in the file system on %s", place->target);
	if (r > 0)
		note(why, "%s", found_thing);
	return r;
}

/* 1: a file was found, or who had the range, and is noted. */
static int walk_places(const struct mount_places *places, const struct retired_line *line,
		       const struct checkpoint *checkpoint, struct progress *progress,
		       struct reason *why)
{
	const struct wanted_ids wanted = {line->uids, line->gids};
	size_t first = find_target(places, checkpoint);
	int r = 0;

	for (size_t i = first; r == 0 && i < places->count; i++) {
		const struct mount_place *place = &places->places[i];
		struct walk walk = {
			.wanted = &wanted, .watch = progress_watch, .argument = progress};

		if (place->reach != MOUNT_LOCAL)
			continue;
		if (checkpoint->target && strcmp(checkpoint->target, place->target) == 0)
			walk.skip_to = checkpoint->path;
		r = look_for_user(line, why);
		if (r == 0)
			r = walk_place(place, &walk, progress, why);
	}
	return r;
}

/*
 * What is walked, for whom: the line, and every file system. A walk through others, in another
 * order, or after the host was booted anew, is another walk.
 */
static int name_walk(const struct retired_line *line, const struct mount_places *places, char **ret,
		     struct reason *why)
{
	static const char boot_id[] = "/proc/sys/kernel/random/boot_id";
	CLEANUP_FILE FILE *boot = fopen(boot_id, "re");
	char booted[64] = "";
	size_t length;
	FILE *stream;

	if (!boot || !fgets(booted, sizeof(booted), boot))
		return refuse(why, -EIO, "cannot read %s", boot_id);
	stream = open_memstream(ret, &length);
	if (!stream)
		return refuse_errno(why, -errno, "cannot begin to walk");
	fprintf(stream, "%s\n%s", line->text, booted);
	for (size_t i = 0; i < places->count; i++)
		if (places->places[i].reach == MOUNT_LOCAL)
			fprintf(stream, "%s\n", places->places[i].identity);
	return fclose(stream) == 0 ? 0 : refuse_errno(why, -ENOMEM, "cannot begin to walk");
}

static int look_for_files(const struct retired_line *line, bool restart, struct reason *why)
{
	CLEANUP(mount_places_free) struct mount_places places = {.count = 0};
	CLEANUP(checkpoint_free) struct checkpoint checkpoint = {.text = NULL};
	CLEANUP_FREE char *what = NULL;
	struct progress progress;
	int r;

	r = mount_places_read(&places, why);
	if (r == 0)
		r = name_walk(line, &places, &what, why);
	if (r < 0)
		return r;
	progress_start(&progress, line->uids.start, what);
	progress.expected = count_expected(&places);
	if (!restart && progress_read(&progress, &checkpoint) == 0)
		fprintf(stderr, "%s: goes on where an earlier walk was broken off\n",
			program_invocation_short_name);
	r = walk_places(&places, line, &checkpoint, &progress, why);
	/* Who was found may be gone from where the next walk would go on. */
	progress_end(&progress);
	if (r == 0)
		fprintf(stderr, "%s: looked at %" PRIu64 " files\n", program_invocation_short_name,
			progress.before);
	if (r == 0)
		warn_of_others(&places);
	return r;
}

static int look_for_processes(const struct retired_line *line, struct reason *why)
{
	const struct wanted_ids wanted = {line->uids, line->gids};
	int r;

	r = look_for_user(line, why);
	if (r != 0)
		return r;
	r = traces_in_processes(&wanted, why);
	if (r == 0)
		r = traces_in_opened(&wanted, why);
	if (r > 0)
		note(why, "the range stays retired; end it, and try again");
	return r;
}

static int look_for_ipc(const struct retired_line *line, struct reason *why)
{
	const struct wanted_ids wanted = {line->uids, line->gids};
	int r;

	r = traces_in_ipc(&wanted, why);
	if (r > 0)
		note(why, "%s", found_thing);
	return r;
}

/* Processes first, as they are quickly asked, and last, as they may have begun meanwhile. */
static int look_for_traces(const struct retired_line *line, bool restart, struct reason *why)
{
	int r;

	r = look_for_processes(line, why);
	if (r == 0)
		r = look_for_ipc(line, why);
	if (r == 0)
		r = look_for_files(line, restart, why);
	if (r == 0)
		r = look_for_processes(line, why);
	if (r < 0)
		note(why,
		     "so it is not known that no file is left; --force frees the ids all the same");
	return r;
}

static int look_for_namespaces(const struct retired_line *line, struct reason *why)
{
	int r;

	r = ids_are_mapped(line->uids, line->gids, why);
	if (r > 0)
		note(why, "the range stays retired");
	return r;
}

/*
 * Namespaces first: they are asked with --force as well. None maps retired ids anew, but one that
 * was held out of sight may be seen at the end.
 */
static int look(const struct retired_line *line, const struct request *request, struct reason *why)
{
	int r;

	r = caps_for_walking(why);
	if (r == 0)
		r = look_for_namespaces(line, why);
	if (r == 0 && !request->force)
		r = look_for_traces(line, request->restart, why);
	if (r == 0 && !request->force)
		r = look_for_namespaces(line, why);
	if (r != 0)
		return r < 0 ? r : -EEXIST;
	return caps_resume_settling(why);
}

static int reclaim(const struct request *request, struct retired_line *line, struct reason *why)
{
	int r;

	r = retired_line_find(request->operands[0], line, why);
	if (r == 0)
		r = look(line, request, why);
	deadline_phase("shadow's locks in /etc");
	if (r == 0)
		r = retired_line_drop(line, why);
	if (r < 0)
		return r;
	/* The book is root's, but other software writes names to it as well. */
	make_printable(line->text);
	printf("%s\n", line->text);
	if (request->force)
		note(why, "nothing but namespaces was looked for: who gets these ids next gets "
			  "every file that is "
			  "left with them, and power over every process");
	note(why, "free from now on");
	return 0;
}

void verb_reclaim(const struct request *request, struct result *ret)
{
	CLEANUP(retired_line_free) struct retired_line line = {.text = NULL};
	struct reason why = {.text = ""};
	int r;

	deadline_phase("files and processes");
	r = reclaim(request, &line, &why);
	result_set(ret, result_of(r), &why);
}
