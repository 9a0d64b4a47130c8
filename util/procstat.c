/* SPDX-License-Identifier: BSD-3-Clause */
/* /proc/PID/stat: see procstat.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/file.h"
#include "util/parse.h"
#include "util/procstat.h"

/* Fields as proc(5) numbers them; 1 and 2 are the pid and the name. */
#define FIELD_STATE   3
#define FIELD_PARENT  4
#define FIELD_THREADS 20
#define FIELD_START   22

static int parse_stat(const char *text, struct procstat *ret)
{
	/* The name can hold anything, also blanks and parentheses. */
	const char *name_end = strrchr(text, ')');
	struct slice rest, field;
	uint64_t threads = 0, parent = 0, start;
	bool zombie = false;

	if (!name_end || name_end[1] != ' ')
		return -EINVAL;
	rest = slice_of(name_end + 2);
	for (int number = FIELD_STATE; next_field(&rest, ' ', &field); number++) {
		if (number == FIELD_STATE)
			zombie = slice_equals(field, "Z") || slice_equals(field, "X");
		if (number == FIELD_PARENT && parse_number(field, INT32_MAX, &parent) < 0)
			return -EINVAL;
		if (number == FIELD_THREADS && parse_number(field, UINT32_MAX, &threads) < 0)
			return -EINVAL;
		if (number != FIELD_START)
			continue;
		if (parse_number(field, UINT64_MAX, &start) < 0)
			return -EINVAL;
		/* A first thread that has ended shows as a zombie while others run on. */
		*ret = (struct procstat){
			.ended = zombie && threads <= 1, .parent = (pid_t)parent, .start = start};
		return 0;
	}
	return -EINVAL;
}

int procstat_read(pid_t pid, struct procstat *ret)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FD int fd = -1;
	size_t length;
	char path[32];
	int r;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = file_read(fd, 1 << 14, &text, &length);
	if (r < 0)
		return r;
	return parse_stat(text, ret);
}
