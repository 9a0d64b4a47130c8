/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of conf/policy: what goes over what, and where it says so; and that libeconf and the scan
 * of lines without it take the same for right. From texts, without a file or root.
 */
#include <stdio.h>
#include <stdlib.h>

#include "conf/keys.h"
#include "conf/policy.h"
#include "tests/unit/unit.h"

/* Alice is in hpc, 500, and in "domain users", 600. There is a group lab, 700. */
static int is_in_group(void *argument, const char *name, gid_t gid, struct reason *why)
{
	(void)argument;
	if (!name)
		return gid == 500 || gid == 600;
	if (strcmp(name, "down") == 0)
		return refuse(why, -EIO, "the directory is down");
	return strcmp(name, "hpc") == 0 || strcmp(name, "domain users") == 0;
}

static const struct policy_subject alice = {
	.name = "alice", .uid = 1000, .is_in_group = is_in_group};
static const struct policy_subject bob = {.name = "bob", .uid = 1001, .is_in_group = is_in_group};

/* Files 1.conf, 2.conf and so on, with '|' between their texts. */
static int resolve(const struct policy_subject *subject, const char *texts, struct policy *ret,
		   struct reason *why)
{
	struct policy_file list[8];
	struct policy_files files = {list, 0, COUNT_OF(list)};
	char *copy = strdup(texts), *rest = copy, *text, paths[COUNT_OF(list)][16];
	int r;

	while ((text = strsep(&rest, "|"))) {
		snprintf(paths[files.count], sizeof(paths[0]), "%zu.conf", files.count + 1);
		list[files.count] = (struct policy_file){paths[files.count], text, strlen(text)};
		files.count++;
	}
	r = policy_resolve(&files, subject, ret, why);
	free(copy);
	return r;
}

/* All lines for a key, first that which holds: "VALUE@FILE:LINE", a blank between. */
static void list_origins(const struct policy *policy, const char *key, char *ret, size_t size)
{
	size_t used = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < policy->settings.count; i++) {
		const struct policy_setting *setting = &policy->settings.settings[i];

		if (strcmp(setting->key->name, key) == 0)
			used += (size_t)snprintf(ret + used, size - used, "%s%s@%s:%u",
						 used ? " " : "", setting->value, setting->file,
						 setting->line);
	}
}

#define DEFAULT "[default]\nsize = 1\n"

