/* SPDX-License-Identifier: BSD-3-Clause */
/* Which uids have a namespace now: see pins.h. */
#include <errno.h>
#include <stdlib.h>

#include "namespace/rundir.h"
#include "userns/pins.h"
#include "util/array.h"
#include "util/cleanup.h"

static int add_pin(struct pins *pins, uid_t uid)
{
	struct pin *larger = array_grow(pins->pins, pins->count, &pins->room, sizeof(*larger));

	if (!larger)
		return -ENOMEM;
	pins->pins = larger;
	pins->pins[pins->count++] = (struct pin){.uid = uid};
	return 0;
}

bool pin_exists(uid_t uid)
{
	CLEANUP_FD int dir = -1;
	CLEANUP_FD int fd = -1;

	return rundir_open_to_read(uid, &dir) == 0 && rundir_open_namespace(dir, &fd) == 0;
}

static int compare_uids(const void *a, const void *b)
{
	const struct pin *left = a, *right = b;

	return (left->uid > right->uid) - (left->uid < right->uid);
}

static int visit_pin(const char *name, const uid_t *uid, void *argument)
{
	(void)name;
	return uid && pin_exists(*uid) ? add_pin(argument, *uid) : 0;
}

int pins_read(struct pins *ret)
{
	struct pins pins = {.count = 0};
	struct reason ignored;
	int r;

	r = rundirs_each(visit_pin, &pins, &ignored);
	if (r < 0) {
		pins_free(&pins);
		return r;
	}
	if (pins.count > 0)
		qsort(pins.pins, pins.count, sizeof(*pins.pins), compare_uids);
	*ret = pins;
	return 0;
}

bool pins_take(struct pins *pins, uid_t uid)
{
	const struct pin key = {.uid = uid};
	struct pin *pin;

	if (pins->count == 0)
		return false;
	pin = bsearch(&key, pins->pins, pins->count, sizeof(key), compare_uids);
	if (!pin || pin->taken)
		return false;
	pin->taken = true;
	return true;
}

void pins_free(struct pins *pins)
{
	free(pins->pins);
	*pins = (struct pins){.count = 0};
}
