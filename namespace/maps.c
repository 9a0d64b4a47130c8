/* SPDX-License-Identifier: BSD-3-Clause */
/* The id maps of a user namespace: see maps.h. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "namespace/maps.h"
#include "namespace/process.h"
#include "util/cleanup.h"
#include "util/file.h"
#include "util/parse.h"

/* Behind what the map has, from the id inside that is given. */
static void add_ranges(const struct id_range *ranges, size_t count, uint32_t inside,
		       struct id_map *map)
{
	for (size_t i = 0; i < count; i++) {
		map->extents[map->count++] =
			(struct extent){inside, ranges[i].start, ranges[i].count};
		inside += ranges[i].count;
	}
}

void map_for_user(uint32_t own, const struct id_range *ranges, size_t count, struct id_map *ret)
{
	ret->extents[0] = (struct extent){0, own, 1};
	ret->count = 1;
	add_ranges(ranges, count, 1, ret);
}

void map_of_ranges(const struct id_range *ranges, size_t count, struct id_map *ret)
{
	ret->count = 0;
	add_ranges(ranges, count, 0, ret);
}

const struct extent *map_find(const struct id_map *map, uint32_t inside)
{
	for (size_t i = 0; i < map->count; i++)
		if (id_range_has(extent_inside(&map->extents[i]), inside))
			return &map->extents[i];
	return NULL;
}

int inside_of(const struct id_map *map, struct id_range outside, uint32_t *ret)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct extent *e = &map->extents[i];

		if (!id_range_contains(extent_outside(e), outside))
			continue;
		*ret = e->inside + (outside.start - e->outside);
		return 0;
	}
	return -ENOENT;
}

int map_format(const struct id_map *map, char separator, char ret[static MAP_TEXT_SIZE])
{
	size_t used = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < map->count; i++) {
		const struct extent *e = &map->extents[i];
		int n = snprintf(ret + used, MAP_TEXT_SIZE - used,
				 "%" PRIu32 " %" PRIu32 " %" PRIu32 "%c", e->inside, e->outside,
				 e->count, separator);

		if (n < 0 || (size_t)n >= MAP_TEXT_SIZE - used)
			return -E2BIG;
		used += (size_t)n;
	}
	return 0;
}

/* Takes the next number off a line of columns that blanks separate. */
static int take_number(struct slice *line, uint32_t *ret)
{
	struct slice field = {NULL, 0};
	uint64_t number;

	while (field.length == 0)
		if (!next_field(line, ' ', &field))
			return -EINVAL;
	if (parse_number(field, UINT32_MAX, &number) < 0)
		return -EINVAL;
	*ret = (uint32_t)number;
	return 0;
}

int map_parse(const char *text, struct id_map *ret)
{
	struct slice rest = slice_of(text), line;
	struct id_map map = {.count = 0};

	while (next_field(&rest, '\n', &line)) {
		struct extent *e = &map.extents[map.count];

		if (line.length == 0 && !rest.text)
			break;
		if (map.count == MAP_EXTENTS_MAX || take_number(&line, &e->inside) < 0 ||
		    take_number(&line, &e->outside) < 0 || take_number(&line, &e->count) < 0 ||
		    line.text)
			return -EINVAL;
		map.count++;
	}
	*ret = map;
	return 0;
}

static bool map_has_extent(const struct id_map *map, const struct extent *wanted)
{
	for (size_t i = 0; i < map->count; i++)
		if (map->extents[i].inside == wanted->inside &&
		    map->extents[i].outside == wanted->outside &&
		    map->extents[i].count == wanted->count)
			return true;
	return false;
}

/* The kernel allows no overlaps, so equal counts and one inclusion are enough. */
static bool map_equal(const struct id_map *a, const struct id_map *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!map_has_extent(b, &a->extents[i]))
			return false;
	return true;
}

bool maps_equal(const struct ns_maps *a, const struct ns_maps *b)
{
	return a->setgroups == b->setgroups && map_equal(&a->uids, &b->uids) &&
	       map_equal(&a->gids, &b->gids);
}

/* No, where memory is used up. */
static bool map_is_within(const struct id_map *a, const struct id_map *b)
{
	struct id_set outside = {.count = 0};
	bool is_within = true;

	for (size_t i = 0; is_within && i < b->count; i++)
		is_within = id_set_add(&outside, extent_outside(&b->extents[i])) == 0;
	id_set_normalize(&outside);
	for (size_t i = 0; is_within && i < a->count; i++) {
		is_within = false;
		for (size_t j = 0; !is_within && j < outside.count; j++)
			is_within = id_range_contains(outside.ranges[j],
						      extent_outside(&a->extents[i]));
	}
	id_set_free(&outside);
	return is_within;
}

bool maps_are_within(const struct ns_maps *a, const struct ns_maps *b)
{
	return map_is_within(&a->uids, &b->uids) && map_is_within(&a->gids, &b->gids);
}

/* /proc/PID/NAME, all of it. */
static int read_proc(pid_t pid, const char *name, char **ret_text, struct reason *why)
{
	CLEANUP_FD int fd = process_open(pid, name, O_RDONLY);
	size_t length;
	int r;

	if (fd < 0)
		return refuse_errno(why, fd, "cannot open /proc/%d/%s", pid, name);
	r = file_read(fd, 1 << 16, ret_text, &length);
	if (r < 0)
		return refuse_errno(why, r, "cannot read /proc/%d/%s", pid, name);
	return 0;
}

static int read_map(pid_t pid, const char *name, struct id_map *ret, struct reason *why)
{
	CLEANUP_FREE char *text = NULL;
	int r;

	r = read_proc(pid, name, &text, why);
	if (r < 0)
		return r;
	r = map_parse(text, ret);
	if (r < 0)
		return refuse(why, r, "the %s of process %d cannot be understood", name, pid);
	return 0;
}

int maps_read(pid_t pid, struct ns_maps *ret, struct reason *why)
{
	CLEANUP_FREE char *setgroups = NULL;
	int r;

	r = read_map(pid, "uid_map", &ret->uids, why);
	if (r == 0)
		r = read_map(pid, "gid_map", &ret->gids, why);
	if (r == 0)
		r = read_proc(pid, "setgroups", &setgroups, why);
	if (r == 0)
		ret->setgroups = strcmp(setgroups, "allow\n") == 0;
	return r;
}

static int write_proc(pid_t pid, const char *name, const char *text, struct reason *why)
{
	CLEANUP_FD int fd = process_open(pid, name, O_WRONLY);

	if (fd < 0)
		return refuse_errno(why, fd, "cannot open /proc/%d/%s", pid, name);
	/* The kernel takes a map in one write, whole or not at all. */
	if (write(fd, text, strlen(text)) < 0)
		return refuse_errno(why, -errno, "cannot write /proc/%d/%s", pid, name);
	return 0;
}

static int write_map(pid_t pid, const char *name, const struct id_map *map, struct reason *why)
{
	char text[MAP_TEXT_SIZE];
	int r;

	r = map_format(map, '\n', text);
	if (r < 0)
		return refuse_errno(why, r, "the %s is too long", name);
	return write_proc(pid, name, text, why);
}

/* The order is the kernel's: setgroups is final once gid_map is written. */
int maps_write(pid_t pid, const struct ns_maps *maps, struct reason *why)
{
	int r;

	r = write_proc(pid, "setgroups", maps->setgroups ? "allow" : "deny", why);
	if (r == 0)
		r = write_map(pid, "gid_map", &maps->gids, why);
	if (r == 0)
		r = write_map(pid, "uid_map", &maps->uids, why);
	return r;
}
