/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "explain": what a login of the user would do now, by the code that does it, with nothing written.
 * Runs as root, or as anybody, who just cannot see the namespaces of others.
 */
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/host.h"
#include "conf/keys.h"
#include "conf/login_defs.h"
#include "helper/deadline.h"
#include "helper/entitlement.h"
#include "helper/verbs.h"
#include "namespace/rundir.h"
#include "subid/decide.h"
#include "util/account.h"
#include "util/cleanup.h"

/* What was found out, as far as that came. */
struct explanation {
	struct account account; /* its name is NULL where there is none */
	struct policy policy;
	struct settlement settled;
	struct ns_maps maps;
	bool has_policy;
	bool has_ranges;
	bool has_maps;
};

static void explanation_free(struct explanation *e)
{
	account_free(&e->account);
	policy_free(&e->policy);
}

static void print_label(const char *label)
{
	printf("%-11s", label);
}

/* Names of a directory can have any bytes in them. */
static void print_user(const struct account *account)
{
	char name[256];

	snprintf(name, sizeof(name), "%s", account->name);
	make_printable(name);
	print_label("user:");
	printf("%s, uid %u, gid %u\n", name, account->ids.uid, account->ids.gid);
}

/* The files, in the order in which they hold. */
static void print_files(const struct policy *policy, const char *path)
{
	struct slice rest = {policy->files, policy->files ? strlen(policy->files) : 0}, line;
	const char *label = "policy:";

	while (next_field(&rest, '\n', &line) && line.length > 0) {
		print_label(label);
		printf("%.*s\n", (int)line.length, line.text);
		label = "";
	}
	if (*label) {
		print_label(label);
		printf("%s (there is none: defaults)\n", path);
	}
}

/* A description can have any bytes in it. */
static void print_setting(const char *before, const struct policy_setting *setting)
{
	char value[POLICY_LINE_MAX + 1], section[512];

	snprintf(value, sizeof(value), "%s", setting->value);
	make_printable(value);
	snprintf(section, sizeof(section), "%s", setting->section);
	make_printable(section);
	printf("%s%s (%s:%u %s)\n", before, value, setting->file, setting->line, section);
}

/* What holds for a key, and below what lost to it. False: nothing. */
static bool print_key(const struct policy *policy, const struct policy_key *key, const char *label)
{
	const struct policy_setting *setting = policy_origin(policy, key->name);
	const struct policy_setting *end = policy->settings.settings + policy->settings.count;
	const bool by_range = policy->range.count > 0 && strcmp(key->name, "size") == 0;

	if (!setting && !key->usual)
		return false;
	print_label(label);
	printf("%s = ", key->name);
	if (by_range)
		printf("%" PRIu32 " (of range)\n", policy->size);
	else if (!setting)
		printf("%s (default)\n", key->usual);
	else
		print_setting("", setting++);
	for (; setting && setting < end && setting->key == key; setting++) {
		print_label("");
		print_setting("  over ", setting);
	}
	return true;
}

static void print_settings(const struct policy *policy)
{
	const char *label = "settings:";

	for (size_t i = 0; i < policy_key_count; i++)
		if (print_key(policy, &policy_keys[i], label))
			label = "";
}

/* What decides where the policy says auto. */
static void print_host(const struct account *account)
{
	struct reason knob;

	host_forbids_user_namespaces(account->name, &knob);
	print_label("host:");
	puts(knob.text);
}

static void print_policy(const struct account *account, const struct policy *policy,
			 const char *path)
{
	print_files(policy, path);
	print_settings(policy);
	if (policy->delegate == DELEGATE_AUTO)
		print_host(account);
}

static const char *describe(const struct user_range *range)
{
	if (!range->in_book)
		return range->adopted ? "found, to be adopted" : "new, to be allocated";
	return range->in_subuid && range->in_subgid ? "on record" : "on record, copies to be made";
}

static void print_ranges(const struct settlement *settled)
{
	for (size_t i = 0; i < settled->count; i++) {
		const struct user_range *range = &settled->ranges[i];

		print_label(i == 0 ? "ranges:" : "");
		printf("%" PRIu32 ":%" PRIu32, range->uids.start, range->uids.count);
		if (range->gid_start != range->uids.start)
			printf(" (groups from %" PRIu32 ")", range->gid_start);
		printf(", %s\n", describe(range));
	}
	if (settled->retire_name) {
		print_label("");
		puts("ranges of another user of this name, to be retired");
	}
}

