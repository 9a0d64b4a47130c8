/* SPDX-License-Identifier: BSD-3-Clause */
/* Whose mounts the helper sees: see mounts.h. Runs as root. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "helper/mounts.h"
#include "util/cleanup.h"
#include "util/userns.h"

#define HOST "/proc/1/root"

/* What the service has for a root, once we have left it; -1: we have not. */
static int service_root = -1;

/* Why we are among the service's own mounts; 0: we are not. */
static int stayed;

static bool is_the_same(const char *ours, const char *other)
{
	struct stat a, b;

	return stat(ours, &a) == 0 && stat(other, &b) == 0 && same_file(&a, &b);
}

static int join(void)
{
	CLEANUP_FD int host = -1;

	host = open("/proc/1/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (host < 0)
		return -errno;
	service_root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (service_root < 0)
		return -errno;
	/* Our root and working directory become those of the host as well. */
	return setns(host, CLONE_NEWNS) < 0 ? -errno : 0;
}

void mounts_join_host(void)
{
	/* Not seen, as in most containers, or not another: the usual case. */
	if (access("/proc/1/ns/mnt", F_OK) < 0 ||
	    is_the_same("/proc/self/ns/mnt", "/proc/1/ns/mnt"))
		return;
	if (!is_the_same("/", HOST "/") || !is_the_same("/etc", HOST "/etc") ||
	    !is_the_same("/run", HOST "/run"))
		return;
	stayed = join();
	if (stayed < 0 && service_root >= 0) {
		close(service_root);
		service_root = -1;
	}
}

/* The same file for the service, by a walk from the root that it has. */
static bool service_sees(const char *pin_path)
{
	struct stat ours, theirs;

	return stat(pin_path, &ours) == 0 && fstatat(service_root, pin_path + 1, &theirs, 0) == 0 &&
	       same_file(&ours, &theirs);
}

void mounts_note_unseen(const char *pin_path, struct reason *why)
{
	if (stayed < 0)
		note(why,
		     "only sessions of this service see it, which has a mount namespace of its own "
		     "and lets nobody leave that");
	else if (service_root >= 0 && !service_sees(pin_path))
		note(why,
		     "this service does not see it: it has a mount namespace of its own, which "
		     "mounts of the host do not reach");
}
