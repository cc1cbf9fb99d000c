/* tls_anchors.h -- what tls_anchors_load() read, for tls_clients.c. */
#ifndef NET_TLS_ANCHORS_H
#define NET_TLS_ANCHORS_H

#include <bearssl.h>

#include "net/tls_clients.h"

enum { TLS_ANCHORS_MAX = 16, TLS_ANCHORS_BYTES = 32 * 1024 };

struct tls_anchors {
	br_x509_trust_anchor anchor[TLS_ANCHORS_MAX];
	size_t  n;
	uint8_t bytes[TLS_ANCHORS_BYTES];	/* what they point into */
	size_t  used;
};

#endif
