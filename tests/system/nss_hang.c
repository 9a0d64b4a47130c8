/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libnss_hang.so.2, "hang" in nsswitch.conf: a directory that gives userns-helper no answer as long
 * as there is a file /run/nss.hang, is down as long as there is /run/nss.down, and knows nobody.
 * Whoever logs somebody in has had an answer.
 */
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

static enum nss_status answer(int *error)
{
	*error = ENOENT;
	while (strcmp(program_invocation_short_name, "userns-helper") == 0 &&
	       access("/run/nss.hang", F_OK) == 0)
		usleep(10000);
	if (access("/run/nss.down", F_OK) == 0) {
		*error = EIO;
		return NSS_STATUS_UNAVAIL;
	}
	return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_hang_getpwnam_r(const char *name, struct passwd *entry, char *buffer,
				     size_t size, int *error);
enum nss_status _nss_hang_getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t size,
				     int *error);
enum nss_status _nss_hang_getgrgid_r(gid_t gid, struct group *entry, char *buffer, size_t size,
				     int *error);

enum nss_status _nss_hang_getpwnam_r(const char *name, struct passwd *entry, char *buffer,
				     size_t size, int *error)
{
	(void)name;
	(void)entry;
	(void)buffer;
	(void)size;
	return answer(error);
}

enum nss_status _nss_hang_getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t size,
				     int *error)
{
	(void)uid;
	(void)entry;
	(void)buffer;
	(void)size;
	return answer(error);
}

enum nss_status _nss_hang_getgrgid_r(gid_t gid, struct group *entry, char *buffer, size_t size,
				     int *error)
{
	(void)gid;
	(void)entry;
	(void)buffer;
	(void)size;
	return answer(error);
}
