/* tls_anchors.h -- authorities out of a PEM file: for tls_clients.c (those
 * that sign clients) and tls_check.c (those that sign servers). */
#ifndef NET_TLS_ANCHORS_H
#define NET_TLS_ANCHORS_H

#include <bearssl.h>

#include "net/tls_clients.h"

enum { TLS_ANCHORS_MAX = 16, TLS_ANCHORS_BYTES = 32 * 1024 };

/* One allocation, all that it points to included. */
struct tls_anchors {
	br_x509_trust_anchor *anchor;
	uint8_t (*spki)[32];	/* SHA-256 of their SubjectPublicKeyInfo */
	size_t   n, max;
	uint8_t *bytes;		/* what they point into */
	size_t   used, room;
	bool     is_bundle;	/* skip what cannot be used */
	unsigned skipped;
};

#endif
