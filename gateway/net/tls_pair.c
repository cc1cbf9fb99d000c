#include "net/tls_pair.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "net/tls_clients.h"

static enum status
load_pair(char **path, struct tls_error *error)
{
	struct tls_identity *identity = NULL;
	enum status st = tls_identity_load(path[0], path[1], &identity, error);

	tls_identity_free(identity);
	if (st != ST_OK)
		log_line(LOG_ERROR, "%s", error->text);
	return st;
}

static enum status
load_clients(const char *path, struct tls_error *error)
{
	struct tls_anchors *anchors = NULL;
	enum status st = tls_anchors_load(path, &anchors, error);

	tls_anchors_free(anchors);
	if (st != ST_OK)
		log_line(LOG_ERROR, "%s: put the certificates there, PEM, of "
		    "those who sign the senders'", error->text);
	return st;
}

/* See tls_pair.h. */
void
tls_pair_options(int argc, char **argv, const char *role)
{
	struct tls_error error;
	enum status st;

	if ((argc != 4 && argc != 5) || strcmp(argv[1], "--pair") != 0)
		return;
	log_init(role, LOG_NOTICE);
	st = load_pair(argv + 2, &error);
	if (st == ST_OK && argc == 5)
		st = load_clients(argv[4], &error);
	if (st == ST_OK)
		exit(TLS_PAIR_GOOD);
	exit(st == ST_IO ? TLS_PAIR_UNREAD : TLS_PAIR_REFUSED);
}
