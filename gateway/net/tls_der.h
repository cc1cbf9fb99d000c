/*
 * tls_der.h -- the few parts of a certificate that BearSSL's decoders do not
 * hand out (X.690, RFC 5280 section 4.1).  Pure; whatever the bytes are.
 *
 * Never: judges.  A part that stands where it should is handed out.
 */
#ifndef NET_TLS_DER_H
#define NET_TLS_DER_H

#include "base/span.h"

/* Spans of the certificate, headers included; `extensions` the inside of the
 * list, empty if there are none. */
struct der_certificate {
	struct span subject;
	struct span spki;		/* SubjectPublicKeyInfo */
	struct span extensions;
};

/* ST_OK or ST_MALFORMED. */
MUST_CHECK enum status
der_certificate(struct span der, struct der_certificate *out);

/* Is there an iPAddress of these 4 or 16 bytes among the subject's alternative
 * names (RFC 5280 section 4.2.1.6)? */
bool der_has_ip(const struct der_certificate *c, struct span address);

#endif