static void test_precedence(void **state)
{
	static const struct {
		const char *texts;
		uint32_t size;
		const char *origins;
	} rows[] = {
		{"", 65536, ""},
		{DEFAULT, 1, "1@1.conf:2"},
		{DEFAULT "[group hpc]\nsize = 2\n", 2, "2@1.conf:4 1@1.conf:2"},
		{DEFAULT "[group hpc]\nsize = 2\n[uid 1000-1000]\nsize = 3\n", 3,
		 "3@1.conf:6 2@1.conf:4 1@1.conf:2"},
		{DEFAULT
		 "[group hpc]\nsize = 2\n[uid 1000-1000]\nsize = 3\n[user alice]\nsize = 4\n",
		 4, "4@1.conf:8 3@1.conf:6 2@1.conf:4 1@1.conf:2"},
		/* Wherever the sections stand. */
		{"[user alice]\nsize = 4\n[uid 0-4294967294]\nsize = 3\n[group hpc]\nsize = "
		 "2\n" DEFAULT,
		 4, "4@1.conf:2 3@1.conf:4 2@1.conf:6 1@1.conf:8"},
		/* Of groups, and of uids, the first that matches and has the key. */
		{"[group hpc]\nsize = 2\n[group \"domain users\"]\nsize = 3\n", 2,
		 "2@1.conf:2 3@1.conf:4"},
		{"[group \"domain users\"]\nsize = 3\n[group hpc]\nsize = 2\n", 3,
		 "3@1.conf:2 2@1.conf:4"},
		{"[group hpc]\nroot = range\n[group 600]\nsize = 3\n", 3, "3@1.conf:4"},
		{"[group lab]\nsize = 2\n[group 700]\nsize = 3\n", 65536, ""},
		{"[group 500]\nsize = 2\n[group hpc]\nsize = 3\n", 2, "2@1.conf:2 3@1.conf:4"},
		{"[uid 1001-2000]\nsize = 1\n[uid 0-999]\nsize = 2\n[uid 500-1500]\nsize = 3\n"
		 "[uid 1000-1000]\nsize = 4\n",
		 3, "3@1.conf:6 4@1.conf:8"},
		/* Names are whole, and spelt alike. */
		{"[user alic]\nsize = 1\n[user alicex]\nsize = 2\n[user Alice]\nsize = 3\n"
		 "[user 1000]\nsize = 4\n[user \"alice \"]\nsize = 5\n",
		 65536, ""},
		{"[user \"alice\"]\nsize = 1\n", 1, "1@1.conf:2"},
		/* Files: a later one over an earlier one, in the same section only. */
		{DEFAULT "|[default]\nsize = 2\n", 2, "2@2.conf:2 1@1.conf:2"},
		{"[user alice]\nsize = 3\n|[default]\nsize = 2\n", 3, "3@1.conf:2 2@2.conf:2"},
		{"[group hpc]\nsize = 1\n|[group \"hpc\"]\nsize = 2\n|[group hpc]\n", 2,
		 "2@2.conf:2 1@1.conf:2"},
		/* The order of groups is that of where they first stand. */
		{"[group hpc]\n|[group 600]\nsize = 2\n|[group hpc]\nsize = 3\n", 3,
		 "3@3.conf:2 2@2.conf:2"},
		{"[group 600]\nsize = 1\n|[group hpc]\nsize = 3\n|[group 600]\nsize = 2\n", 2,
		 "2@3.conf:2 1@1.conf:2 3@2.conf:2"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct policy policy = policy_defaults;
		struct reason why = {""};
		char origins[256];

		if (resolve(&alice, rows[i].texts, &policy, &why) < 0)
			fail_msg("%s: %s", rows[i].texts, why.text);
		list_origins(&policy, "size", origins, sizeof(origins));
		if (policy.size != rows[i].size || strcmp(origins, rows[i].origins) != 0)
			fail_msg("%s: %u, %s", rows[i].texts, policy.size, origins);
		policy_free(&policy);
	}
}

/* One file, every key in every section where it may stand: each level wins where it is alone. */
static void test_every_key(void **state)
{
	static const char *const sections[] = {"[host]", "[default]", "[group hpc]",
					       "[uid 1000-1000]", "[user alice]"};
	static const enum section_kind kinds[] = {SECTION_HOST, SECTION_DEFAULT, SECTION_GROUP,
						  SECTION_UID, SECTION_USER};
	static const struct {
		const char *key;
		const char *value;
	} values[] = {
		{"pool", "100000-1000000"},
		{"avoid", "5-6"},
		{"real-ids", "7-8,9-10"},
		{"mirror", "no"},
		{"delegate", "yes"},
		{"services", "sshd login"},
		{"size", "5K"},
		{"allocate", "by-uid"},
		{"range", "70000-70009"},
		{"root", "range"},
		{"setgroups", "deny"},
		{"lifetime", "boot"},
		{"map", "0:70000:5"},
		{"gids", "0:70001:6"},
		{"description", "some text"},
	};

	(void)state;
	assert_int_equal(COUNT_OF(values), policy_key_count);
	for (size_t v = 0; v < COUNT_OF(values); v++)
		for (size_t s = 0; s < COUNT_OF(sections); s++) {
			const struct slice name = slice_of(values[v].key);
			bool is_right = policy_key_find(kinds[s], name);
			struct policy policy = policy_defaults;
			struct reason why = {""};
			char text[128], origins[128], wanted[128];
			int r;

			snprintf(text, sizeof(text), "%s\n%s = %s\n", sections[s], values[v].key,
				 values[v].value);
			r = resolve(&alice, text, &policy, &why);
			if ((r == 0) != is_right)
				fail_msg("%s: %d, %s", text, r, why.text);
			if (r < 0) {
				TELLS(text, &why, "1.conf:2: unknown key", sections[s]);
				continue;
			}
			snprintf(wanted, sizeof(wanted), "%s@1.conf:2", values[v].value);
			list_origins(&policy, values[v].key, origins, sizeof(origins));
			assert_string_equal(origins, wanted);
			policy_free(&policy);
		}
}

/* What each key changes. */
static void test_values(void **state)
{
	struct policy policy = policy_defaults;
	struct reason why = {""};

	(void)state;
	assert_int_equal(resolve(&alice,
				 "[host]\nmirror = yes\n[default]\nroot = range\nsetgroups = deny\n"
				 "services = sshd   systemd-user\n[user alice]\n"
				 "map = 0:1000:1, 4294967294:70000:1,1:80000:64K\n"
				 "gids = 5:4294967294:1\n",
				 &policy, &why),
			 0);
	assert_int_equal(policy.mirror, MIRROR_YES);
	assert_int_equal(policy.root, ROOT_RANGE);
	assert_true(policy.deny_setgroups);
	assert_string_equal(policy.services, "sshd systemd-user");
	assert_true(policy_has_service(&policy, "sshd"));
	assert_true(policy_has_service(&policy, "systemd-user"));
	assert_false(policy_has_service(&policy, "systemd"));
	assert_false(policy_has_service(&policy, ""));
	assert_false(policy_has_service(&policy, "sshd systemd-user"));
	assert_int_equal(policy.map.count, 3);
	assert_int_equal(policy.map.extents[1].inside, 4294967294);
	assert_int_equal(policy.map.extents[2].count, 65536);
	assert_int_equal(policy.gids.count, 1);
	assert_int_equal(policy.gids.extents[0].outside, 4294967294);
	assert_string_equal(policy.files, "1.conf\n");
	policy_free(&policy);
	assert_true(policy_has_service(&policy_defaults, "anything"));
}

/* Extents of one id each, this many, of such a width: "IN:OUT:1,...". */
static char *many_extents(unsigned int count, uint32_t inside, uint32_t outside, const char *last)
{
	char *text = calloc(1, 128 + (size_t)count * 26), *end = text;

	end += sprintf(end, "[user alice]\nmap = ");
	for (unsigned int i = 0; i < count; i++)
		end += sprintf(end, "%s%u:%u:1", i ? "," : "", inside + i * 2, outside + i * 2);
	sprintf(end, "%s\n", last);
	return text;
}

static void test_largest_maps(void **state)
{
	static const struct {
		unsigned int count;
		uint32_t inside, outside;
		const char *last;
		size_t fits; /* extents; 0: it does not */
	} rows[] = {
		{340, 0, 0, "", 340},
		{341, 0, 0, "", 0},
		/* Lines of 24 bytes, and a last one that makes them 4095, and 4096. */
		{170, 4294960000, 4294960000, ",1:70000:100000", 171},
		{170, 4294960000, 4294960000, ",1:70000:1000000", 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char *text =
			many_extents(rows[i].count, rows[i].inside, rows[i].outside, rows[i].last);
		struct policy policy = policy_defaults;
		struct reason why = {""};
		int r = resolve(&alice, text, &policy, &why);

		if ((r == 0) != (rows[i].fits > 0))
			fail_msg("%u extents: %d, %s", rows[i].count, r, why.text);
		if (r == 0)
			assert_int_equal(policy.map.count, rows[i].fits);
		else
			TELLS("map", &why, "1.conf:2: map = ", "...: expected IN:OUT:COUNT",
			      "340 extents and 4095 bytes");
		policy_free(&policy);
		free(text);
	}
}

/* The user's groups are not known: then nothing is. */
static void test_unknown_membership(void **state)
{
	struct policy policy = policy_defaults;
	struct reason why = {""};

	(void)state;
	assert_int_equal(resolve(&alice, DEFAULT "[group down]\ndelegate = no\n", &policy, &why),
			 -EIO);
	TELLS("down", &why, "1.conf:3: the directory is down");
	/* For nobody in particular no group counts. */
	assert_int_equal(resolve(NULL, DEFAULT "[group down]\ndelegate = no\n", &policy, &why), 0);
	assert_int_equal(policy.size, 1);
	policy_free(&policy);
}

/*
 * Every line, alone and behind another, in a section of somebody else, which is scanned, and in
 * one's own, which libeconf reads: both take it, or both say the same of it.
 */
static void test_scan_agrees(void **state)
{
	static const char *const lines[] = {
		"size = 1",
		"size=1",
		"size = 1 # x",
		"size = \"1\"",
		"size = \"1\" #",
		"size = \"1 # \"",
		"size = 1\"",
		"size = \"1",
		"size = \"\"",
		"size = \"\"1\"\"",
		"size =",
		"size = # x",
		"size",
		"size 1",
		" size = 1",
		"\tsize = 1",
		"size\t=\t1\t",
		"size = 1\r",
		"size = = 1",
		"size == 1",
		"sizes = 1",
		"Size = 1",
		"# size = x",
		" # size = x",
		"",
		"  ",
		"= 1",
		"=",
		" = 1",
		"size = x",
		"pool = 70000-80000",
		"delegate = no",
		"root = range",
		"  000",
		"000",
		"services = a b",
		"services = \"a b\"",
		"services = a,b",
		"description = a = b",
		"description = a \"b\" c",
		"description = \"a\" b \"c\"",
		"; x",
		"map = 0:70000:1",
		"map = 0:70000:1,0:80000:1",
		"range = 70000-70000",
		"size = 0",
		"size = 99999999999",
	};
	const struct policy_subject *readers[] = {&alice, &bob};
	size_t wrong = 0;

	(void)state;
	for (size_t a = 0; a < COUNT_OF(lines); a++)
		for (size_t b = 0; b < COUNT_OF(lines); b++) {
			struct reason whys[2] = {{""}, {""}};
			char text[256];
			int r[2];

			snprintf(text, sizeof(text), "[user alice]\n%s\n%s\n", lines[a], lines[b]);
			for (size_t i = 0; i < 2; i++) {
				struct policy policy = policy_defaults;

				r[i] = resolve(readers[i], text, &policy, &whys[i]);
				policy_free(&policy);
			}
			if (r[0] != r[1] || strcmp(whys[0].text, whys[1].text) != 0)
				fail_msg("%s: '%s', but '%s'", text, whys[0].text, whys[1].text);
			wrong += r[0] < 0;
		}
	/* Both kinds are there. */
	assert_in_range(wrong, 100, COUNT_OF(lines) * COUNT_OF(lines) - 100);
}

/* So many sections that the table of them has to grow many times; the last is there twice. */
static void test_many_sections(void **state)
{
	enum { MANY = 5000 };
	char *text = calloc(1, MANY * 40 + 64), *end = text;
	struct policy policy = policy_defaults;
	struct reason why = {""};

	(void)state;
	for (unsigned int i = 0; i < MANY; i++)
		end += sprintf(end, "[user user%u]\nsize = %u\n", i, i + 1);
	sprintf(end, "[user alice]\nsize = 77\n");
	assert_int_equal(resolve(&alice, text, &policy, &why), 0);
	assert_int_equal(policy.size, 77);
	policy_free(&policy);
	sprintf(end, "[user \"user4321\"]\nsize = 77\n");
	assert_int_equal(resolve(&alice, text, &policy, &why), -EINVAL);
	TELLS("twice", &why, "1.conf:10001: section [user \"user4321\"] stands in line 8643");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_precedence),
		cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_largest_maps),
		cmocka_unit_test(test_unknown_membership),
		cmocka_unit_test(test_scan_agrees),
		cmocka_unit_test(test_many_sections),
	};

	return cmocka_run_group_tests_name("policy rules", tests, NULL, NULL);
}
