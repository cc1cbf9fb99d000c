#include "supervisor/pairs.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

struct pair {
	const char *program, *certificate, *key;
	const char *clients;	/* their authorities; NULL: none are asked for */
	bool is_used;
};

static _Noreturn void
become(const char *path, const struct pair *pair)
{
	const char *const argv[] = { path, "--pair", pair->certificate,
	    pair->key, pair->clients, NULL };
	char *environment[] = { NULL };

	/* execve() does not write to its strings. */
	execve(path, (char *const *)(uintptr_t)argv, environment);
	log_line(LOG_ERROR, "%s: %s", path, strerror(errno));
	_exit(127);
}

static unsigned
check(const struct folders *f, const struct pair *pair)
{
	char path[2 * FOLDER_BYTES];
	int how = -1;
	pid_t pid;

	snprintf(path, sizeof(path), "%s/%s", f->programs, pair->program);
	pid = fork();
	if (pid == 0)
		become(path, pair);
	if (pid > 0 && waitpid(pid, &how, 0) == pid && WIFEXITED(how) &&
	    WEXITSTATUS(how) == 0)
		return 0;
	log_line(LOG_ERROR, "%s and %s%s%s: %s cannot serve with them",
	    pair->certificate, pair->key, pair->clients != NULL ? ", "
	    "and clients of " : "", pair->clients != NULL ? pair->clients
	    : "", pair->program);
	return 1;
}

/* See pairs.h. */
unsigned
pairs_check(const struct folders *f, const struct config *config)
{
	const struct pair pairs[] = {
		{ "guichet-pickup", config->pickup_certificate,
		  config->pickup_key, NULL, true },
		{ "guichet-intake", config->lis_certificate, config->lis_key,
		  config->lis_clients,
		  strcmp(config->mllps_listen, "none") != 0 ||
		  strcmp(config->fhir_listen, "none") != 0 },
	};
	unsigned wrong = 0;

	for (size_t i = 0; i < COUNT(pairs); i++)
		if (pairs[i].is_used)
			wrong += check(f, &pairs[i]);
	return wrong;
}
