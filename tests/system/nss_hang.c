/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * libnss_hang.so.2, "hang" in nsswitch.conf: a directory that gives userns-helper no answer as long
 * as there is a file /run/nss.hang, is down as long as there is /run/nss.down, which may have the
 * errno that it leaves then, and lists nobody; it knows the uid that is in /run/nss.knows, if there
 * is that. As long as there is /run/nss.nogroups, it is down for who asks for a user's groups.
 * Whoever logs somebody in has had an answer.
 */
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Is it down? *ret_error: the errno in the file, else EIO. */
static bool is_down(const char *path, int *ret_error)
{
	FILE *file = fopen(path, "re");
	int error;

	if (!file)
		return false;
	*ret_error = fscanf(file, "%d", &error) == 1 ? error : EIO;
	fclose(file);
	return true;
}

static enum nss_status answer(int *error)
{
	while (strcmp(program_invocation_short_name, "userns-helper") == 0 &&
	       access("/run/nss.hang", F_OK) == 0)
		usleep(10000);
	if (is_down("/run/nss.down", error))
		return NSS_STATUS_UNAVAIL;
	*error = ENOENT;
	return NSS_STATUS_NOTFOUND;
}

static bool is_known(uid_t uid)
{
	FILE *file = fopen("/run/nss.knows", "re");
	unsigned int known = 0;
	bool found = file && fscanf(file, "%u", &known) == 1 && known == uid;

	if (file)
		fclose(file);
	return found;
}

enum nss_status _nss_hang_getpwnam_r(const char *name, struct passwd *entry, char *buffer,
				     size_t size, int *error);
enum nss_status _nss_hang_getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t size,
				     int *error);
enum nss_status _nss_hang_getgrnam_r(const char *name, struct group *entry, char *buffer,
				     size_t size, int *error);
enum nss_status _nss_hang_getgrgid_r(gid_t gid, struct group *entry, char *buffer, size_t size,
				     int *error);
enum nss_status _nss_hang_initgroups_dyn(const char *name, gid_t gid, long *start, long *size,
					 gid_t **groups, long limit, int *error);

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
	static char name[] = "unlisted", nothing[] = "";
	enum nss_status status = answer(error);

	(void)buffer;
	(void)size;
	if (status != NSS_STATUS_NOTFOUND || !is_known(uid))
		return status;
	*entry = (struct passwd){.pw_name = name,
				 .pw_passwd = nothing,
				 .pw_uid = uid,
				 .pw_gid = 100,
				 .pw_gecos = nothing,
				 .pw_dir = nothing,
				 .pw_shell = nothing};
	return NSS_STATUS_SUCCESS;
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

enum nss_status _nss_hang_getgrnam_r(const char *name, struct group *entry, char *buffer,
				     size_t size, int *error)
{
	(void)name;
	(void)entry;
	(void)buffer;
	(void)size;
	return answer(error);
}

enum nss_status _nss_hang_initgroups_dyn(const char *name, gid_t gid, long *start, long *size,
					 gid_t **groups, long limit, int *error)
{
	(void)name;
	(void)gid;
	(void)start;
	(void)size;
	(void)groups;
	(void)limit;
	return is_down("/run/nss.nogroups", error) ? NSS_STATUS_UNAVAIL : answer(error);
}
