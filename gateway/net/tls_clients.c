#include "net/tls_clients.h"

#include <stdio.h>

/* See tls_clients.h. */
enum status
tls_anchors_load(const char *path, struct tls_anchors **anchors,
    struct tls_error *error)
{
	(void)anchors;
	snprintf(error->text, sizeof(error->text), "%s: not read yet", path);
	return ST_IO;
}

/* See tls_clients.h. */
void
tls_anchors_free(struct tls_anchors *anchors)
{
	(void)anchors;
}

/* See tls_clients.h. */
bool
tls_is_open(const struct conn *c)
{
	(void)c;
	return false;
}

/* See tls_clients.h. */
enum status
tls_peer_fingerprint(const struct conn *c,
    uint8_t fingerprint[static TLS_FINGERPRINT_BYTES])
{
	(void)c;
	(void)fingerprint;
	return ST_NOT_FOUND;
}

/* See tls_clients.h. */
bool
tls_is_refused(const struct conn *c)
{
	(void)c;
	return false;
}
