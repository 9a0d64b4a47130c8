/* SPDX-License-Identifier: BSD-3-Clause */
/* Every line of a policy: see walk.h. */
#include <errno.h>
#include <stdlib.h>

#include "conf/body.h"
#include "conf/walk.h"
#include "util/array.h"
#include "util/cleanup.h"

/* The sections of a file so far, and where each stands in a table twice as large at least. */
struct seen {
	struct section *sections;
	size_t count;
	size_t room;
	uint32_t *table; /* index + 1; 0: free */
	size_t table_size;
};

static void free_seen(struct seen *seen)
{
	free(seen->sections);
	free(seen->table);
}

/* The place of the section, or the free one where it belongs. */
static uint32_t *find_place(const struct seen *seen, const struct section *section)
{
	size_t at = section_hash(section) & (seen->table_size - 1);

	while (seen->table[at] && !section_equal(&seen->sections[seen->table[at] - 1], section))
		at = (at + 1) & (seen->table_size - 1);
	return &seen->table[at];
}

/* The table follows the array's room, which doubles. */
static int enlarge_table(struct seen *seen)
{
	free(seen->table);
	seen->table_size = seen->room * 2;
	seen->table = calloc(seen->table_size, sizeof(*seen->table));
	if (!seen->table)
		return -ENOMEM;
	for (size_t i = 0; i < seen->count; i++)
		*find_place(seen, &seen->sections[i]) = (uint32_t)i + 1;
	return 0;
}

/* A section that stands twice: which of them did its author read last? */
static int see(struct seen *seen, const char *path, const struct section *section,
	       struct reason *why)
{
	size_t room = seen->room;
	uint32_t *place;
	void *larger = array_grow(seen->sections, seen->count, &seen->room, sizeof(*section));

	if (!larger)
		return refuse_errno(why, -ENOMEM, "cannot read %s", path);
	seen->sections = larger;
	if (seen->room != room && enlarge_table(seen) < 0)
		return refuse_errno(why, -ENOMEM, "cannot read %s", path);
	place = find_place(seen, section);
	if (*place)
		return refuse(why, -EINVAL,
			      "%s:%u: section %.*s stands in line %u already; put its keys there",
			      path, section->line, slice_shown(section->header),
			      section->header.text, seen->sections[*place - 1].line);
	seen->sections[seen->count++] = *section;
	*place = (uint32_t)seen->count;
	return 0;
}

static int walk_section(const char *path, size_t layer, const struct section *section,
			const struct policy_visitor *visitor, struct policy *scratch,
			struct reason *why)
{
	bool plain = false;
	int wanted, r;

	wanted = visitor->section(visitor->argument, path, section, why);
	if (wanted < 0)
		return wanted;
	r = body_scan(path, section, scratch, &plain, why);
	if (r < 0 || (plain && !wanted))
		return r;
	return body_read(path, layer, section, scratch, wanted ? visitor : NULL, why);
}

static int walk_file(const struct policy_file *file, size_t layer,
		     const struct policy_visitor *visitor, struct policy *scratch,
		     struct reason *why)
{
	struct section_walk walk = {file->path, {file->text, file->length}, 0};
	CLEANUP(free_seen) struct seen seen = {.count = 0};
	struct section section;
	int r;

	while ((r = section_next(&walk, &section, why)) > 0) {
		r = see(&seen, file->path, &section, why);
		if (r == 0)
			r = walk_section(file->path, layer, &section, visitor, scratch, why);
		if (r < 0)
			break;
	}
	return r;
}

int policy_walk(const struct policy_files *files, const struct policy_visitor *visitor,
		struct reason *why)
{
	CLEANUP(policy_free) struct policy scratch = policy_defaults;
	int r = 0;

	for (size_t i = 0; r == 0 && i < files->count; i++)
		r = walk_file(&files->files[i], i, visitor, &scratch, why);
	return r;
}
