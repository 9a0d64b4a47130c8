/* SPDX-License-Identifier: BSD-3-Clause */
/* libsubid_read USER: what libsubid takes to read /etc/subuid and /etc/subgid for a user, once. */
#include <shadow/subid.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	FILE *nowhere = fopen("/dev/null", "we");
	struct subid_range *ranges = NULL;

	if (argc != 2 || !nowhere || !subid_init("libsubid_read", nowhere))
		return 2;
	if (subid_get_uid_ranges(argv[1], &ranges) < 1 ||
	    subid_get_gid_ranges(argv[1], &ranges) < 1)
		return 1;
	return 0;
}
