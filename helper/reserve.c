/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * "reserve" and "unreserve": ids for programs that do not ask us, as Incus, and take them. Runs as
 * root; caps.h says with which capabilities.
 */
#include <errno.h>

#include "helper/deadline.h"
#include "helper/entitlement.h"
#include "helper/ranges.h"
#include "helper/verbs.h"
#include "subid/reserve.h"
#include "util/cleanup.h"

static int find_place(const struct request *request, struct id_range *ret, struct reason *why)
{
	if (request->operand_count == 2 && request->size)
		return refuse(
			why, -EINVAL,
			"--size chooses a place, so none can be named; leave one of them out");
	if (request->operand_count == 2)
		return range_operand(request->operands[1], ret, why);
	if (!request->size)
		return refuse(
			why, -EINVAL,
			"it is not said which ids: name them as FIRST-LAST or START:COUNT, or "
			"give --size=COUNT to have free ones chosen");
	return 0;
}

static int reserve(const char *name, struct id_range place, const struct policy *policy,
		   struct reason *why)
{
	const struct account nobody = {.name = (char *)name};
	struct settle_request request = entitlement_request(&nobody, policy);
	struct id_range range;
	bool is_new;
	int r;

	request.fixed = place;
	request.fixed_by = "as named";
	request.by_uid = false;
	deadline_phase("shadow's locks in /etc");
	r = reserve_range(&request, &range, &is_new, why);
	if (r < 0)
		return r;
	print_range(name, range);
	if (!is_new)
		note(why, "that was reserved already");
	return 0;
}

void verb_reserve(const struct request *request, struct result *ret)
{
	CLEANUP(policy_free) struct policy policy = policy_defaults;
	struct id_range place = {0, 0};
	struct reason why = {.text = ""};
	int r;

	r = find_place(request, &place, &why);
	if (r == 0)
		r = policy_read(request->policy, NULL, &policy, &why);
	if (r == 0) {
		policy.size = request->size;
		r = reserve(request->operands[0], place, &policy, &why);
	}
	result_set(ret, result_of(r), &why);
}

void verb_unreserve(const struct request *request, struct result *ret)
{
	CLEANUP(id_set_free) struct id_set retired = {NULL, 0, 0};
	struct id_range range = {0, 0};
	struct reason why = {.text = ""};
	int r = 0;

	if (request->operand_count == 2)
		r = range_operand(request->operands[1], &range, &why);
	deadline_phase("shadow's locks in /etc");
	if (r == 0)
		r = unreserve_ranges(request->operands[0], range, &retired, &why);
	if (r == 0)
		print_retired(request->operands[0], &retired, &why);
	result_set(ret, result_of(r), &why);
}
