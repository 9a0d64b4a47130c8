/* SPDX-License-Identifier: BSD-3-Clause */
/* Which uids have a namespace now: the pins below /run/userns. */
#ifndef USERNS_PINS_H
#define USERNS_PINS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct pin {
	uid_t uid;
	bool taken;
};

/* Sorted by uid. Zero it to begin; pins_free() to end. */
struct pins {
	struct pin *pins;
	size_t count;
	size_t room;
};

/* Is a user namespace pinned for uid? */
bool pin_exists(uid_t uid);

/* Finds every directory of a uid in which a user namespace is pinned. -errno. */
int pins_read(struct pins *ret);

/* Is there a pin of this uid? Says so once for each. */
bool pins_take(struct pins *pins, uid_t uid);

void pins_free(struct pins *pins);

#endif
