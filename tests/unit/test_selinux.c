/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tests of conf/selinux: what is made of each answer of libselinux, whose functions stand here. On
 * a machine without SELinux nothing else can give these answers.
 */
#include <selinux/get_context_list.h>
#include <selinux/selinux.h>
#include <stdlib.h>

#include "conf/selinux.h"
#include "tests/unit/unit.h"

#define CLASS	    7
#define CREATE	    4u
#define OTHER_RIGHT 8u

static struct answers {
	int enabled;
	int enforce;
	security_class_t class; /* 0: not in the policy */
	const char *context;	/* NULL: the user has none */
	access_vector_t create; /* 0: not in the class */
	int computed;
	access_vector_t allowed;
	unsigned int flags;
} answers;

int is_selinux_enabled(void)
{
	return answers.enabled;
}

int security_getenforce(void)
{
	return answers.enforce;
}

security_class_t string_to_security_class(const char *name)
{
	assert_string_equal(name, "user_namespace");
	return answers.class;
}

int getseuserbyname(const char *user, char **ret_user, char **ret_level)
{
	assert_string_equal(user, "alice");
	*ret_user = strdup("user_u");
	*ret_level = strdup("s0");
	return 0;
}

int get_default_context_with_level(const char *user, const char *level, const char *from,
				   char **ret)
{
	assert_string_equal(user, "user_u");
	assert_string_equal(level, "s0");
	assert_null(from);
	if (!answers.context)
		return -1;
	*ret = strdup(answers.context);
	return 0;
}

access_vector_t string_to_av_perm(security_class_t class, const char *name)
{
	assert_int_equal(class, CLASS);
	assert_string_equal(name, "create");
	return answers.create;
}

int security_compute_av_flags(const char *from, const char *to, security_class_t class,
			      access_vector_t wanted, struct av_decision *ret)
{
	/* A user makes a namespace of their own domain. */
	assert_string_equal(from, answers.context);
	assert_string_equal(to, answers.context);
	assert_int_equal(class, CLASS);
	assert_int_equal(wanted, CREATE);
	*ret = (struct av_decision){.allowed = answers.allowed, .flags = answers.flags};
	return answers.computed;
}

void freecon(char *context)
{
	free(context);
}

static void test_answers(void **state)
{
	static const char domain[] = "user_u:user_r:user_t:s0";
	static const struct {
		const char *name;
		struct answers answers;
		bool forbids;
		const char *says; /* NULL: nothing */
	} rows[] = {
		{"none", {0}, false, NULL},
		{"not known", {.enabled = -1}, false, NULL},
		{"permissive", {1, 0, CLASS, domain, CREATE, 0, 0, 0}, false, "does not enforce"},
		{"no such class", {1, 1, 0, domain, CREATE, 0, 0, 0}, false, "does not rule"},
		{"allowed",
		 {1, 1, CLASS, domain, CREATE, 0, CREATE | OTHER_RIGHT, 0},
		 false,
		 "create allowed for user_u:user_r:user_t:s0"},
		{"denied",
		 {1, 1, CLASS, domain, CREATE, 0, OTHER_RIGHT, 0},
		 true,
		 "create denied for user_u:user_r:user_t:s0"},
		{"a permissive domain",
		 {1, 1, CLASS, domain, CREATE, 0, 0, SELINUX_AVD_FLAGS_PERMISSIVE},
		 false,
		 "create allowed for"},
		{"enforcing is not known",
		 {1, -1, CLASS, domain, CREATE, 0, 0, 0},
		 true,
		 "create denied for"},
		{"no context",
		 {1, 1, CLASS, NULL, CREATE, 0, CREATE, 0},
		 true,
		 "create not known for the user's domain"},
		{"no such right", {1, 1, CLASS, domain, 0, 0, CREATE, 0}, true, "not known"},
		{"no answer", {1, 1, CLASS, domain, CREATE, -1, CREATE, 0}, true, "not known"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct reason found = {""};

		answers = rows[i].answers;
		if (selinux_forbids_user_namespaces("alice", &found) != rows[i].forbids)
			fail_msg("%s: %s", rows[i].name, found.text);
		if (!rows[i].says)
			assert_string_equal(found.text, "");
		TELLS(rows[i].name, &found, rows[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_answers)};

	return cmocka_run_group_tests_name("selinux", tests, NULL, NULL);
}
