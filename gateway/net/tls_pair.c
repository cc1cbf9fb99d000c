#include "net/tls_pair.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "net/tls.h"

/* See tls_pair.h. */
void
tls_pair_options(int argc, char **argv, const char *role)
{
	struct tls_identity *identity = NULL;
	struct tls_error error;
	enum status st;

	if (argc != 4 || strcmp(argv[1], "--pair") != 0)
		return;
	log_init(role, LOG_NOTICE);
	st = tls_identity_load(argv[2], argv[3], &identity, &error);
	tls_identity_free(identity);
	if (st == ST_OK)
		exit(TLS_PAIR_GOOD);
	log_line(LOG_ERROR, "%s", error.text);
	exit(st == ST_IO ? TLS_PAIR_UNREAD : TLS_PAIR_REFUSED);
}
