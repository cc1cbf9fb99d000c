#include "identity/certificate.h"

#include <stdio.h>
#include <time.h>

#include "crypto/digest.h"
#include "identity/der.h"

enum { DAY_S = 86400, YEAR_9000_S_IN_DAYS = 2567531 };

/* Object identifiers, without tag and length. */
#define OID(name, ...) static const uint8_t name[] = { __VA_ARGS__ }
OID(ec_public_key,   0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01);
OID(prime256v1,      0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07);
OID(ecdsa_sha256,    0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);
OID(common_name,     0x55, 0x04, 0x03);
OID(organization,    0x55, 0x04, 0x0a);
OID(subject_key_id,  0x55, 0x1d, 0x0e);
OID(key_usage,       0x55, 0x1d, 0x0f);
OID(alternatives,    0x55, 0x1d, 0x11);
OID(constraints,     0x55, 0x1d, 0x13);
OID(extended_usage,  0x55, 0x1d, 0x25);
OID(server_auth,     0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01);
#undef OID

#define BYTES(array) ((struct span){ (array), sizeof(array) })

/* Everything is written back to front: the last line of a function is what
 * comes first. */

/* --- parts ----------------------------------------------------------------- */

static void
put_signature_algorithm(struct der *d)
{
	size_t mark = der_mark(d);

	der_value(d, DER_OID, BYTES(ecdsa_sha256));
	der_wrap(d, DER_SEQUENCE, mark);
}

static void
put_key_algorithm(struct der *d)
{
	size_t mark = der_mark(d);

	der_value(d, DER_OID, BYTES(prime256v1));
	der_value(d, DER_OID, BYTES(ec_public_key));
	der_wrap(d, DER_SEQUENCE, mark);
}

/* RelativeDistinguishedName of one attribute. */
static void
put_attribute(struct der *d, struct span oid, const char *text)
{
	size_t set = der_mark(d), sequence = set;

	der_value(d, DER_UTF8_STRING, span_of(text));
	der_value(d, DER_OID, oid);
	der_wrap(d, DER_SEQUENCE, sequence);
	der_wrap(d, DER_SET, set);
}

/* The CN has room for 64 (ub-common-name); what is longer stands among the
 * alternatives, which is where anybody looks. */
static void
put_name(struct der *d, const struct certificate *c)
{
	const char *host = c->hosts[0].text;
	size_t mark = der_mark(d);

	put_attribute(d, BYTES(common_name), strlen(host) <= 64 ? host
	    : "Guichet");
	put_attribute(d, BYTES(organization), "Guichet");
	der_wrap(d, DER_SEQUENCE, mark);
}

/* UTCTime until 2049, GeneralizedTime from then on (section 4.1.2.5). */
static void
put_time(struct der *d, uint64_t s)
{
	time_t t = (time_t)s;
	struct tm tm;
	char text[32];
	bool is_short;

	gmtime_r(&t, &tm);
	is_short = tm.tm_year < 150;
	strftime(text, sizeof(text), is_short ? "%y%m%d%H%M%SZ"
	    : "%Y%m%d%H%M%SZ", &tm);
	der_value(d, is_short ? DER_UTC_TIME : DER_GENERALIZED_TIME,
	    span_of(text));
}

static void
put_validity(struct der *d, const struct certificate *c)
{
	size_t mark = der_mark(d);

	/* Both days count (section 4.1.2.5). */
	put_time(d, c->not_before_s + (uint64_t)CERTIFICATE_DAYS * DAY_S - 1);
	put_time(d, c->not_before_s);
	der_wrap(d, DER_SEQUENCE, mark);
}

static void
put_public_key(struct der *d, const struct certificate *c)
{
	size_t mark = der_mark(d);

	der_bits(d, BYTES(c->public_key.point));
	put_key_algorithm(d);
	der_wrap(d, DER_SEQUENCE, mark);
}

static void
put_serial(struct der *d, const struct certificate *c)
{
	uint8_t serial[CERTIFICATE_SERIAL];

	memcpy(serial, c->serial, sizeof(serial));
	serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40);
	der_unsigned(d, BYTES(serial));
}

/* --- extensions ------------------------------------------------------------ */

/* What was written since `mark` becomes the extension's value. */
static void
end_extension(struct der *d, struct span oid, bool is_critical, size_t mark)
{
	static const uint8_t critical[] = { 0x01, 0x01, 0xff };

	der_wrap(d, DER_OCTET_STRING, mark);
	if (is_critical)
		der_put(d, BYTES(critical));
	der_value(d, DER_OID, oid);
	der_wrap(d, DER_SEQUENCE, mark);
}

