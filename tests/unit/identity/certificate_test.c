#include "identity/certificate.h"

#include <bearssl.h>

#include "identity/pem.h"
#include "tap.h"

static struct secret_32 d;
static struct host host;
static struct certificate c = { .hosts = &host, .n_hosts = 1,
    .not_before_s = 1700000000 };

static void
ignore(void *context, const void *bytes, size_t len)
{
	(void)context;
	(void)bytes;
	(void)len;
}

static void
test_decodes(void)
{
	uint8_t der[CERTIFICATE_MAX];
	br_x509_decoder_context x;
	const br_x509_pkey *key;
	struct span out = { 0 };

	ok(certificate_write(&c, &d, der, sizeof(der), &out) == ST_OK,
	    "a certificate is written");
	br_x509_decoder_init(&x, ignore, NULL);
	br_x509_decoder_push(&x, out.ptr, out.len);
	key = br_x509_decoder_get_pkey(&x);
	ok(key != NULL && key->key_type == BR_KEYTYPE_EC &&
	    key->key.ec.qlen == 65 && memcmp(key->key.ec.q,
	    c.public_key.point, 65) == 0, "BearSSL decodes it, with its key");
	ok(br_x509_decoder_isCA(&x) == 0, "it may sign none");
	ok(x.notbefore_days == 719528 + 1700000000 / 86400 &&
	    x.notafter_days - x.notbefore_days <= CERTIFICATE_DAYS,
	    "its dates");
}

static void
test_key_decodes(void)
{
	uint8_t der[CERTIFICATE_KEY_MAX];
	br_skey_decoder_context decoder;
	const br_ec_private_key *key;
	struct span out = { 0 };

	ok(certificate_key_write(&c, &d, der, sizeof(der), &out) == ST_OK,
	    "a key is written");
	br_skey_decoder_init(&decoder);
	br_skey_decoder_push(&decoder, out.ptr, out.len);
	key = br_skey_decoder_get_ec(&decoder);
	ok(key != NULL && key->curve == BR_EC_secp256r1 && key->xlen == 32 &&
	    memcmp(key->x, d.byte, 32) == 0, "and decodes to the same");
}

/* RFC 6979: what is signed alone decides. */
static void
test_serials(void)
{
	static const uint8_t firsts[] = { 0x00, 0x7f, 0x80, 0xff };
	uint8_t one[CERTIFICATE_MAX], two[CERTIFICATE_MAX];
	struct span a = { 0 }, b = { 0 };

	for (size_t i = 0; i < COUNT(firsts); i++) {
		memset(c.serial, firsts[i], sizeof(c.serial));
		ok(certificate_write(&c, &d, one, sizeof(one), &a) == ST_OK &&
		    certificate_write(&c, &d, two, sizeof(two), &b) == ST_OK &&
		    span_equal(a, b), "the same bytes twice (serial %02x)",
		    firsts[i]);
	}
}

static void
test_no_room(void)
{
	uint8_t der[CERTIFICATE_MAX];
	struct span out = { der, 1 };

	ok(certificate_write(&c, &d, der, 100, &out) == ST_NO_SPACE,
	    "a certificate needs more than 100 bytes");
	ok(certificate_key_write(&c, &d, der, 100, &out) == ST_NO_SPACE,
	    "a key, too");
	c.not_before_s = UINT64_MAX;
	ok(certificate_write(&c, &d, der, sizeof(der), &out) == ST_INVALID,
	    "a date that no certificate has");
	c.not_before_s = 1700000000;
}

static void
test_pem(void)
{
	uint8_t text[256], der[49] = { 0 };
	struct buf out = buf_over(text, sizeof(text));

	ok(pem_write("X", (struct span){ der, sizeof(der) }, &out) == ST_OK &&
	    span_is(buf_span(&out), "-----BEGIN X-----\n"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
	    "AA==\n-----END X-----\n"), "lines of 64");
	out = buf_over(text, 40);
	ok(pem_write("X", (struct span){ der, sizeof(der) }, &out) ==
	    ST_NO_SPACE, "or nothing");
}

int
main(void)
{
	if (host_read("labo.example", &host) != ST_OK)
		return 1;
	p256_generate(&d, &c.public_key);
	test_decodes();
	test_key_decodes();
	test_serials();
	test_no_room();
	test_pem();
	return done_testing();
}
