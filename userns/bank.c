/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "userns bank create" and "delete": named parts of one's own range, which containers that share
 * data share.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "userns/bankdir.h"
#include "userns/caller.h"
#include "userns/complain.h"
#include "userns/enter.h"
#include "userns/verbs.h"
#include "util/cleanup.h"
#include "util/parse.h"

/* Ids for it that are no other bank's, and that no --private has now. */
static int add_bank(const struct ns_maps *maps, uint32_t count, struct bankdir *dir,
		    struct banks *banks, struct bank *bank, struct reason *why)
{
	struct pieces pieces;
	struct piece piece;
	int r;

	/* Before ids are looked for: this is what most likely is wrong. */
	if (banks_find(banks, bank->name))
		return refuse(why, -EEXIST, "there is a bank %s already", bank->name);
	pieces_of(maps, &pieces);
	r = bankdir_choose(dir, &pieces, banks, count, &piece, why);
	if (r < 0)
		return r;
	bank->uids = piece.uids;
	bank->gids = (struct id_range){piece.gids, count};
	r = banks_add(banks, bank, why);
	return r < 0 ? r : bankdir_write(dir, banks, why);
}

static int create_bank(int argc, char **argv, uid_t uid, struct bankdir *dir)
{
	CLEANUP(banks_free) struct banks banks = {.count = 0};
	struct bank bank = {.name = ""};
	struct ns_maps maps;
	struct reason why;
	uint32_t count;
	int status;

	if (argc != 3)
		return complain(EXIT_USAGE, "bank create takes a name and how many ids");
	if (bank_check_name(argv[1], &why) < 0)
		return complain(EXIT_USAGE, "%s", why.text);
	if (parse_count(slice_of(argv[2]), &count) < 0)
		return complain(EXIT_USAGE,
				"'%s' is not how many ids: 1 to 4294967294, also as 64K or 1M",
				argv[2]);
	snprintf(bank.name, sizeof(bank.name), "%s", argv[1]);
	status = enter_read_maps(uid, &maps);
	if (status != 0)
		return status;
	if (bankdir_begin(dir, true, &banks, &why) < 0 ||
	    add_bank(&maps, count, dir, &banks, &bank, &why) < 0)
		return complain(EXIT_REFUSED, "%s", why.text);
	return EXIT_DONE;
}

static int remove_bank(struct bankdir *dir, struct banks *banks, const char *name,
		       struct reason *why)
{
	const struct bank *bank = banks_find(banks, name);
	struct id_range met;
	int r;

	if (!bank)
		return refuse(why, -ENOENT, "there is no bank '%s'", name);
	r = bankdir_use(dir, bank->uids, true, &met, why);
	if (r == -EAGAIN)
		return refuse(why, r, "bank %s is in use; end the commands that have it", name);
	if (r == 0)
		banks_remove(banks, bank);
	return r;
}

static int delete_banks(int argc, char **argv, struct bankdir *dir)
{
	CLEANUP(banks_free) struct banks banks = {.count = 0};
	struct reason why;
	int r;

	if (argc < 2)
		return complain(EXIT_USAGE, "bank delete takes the names of banks");
	r = bankdir_begin(dir, true, &banks, &why);
	for (int i = 1; r == 0 && i < argc; i++)
		r = remove_bank(dir, &banks, argv[i], &why);
	if (r == 0)
		r = bankdir_write(dir, &banks, &why);
	return r < 0 ? complain(EXIT_REFUSED, "%s", why.text) : EXIT_DONE;
}

int verb_bank(int argc, char **argv)
{
	CLEANUP(bankdir_close) struct bankdir dir = BANKDIR_INIT;
	const char *what = argc > 1 ? argv[1] : "";
	struct reason why;
	uid_t uid;
	gid_t gid;
	int status;

	if (strcmp(what, "list") == 0 || strcmp(what, "--help") == 0 || strcmp(what, "-h") == 0)
		return verb_of_show(argc, argv);
	if (strcmp(what, "create") != 0 && strcmp(what, "delete") != 0)
		return complain(EXIT_USAGE, "bank takes create, delete or list; see userns bank "
					    "--help");
	status = find_caller(&uid, &gid);
	if (status != 0)
		return status;
	if (bankdir_open(&dir, &why) < 0)
		return complain(EXIT_REFUSED, "%s", why.text);
	if (what[0] == 'c')
		return create_bank(argc - 1, argv + 1, uid, &dir);
	return delete_banks(argc - 1, argv + 1, &dir);
}
