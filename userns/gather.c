/* SPDX-License-Identifier: BSD-3-Clause */
/* All that "userns check" looks at: see gather.h. */
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "namespace/live.h"
#include "subid/nsswitch.h"
#include "subid/paths.h"
#include "subid/programs.h"
#include "userns/complain.h"
#include "userns/gather.h"
#include "util/cleanup.h"
#include "util/exit_status.h"

static int add_programs(struct audit *audit)
{
	struct party party = {.kind = PARTY_PROGRAM};
	const char *name;
	int r = 0;

	for (size_t i = 0; r == 0 && programs_get(i, &name, &party.range); i++) {
		party.name = slice_of(name);
		r = parties_add(&audit->uids, &party);
		if (r == 0)
			r = parties_add(&audit->gids, &party);
	}
	return r;
}

static int add_live(struct audit *audit)
{
	CLEANUP(live_free) struct live_extents live = {.count = 0};
	struct reason why = {.text = ""};
	int r;

	if (geteuid() != 0)
		return complain(0, "not root, so the namespaces of others were not looked at");
	r = live_list(&live, &why);
	if (r < 0)
		return complain(EXIT_SYSTEM, "live namespaces were not looked at: %s", why.text);
	for (size_t i = 0; r == 0 && i < live.count; i++) {
		const struct live_extent *extent = &live.extents[i];
		const struct party party = {.kind = PARTY_NAMESPACE,
					    .range = extent->range,
					    .has_uid = true,
					    .uid = extent->owner,
					    .pid = extent->pid};

		r = parties_add(extent->gids ? &audit->gids : &audit->uids, &party);
	}
	return r < 0 ? complain(EXIT_SYSTEM, "cannot check: %s", strerror(-r)) : 0;
}

/* Where libsubid looks elsewhere, the two files are no copies, unless the policy wants them. */
static int find_source(enum mirror mirror, struct audit *audit)
{
	CLEANUP_FREE char *source = NULL;
	struct reason why = {.text = ""};

	if (nsswitch_subid_source(NSSWITCH_FILE, &source, &why) < 0)
		return complain(EXIT_SYSTEM, "copies were not compared: %s", why.text);
	audit->copies = mirror == MIRROR_YES || (mirror == MIRROR_AUTO && !source);
	return 0;
}

/* One that cannot be read is itself a finding. */
static int read_policy(struct policy_audit *policy, struct reason *wrong, struct audit *audit,
		       struct findings *findings)
{
	const struct finding finding = {.kind = FOUND_POLICY,
					.party = {.kind = PARTY_POLICY, .path = USERNS_POLICY},
					.wrong = wrong->text};

	if (policy_audit_read(USERNS_POLICY, policy, wrong) < 0)
		return findings_add(findings, &finding);
	return policy_audit_add_parties(policy, &audit->uids, &audit->gids);
}

static int read_people(struct people *people, struct audit *audit)
{
	int r;

	r = people_read(people);
	if (r < 0)
		return complain(EXIT_SYSTEM, "cannot list users and groups (NSS): %s",
				strerror(-r));
	r = people_add_parties(people, &audit->uids, &audit->gids);
	return r < 0 ? complain(EXIT_SYSTEM, "cannot check: %s", strerror(-r)) : 0;
}

static int check_owners(const struct people *people, const struct id_file *book,
			struct findings *findings)
{
	int r = 0;

	if (people->users.count > 0)
		r = people_check_owners(people, book, findings);
	return r < 0 ? complain(EXIT_SYSTEM, "who has the uids of ranges is not known (NSS): %s",
				strerror(-r))
		     : 0;
}

int gather(const struct listing *listing, struct gathered *ret)
{
	struct audit *audit = &ret->audit;
	struct findings *findings = &ret->findings;
	int unseen, status, r;
	size_t owners;

	*ret = (struct gathered){.audit = {.listing = listing},
				 .policy = {.policy = policy_defaults}};
	unseen = read_people(&ret->people, audit);
	status = add_live(audit);
	unseen = unseen ? unseen : status;
	r = read_policy(&ret->policy, &ret->wrong, audit, findings);
	status = find_source(ret->policy.policy.mirror, audit);
	unseen = unseen ? unseen : status;
	if (r == 0)
		r = add_programs(audit);
	if (r == 0)
		r = audit_run(audit, findings);
	owners = findings->count;
	status = r == 0 ? check_owners(&ret->people, &listing->files[FROM_BOOK], findings) : 0;
	unseen = unseen ? unseen : status;
	findings_drop_void_copies(findings, owners);
	if (r == 0 && !ret->wrong.text[0])
		r = policy_audit_run(&ret->policy, &ret->people, findings);
	return r < 0 ? complain(EXIT_SYSTEM, "not all was checked: %s", strerror(-r)) : unseen;
}

void gathered_free(struct gathered *gathered)
{
	findings_free(&gathered->findings);
	parties_free(&gathered->audit.uids);
	parties_free(&gathered->audit.gids);
	people_free(&gathered->people);
	policy_audit_free(&gathered->policy);
}
