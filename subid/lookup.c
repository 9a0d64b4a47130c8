/* SPDX-License-Identifier: BSD-3-Clause */
/* Ranges as libsubid knows them: see lookup.h. Runs as root, without capabilities. */
#include <dlfcn.h>
#include <errno.h>
#include <shadow/subid.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "subid/lookup.h"
#include "util/array.h"

static void free_answer(struct subid_range *answer)
{
#if SUBID_ABI_MAJOR >= 5
	/* A plugin may have its own allocator; before ABI 5 there was only free(). */
	subid_free(answer);
#else
	free(answer);
#endif
}

static int add_answer(const struct subid_range *answer, int count, struct id_set *set)
{
	for (int i = 0; i < count; i++) {
		struct id_range range;
		int r;

		r = id_range_make(answer[i].start, answer[i].count, &range);
		if (r < 0)
			return r;
		if (id_set_has(set, range))
			continue;
		r = id_set_add(set, range);
		if (r < 0)
			return r;
	}
	return 0;
}

typedef int get_ranges(const char *owner, struct subid_range **ranges);

static int ask(get_ranges *get, const char *what, const char *owner, struct id_set *set,
	       struct reason *why)
{
	struct subid_range *answer = NULL;
	int count, r;

	if (!set)
		return 0;
	count = get(owner, &answer);
	if (count < 0)
		return refuse(why, -EIO, "libsubid cannot say which subordinate %s '%s' has", what,
			      owner);
	r = add_answer(answer, count, set);
	free_answer(answer);
	if (r < 0)
		return refuse_errno(why, r, "libsubid gives '%s' a bad range of subordinate %s",
				    owner, what);
	return 0;
}

/* Without this first, the error paths of 4.11 to 4.19 write to a FILE that is NULL. */
static int start_libsubid(struct reason *why)
{
	static FILE *nowhere;

	if (nowhere)
		return 0;
	nowhere = fopen("/dev/null", "we");
	if (!nowhere)
		return refuse_errno(why, -errno, "cannot open /dev/null");
	if (!subid_init("userns-helper", nowhere))
		return refuse(why, -EIO, "libsubid cannot be started");
	return 0;
}

/*
 * Where its module is missing, or is none, libsubid takes the two files without a word (shadow,
 * lib/nss.c): nobody's lines, to a host that keeps them elsewhere.
 */
static int check_module(const char *source, struct reason *why)
{
	static const char *const functions[] = {"shadow_subid_has_range",
						"shadow_subid_list_owner_ranges",
						"shadow_subid_find_subid_owners"};
	char name[64];
	void *module;
	bool whole;

	snprintf(name, sizeof(name), "libsubid_%s.so", source);
	module = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
	whole = module != NULL;
	for (size_t i = 0; whole && i < COUNT_OF(functions); i++)
		whole = dlsym(module, functions[i]) != NULL;
	if (module)
		dlclose(module);
	return whole ? 0
		     : refuse(why, -EIO,
			      "nsswitch.conf takes subordinate ids from '%s', and libsubid cannot "
			      "load its module for that, %s; install it",
			      source, name);
}

int lookup_ranges_from(const char *source, const char *owner, struct id_set *uids,
		       struct id_set *gids, struct reason *why)
{
	int r = check_module(source, why);

	return r < 0 ? r : lookup_ranges(owner, uids, gids, why);
}

int lookup_ranges(const char *owner, struct id_set *uids, struct id_set *gids, struct reason *why)
{
	int r;

	r = start_libsubid(why);
	if (r == 0)
		r = ask(subid_get_uid_ranges, "uids", owner, uids, why);
	if (r == 0)
		r = ask(subid_get_gid_ranges, "gids", owner, gids, why);
	return r;
}
