/* The tests' own certificate, and certificates of which something is cut off
 * or wrong. */
#include "net/tls_der.h"

#include <bearssl.h>
#include <stdlib.h>

#include "identity_pems.h"
#include "tap.h"

static uint8_t der[2048];
static size_t der_len;

static void
on_der(void *context, const void *src, size_t len)
{
	(void)context;
	memcpy(der + der_len, src, len);
	der_len += len;
}

static void
decode(void)
{
	static const char pem[] = EC_CERTIFICATE;
	br_pem_decoder_context d;
	size_t at = 0;

	br_pem_decoder_init(&d);
	while (at < sizeof(pem) - 1) {
		at += br_pem_decoder_push(&d, pem + at, sizeof(pem) - 1 - at);
		if (br_pem_decoder_event(&d) == BR_PEM_BEGIN_OBJ)
			br_pem_decoder_setdest(&d, on_der, NULL);
	}
}

static void
test_certificate(void)
{
	static const uint8_t p256[] = { 0x30, 0x59, 0x30, 0x13, 0x06, 0x07 };
	struct der_certificate c;

	ok(der_certificate((struct span){ der, der_len }, &c) == ST_OK,
	    "a certificate");
	ok(c.spki.len == 0x5b && memcmp(c.spki.ptr, p256, sizeof(p256)) == 0,
	    "its key, header and all: %zu bytes", c.spki.len);
	ok(c.subject.len > 2 && c.subject.ptr[0] == 0x30 &&
	    c.subject.ptr + c.subject.len == c.spki.ptr, "its name before it");
}

/* Lengths stand in front: what is cut is not there at all. */
static void
test_every_length(void)
{
	struct der_certificate c;
	size_t good = 0;

	for (size_t i = 0; i < der_len; i++)
		good += der_certificate((struct span){ der, i }, &c) == ST_OK;
	ok(good == 0, "nothing shorter is one");
}

static void
test_every_byte(void)
{
	uint8_t copy[sizeof(der)];
	struct der_certificate c;
	size_t outside = 0;

	for (size_t i = 0; i < der_len * 256; i++) {
		memcpy(copy, der, der_len);
		copy[i / 256] = (uint8_t)i;
		if (der_certificate((struct span){ copy, der_len }, &c) != ST_OK)
			continue;
		outside += c.spki.ptr + c.spki.len > copy + der_len ||
		    c.subject.ptr < copy;
		(void)der_has_ip(&c, span_of("abcd"));
	}
	ok(outside == 0, "whatever one byte is, all stays inside");
}

/* --- alternative names ------------------------------------------------------- */

static struct der_certificate
with_extensions(const char *bytes, size_t len)
{
	return (struct der_certificate){ .extensions = {
	    (const uint8_t *)bytes, len } };
}

#define NAMES(bytes) with_extensions(bytes, sizeof(bytes) - 1)

static void
test_addresses(void)
{
	struct span v4 = span_of("\x7f\1\1\1");
	struct der_certificate c;

	c = NAMES("\x30\x0f\x06\x03\x55\x1d\x11\x04\x08"
	    "\x30\x06\x87\x04\x7f\1\1\1");
	ok(der_has_ip(&c, v4), "one address");
	ok(!der_has_ip(&c, span_of("\x7f\1\1\2")), "not another");
	ok(!der_has_ip(&c, span_of("\x7f\1\1")), "nor a part of it");
	c = NAMES("\x30\x05\x06\x03\x55\x1d\x0f\x30\x12\x06\x03\x55\x1d\x11"
	    "\x01\x01\xff\x04\x08\x30\x06\x87\x04\x7f\1\1\1");
	ok(der_has_ip(&c, v4), "critical, behind another extension");
	c = NAMES("\x30\x0f\x06\x03\x55\x1d\x12\x04\x08"
	    "\x30\x06\x87\x04\x7f\1\1\1");
	ok(!der_has_ip(&c, v4), "the issuer's names are not the subject's");
	c = NAMES("\x30\x0f\x06\x03\x55\x1d\x11\x04\x08"
	    "\x30\x06\x82\x04\x7f\1\1\1");
	ok(!der_has_ip(&c, v4), "a DNS name of these bytes is none");
	c = NAMES("\x30\x0f\x06\x03\x55\x1d\x11\x04\x08"
	    "\x30\x06\x87\x05\x7f\1\1\1");
	ok(!der_has_ip(&c, v4), "longer than what holds it");
	c = with_extensions(NULL, 0);
	ok(!der_has_ip(&c, v4), "no extensions");
}

int
main(void)
{
	decode();
	test_certificate();
	test_every_length();
	test_every_byte();
	test_addresses();
	return done_testing();
}
