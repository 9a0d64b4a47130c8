/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pamthreads ROUNDS SERVICE USER...: a PAM host with a thread for each user, which opens and closes
 * a session as often as ROUNDS says, all of them at once. The module is loaded for each session and
 * unloaded behind it, as libpam does. Writes what came of it, and what is left.
 */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <security/pam_appl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define USERS_MAX 64

/* The same for all; not written to by threads. */
static const char *service;
static int rounds;

struct work {
	pthread_t thread;
	const char *user;
	int opened; /* with a path */
	int failed;
};

static int refuse_prompts(int count, const struct pam_message **messages,
			  struct pam_response **responses, void *data)
{
	(void)count;
	(void)messages;
	(void)responses;
	(void)data;
	return PAM_CONV_ERR;
}

static bool have_session(const char *user)
{
	const struct pam_conv conversation = {.conv = refuse_prompts};
	pam_handle_t *pamh = NULL;
	bool good;
	int r;

	if (pam_start(service, user, &conversation, &pamh) != PAM_SUCCESS)
		return false;
	r = pam_open_session(pamh, 0);
	good = r == PAM_SUCCESS && pam_getenv(pamh, "USERNS_PATH");
	r = pam_close_session(pamh, 0);
	pam_end(pamh, r);
	return good && r == PAM_SUCCESS;
}

static void *work(void *data)
{
	struct work *work = data;

	for (int i = 0; i < rounds; i++)
		if (have_session(work->user))
			work->opened++;
		else
			work->failed++;
	return NULL;
}

static int count_fds(void)
{
	DIR *listing = opendir("/proc/self/fd");
	int count = 0;

	while (listing && readdir(listing))
		count++;
	if (listing)
		closedir(listing);
	return count;
}

static bool is_mapped(const char *name)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	bool found = false;
	char line[1024];

	while (maps && fgets(line, sizeof(line), maps))
		found = found || strstr(line, name);
	if (maps)
		fclose(maps);
	return found;
}

int main(int argc, char **argv)
{
	struct work works[USERS_MAX] = {{.user = NULL}};
	int count = argc - 3, opened = 0, failed = 0, fds;

	if (count < 1 || count > USERS_MAX)
		return 2;
	rounds = atoi(argv[1]);
	service = argv[2];
	/* What the C library keeps open, the log above all, is not the module's. */
	have_session(argv[3]);
	fds = count_fds();
	for (int i = 0; i < count; i++) {
		works[i].user = argv[i + 3];
		if (pthread_create(&works[i].thread, NULL, work, &works[i]) != 0)
			return 2;
	}
	for (int i = 0; i < count; i++) {
		pthread_join(works[i].thread, NULL);
		opened += works[i].opened;
		failed += works[i].failed;
	}
	printf("opened %d\nfailed %d\n", opened, failed);
	printf("fds %s\n", count_fds() == fds ? "same" : "more");
	printf("children %s\n",
	       waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD ? "none" : "left");
	printf("module %s\n", is_mapped("/pam_userns.so") ? "mapped" : "gone");
	return 0;
}
