/*
 * ask_pickup.h -- GET /d/<a random name> over HTTPS; 404 comes from the
 * vault, 503 from a box that does not know what time it is, or is busy.
 */
#ifndef HEALTH_ASK_PICKUP_H
#define HEALTH_ASK_PICKUP_H

#include "net/tls_client.h"

struct health;

struct ask_pickup {
	struct conn conn;
	struct tls_client *tls;
	uint8_t pin[1][32];	/* SHA-256 of the key in the file */
	char    request[512];
	uint8_t answer[16];	/* "HTTP/1.1 404 ..." */
	size_t  answer_len;
	bool    is_connected;
};

/* As root: the key of the certificate in `path`.  NULL, or why not. */
const char *ask_pickup_open(struct ask_pickup *a, const char *path);

void ask_pickup_start(struct health *h);

#endif