static void print_map(const char *label, const struct id_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct extent *e = &map->extents[i];

		print_label(i == 0 ? label : "");
		printf("%" PRIu32 " %" PRIu32 " %" PRIu32 "\n", e->inside, e->outside, e->count);
	}
}

/* What the module would give back to the service. */
static void print_outcome(enum result_code code, uid_t uid)
{
	static const char *const outcomes[] = {
		[RESULT_READY] = "PAM_SUCCESS, with the namespace ",
		[RESULT_IGNORE] = "PAM_IGNORE, without a namespace",
		[RESULT_FAILED] = "PAM_SESSION_ERR, without a namespace",
		[RESULT_UNKNOWN_USER] = "PAM_USER_UNKNOWN, without a namespace",
	};
	char path[RUNDIR_PATH_SIZE] = "";

	if (code == RESULT_READY)
		rundir_pin_path(uid, path);
	print_label("a login:");
	printf("%s%s\n", outcomes[code], path);
}

static void print_maps(const struct ns_maps *maps)
{
	print_map("uid map:", &maps->uids);
	print_map("gid map:", &maps->gids);
	print_label("setgroups:");
	puts(maps->setgroups ? "allow" : "deny");
}

static void print_text(const struct explanation *e, const char *policy_path, enum result_code code)
{
	if (e->account.name)
		print_user(&e->account);
	if (e->has_policy)
		print_policy(&e->account, &e->policy, policy_path);
	if (e->has_ranges)
		print_ranges(&e->settled);
	if (e->has_maps)
		print_maps(&e->maps);
	print_outcome(code, e->account.ids.uid);
}

/* What a namespace would be made from, for userns(1). */
static int print_state(const struct explanation *e, const char *policy_path, struct reason *why)
{
	CLEANUP_FREE char *text = NULL;
	char owner[ID_OWNER_SIZE];
	const struct state state =
		entitlement_state(&e->account, &e->policy, policy_path, &e->maps, owner);
	int r;

	r = state_format(&state, &text);
	if (r < 0)
		return refuse_errno(why, r, "cannot print the state");
	fputs(text, stdout);
	return 0;
}

static int find_maps(struct explanation *e, struct reason *why)
{
	const struct settle_request what = entitlement_request(&e->account, &e->policy);
	int r;

	deadline_phase("the user's id range");
	r = settle_preview(&what, &e->settled, why);
	e->has_ranges = r == 0;
	if (r == 0)
		r = entitlement_maps(&e->account, &e->policy, &e->settled, &e->maps, why);
	e->has_maps = r == 0;
	return r;
}

/* Whose name it is when none is given. */
static const char *own_name(void)
{
	struct passwd *entry = getpwuid(getuid());

	return entry ? entry->pw_name : "";
}

static enum result_code explain(const struct request *request, struct explanation *e,
				struct reason *why)
{
	const char *name = request->operand_count ? request->operands[0] : own_name();
	enum result_code code;

	code = account_find(name, &e->account, why);
	if (code != RESULT_READY)
		return code;
	e->has_policy = entitlement_read(&e->account, request->policy, &e->policy, why) == 0;
	if (!e->has_policy)
		return RESULT_FAILED;
	code = entitlement_judge(&e->account, &e->policy, request->service, why);
	return code == RESULT_READY ? result_of(find_maps(e, why)) : code;
}

/* On what else it hangs that a login gives this. */
static void add_notes(const struct explanation *e, const char *service, struct reason *why)
{
	if (geteuid() != 0 && !settlement_is_recorded(&e->settled))
		note(why,
		     "not root, so no namespace of others was seen: a login may choose another "
		     "range where they map this one");
	if (e->policy.services && !service)
		note(why, "only for the services %s; --service=NAME tells of one",
		     e->policy.services);
	if (is_system_account(e->account.ids.uid, login_defs_uid_min(LOGIN_DEFS)))
		note(why, "pam_userns(8) asks for a system account only where its argument "
			  "system-users is given");
}

void verb_explain(const struct request *request, struct result *ret)
{
	CLEANUP(explanation_free) struct explanation e = {.policy = policy_defaults};
	struct reason why = {.text = ""};
	enum result_code code;

	code = explain(request, &e, &why);
	if (code == RESULT_READY)
		add_notes(&e, request->service, &why);
	if (request->as_state) {
		if (code == RESULT_READY)
			code = result_of(print_state(&e, request->policy, &why));
	} else {
		print_text(&e, request->policy, code);
		/* To people, nothing is wrong where the policy says no. */
		if (code == RESULT_IGNORE)
			code = RESULT_READY;
	}
	result_set(ret, code, &why);
}
