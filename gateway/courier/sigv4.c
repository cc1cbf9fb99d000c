#include "courier/sigv4.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/wipe.h"
#include "crypto/digest.h"

enum { SECRET_MAX = 256, DATE_LEN = 8, DAY_S = 86400 };

static const char ALGORITHM[] = "AWS4-HMAC-SHA256";
static const char SCOPE_END[] = "/s3/aws4_request";

/* Days since 1970 to a date of the Gregorian calendar, by eras of 400 years
 * that begin on 1 March. */
static void
date_of(uint64_t days, unsigned *year, unsigned *month, unsigned *day)
{
	uint64_t z = days + 719468;
	unsigned era = (unsigned)(z / 146097);
	unsigned doe = (unsigned)(z % 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned mp = (5 * doy + 2) / 153;

	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = yoe + era * 400 + (*month <= 2 ? 1 : 0);
}

/* See sigv4.h. */
void
sigv4_time(uint64_t at_s, char out[static SIGV4_TIME_LEN + 1])
{
	uint64_t days = at_s / DAY_S;
	unsigned second = (unsigned)(at_s % DAY_S);
	unsigned year, month, day;
	char text[48];

	/* Four digits hold no more than the year 9999. */
	date_of(days < 2932896 ? days : 2932896, &year, &month, &day);
	snprintf(text, sizeof(text), "%04u%02u%02uT%02u%02u%02uZ", year, month,
	    day, second / 3600, second / 60 % 60, second % 60);
	memcpy(out, text, SIGV4_TIME_LEN);
	out[SIGV4_TIME_LEN] = '\0';
}

static void
add(struct sha256 *h, const char *text)
{
	sha256_add(h, span_of(text));
}

static void
add_line(struct sha256 *h, struct span text)
{
	sha256_add(h, text);
	add(h, "\n");
}

/* The canonical request, hashed as it is written. */
static void
hash_request(const struct sigv4_request *r, uint8_t out[static 32])
{
	struct sha256 h;

	sha256_start(&h);
	add_line(&h, span_of(r->method));
	add_line(&h, r->path);
	add_line(&h, r->query);
	for (size_t i = 0; i < r->n; i++) {
		add(&h, r->headers[i].name);
		add(&h, ":");
		add_line(&h, r->headers[i].value);
	}
	for (size_t i = 0; i < r->n; i++) {
		add(&h, i == 0 ? "\n" : ";");
		add(&h, r->headers[i].name);
	}
	add(&h, "\n");
	sha256_add(&h, r->content_sha256);
	sha256_finish(&h, out);
}

/* "AWS4" + secret, then day, region, service and an end: each the key of the
 * next. */
static void
derive_key(const struct sigv4_key *key, struct span day,
    struct secret_32 *out)
{
	const struct span parts[] = { key->region, span_of("s3"),
		span_of("aws4_request") };
	uint8_t first[4 + SECRET_MAX] = "AWS4";
	struct secret_32 next;

	memcpy(first + 4, key->secret.ptr, key->secret.len);
	hmac_sha256((struct span){ first, 4 + key->secret.len }, day,
	    out->byte);
	for (size_t i = 0; i < COUNT(parts); i++) {
		hmac_sha256((struct span){ out->byte, sizeof(out->byte) },
		    parts[i], next.byte);
		*out = next;
	}
	wipe(first, sizeof(first));
	wipe(&next, sizeof(next));
}

static enum status
write_signature(const struct sigv4_key *key, const struct sigv4_request *r,
    struct buf *out)
{
	uint8_t hash[32], signature[32], text[256];
	struct buf to_sign = buf_over(text, sizeof(text));
	struct span day = span_slice(r->time, 0, DATE_LEN);
	struct secret_32 signing;

	hash_request(r, hash);
	TRY(buf_append_text(&to_sign, ALGORITHM));
	TRY(buf_append_text(&to_sign, "\n"));
	TRY(buf_append_span(&to_sign, r->time));
	TRY(buf_append_text(&to_sign, "\n"));
	TRY(buf_append_span(&to_sign, day));
	TRY(buf_append_text(&to_sign, "/"));
	TRY(buf_append_span(&to_sign, key->region));
	TRY(buf_append_text(&to_sign, SCOPE_END));
	TRY(buf_append_text(&to_sign, "\n"));
	TRY(hex_encode((struct span){ hash, sizeof(hash) }, &to_sign));
	derive_key(key, day, &signing);
	hmac_sha256((struct span){ signing.byte, sizeof(signing.byte) },
	    buf_span(&to_sign), signature);
	wipe(&signing, sizeof(signing));
	return hex_encode((struct span){ signature, sizeof(signature) }, out);
}

static enum status
write_authorization(const struct sigv4_key *key,
    const struct sigv4_request *r, struct buf *out)
{
	TRY(buf_append_text(out, ALGORITHM));
	TRY(buf_append_text(out, " Credential="));
	TRY(buf_append_span(out, key->access));
	TRY(buf_append_text(out, "/"));
	TRY(buf_append_span(out, span_slice(r->time, 0, DATE_LEN)));
	TRY(buf_append_text(out, "/"));
	TRY(buf_append_span(out, key->region));
	TRY(buf_append_text(out, SCOPE_END));
	for (size_t i = 0; i < r->n; i++) {
		TRY(buf_append_text(out, i == 0 ? ", SignedHeaders=" : ";"));
		TRY(buf_append_text(out, r->headers[i].name));
	}
	TRY(buf_append_text(out, ", Signature="));
	return write_signature(key, r, out);
}

/* See sigv4.h. */
enum status
sigv4_sign(const struct sigv4_key *key, const struct sigv4_request *request,
    struct buf *out)
{
	size_t before = out->len;
	enum status st;

	if (request->time.len != SIGV4_TIME_LEN || key->secret.len == 0 ||
	    key->secret.len > SECRET_MAX)
		return ST_INVALID;
	st = write_authorization(key, request, out);
	if (st != ST_OK)
		out->len = before;
	return st;
}