static void
put_alternatives(struct der *d, const struct certificate *c)
{
	enum { DNS_NAME = 2, IP_ADDRESS = 7 };
	size_t mark = der_mark(d);

	for (size_t i = c->n_hosts; i-- > 0;) {
		const struct host *h = &c->hosts[i];

		if (h->address_len > 0)
			der_value(d, DER_CONTEXT | IP_ADDRESS,
			    (struct span){ h->address, h->address_len });
		else
			der_value(d, DER_CONTEXT | DNS_NAME,
			    span_of(h->text));
	}
	der_wrap(d, DER_SEQUENCE, mark);
	end_extension(d, BYTES(alternatives), false, mark);
}

static void
put_usages(struct der *d)
{
	static const uint8_t digital_signature[] = { 0x03, 0x02, 0x07, 0x80 };
	size_t mark = der_mark(d);

	der_value(d, DER_OID, BYTES(server_auth));
	der_wrap(d, DER_SEQUENCE, mark);
	end_extension(d, BYTES(extended_usage), false, mark);
	mark = der_mark(d);
	der_put(d, BYTES(digital_signature));
	end_extension(d, BYTES(key_usage), true, mark);
	mark = der_mark(d);
	der_value(d, DER_SEQUENCE, (struct span){ 0 });	/* CA: FALSE */
	end_extension(d, BYTES(constraints), true, mark);
}

/* RFC 7093 section 2, method 1. */
static void
put_key_id(struct der *d, const struct certificate *c)
{
	uint8_t hash[32];
	size_t mark = der_mark(d);

	sha256(BYTES(c->public_key.point), hash);
	der_value(d, DER_OCTET_STRING, (struct span){ hash, 20 });
	end_extension(d, BYTES(subject_key_id), false, mark);
}

static void
put_extensions(struct der *d, const struct certificate *c)
{
	size_t mark = der_mark(d);

	put_alternatives(d, c);
	put_usages(d);
	put_key_id(d, c);
	der_wrap(d, DER_SEQUENCE, mark);
	der_wrap(d, DER_CONTEXT_CONSTRUCTED | 3, mark);
}

/* --- the whole ------------------------------------------------------------- */

static void
put_signed_part(struct der *d, const struct certificate *c)
{
	static const uint8_t v3[] = { 2 };
	size_t mark = der_mark(d), version;

	put_extensions(d, c);
	put_public_key(d, c);
	put_name(d, c);		/* subject */
	put_validity(d, c);
	put_name(d, c);		/* issuer */
	put_signature_algorithm(d);
	put_serial(d, c);
	version = der_mark(d);
	der_unsigned(d, BYTES(v3));
	der_wrap(d, DER_CONTEXT_CONSTRUCTED | 0, version);
	der_wrap(d, DER_SEQUENCE, mark);
}

/* Ecdsa-Sig-Value (RFC 3279 section 2.2.3) in a BIT STRING. */
static void
put_signature(struct der *d, const uint8_t signature[static 64])
{
	uint8_t storage[80];
	struct der value = der_over(storage, sizeof(storage));

	der_unsigned(&value, (struct span){ signature + 32, 32 });
	der_unsigned(&value, (struct span){ signature, 32 });
	der_wrap(&value, DER_SEQUENCE, 0);
	der_bits(d, der_span(&value));
}

/* See certificate.h. */
enum status
certificate_write(const struct certificate *c, const struct secret_32 *d,
    void *storage, size_t size, struct span *out)
{
	uint8_t to_be_signed[CERTIFICATE_MAX], signature[64];
	struct der inner = der_over(to_be_signed, sizeof(to_be_signed));
	struct der der = der_over(storage, size);

	if (c->not_before_s / DAY_S > YEAR_9000_S_IN_DAYS)
		return ST_INVALID;
	put_signed_part(&inner, c);
	if (der_span(&inner).len == 0)
		return ST_NO_SPACE;
	p256_sign(d, der_span(&inner), signature);
	put_signature(&der, signature);
	put_signature_algorithm(&der);
	der_put(&der, der_span(&inner));
	der_wrap(&der, DER_SEQUENCE, 0);
	*out = der_span(&der);
	return out->len > 0 ? ST_OK : ST_NO_SPACE;
}

/* See certificate.h. */
enum status
certificate_key_write(const struct certificate *c, const struct secret_32 *d,
    void *storage, size_t size, struct span *out)
{
	static const uint8_t zero[] = { 0 }, one[] = { 1 };
	struct der der = der_over(storage, size);

	der_bits(&der, BYTES(c->public_key.point));
	der_wrap(&der, DER_CONTEXT_CONSTRUCTED | 1, 0);
	der_value(&der, DER_OCTET_STRING, BYTES(d->byte));
	der_unsigned(&der, BYTES(one));
	der_wrap(&der, DER_SEQUENCE, 0);	/* ECPrivateKey */
	der_wrap(&der, DER_OCTET_STRING, 0);
	put_key_algorithm(&der);
	der_unsigned(&der, BYTES(zero));
	der_wrap(&der, DER_SEQUENCE, 0);
	*out = der_span(&der);
	return out->len > 0 ? ST_OK : ST_NO_SPACE;
}
