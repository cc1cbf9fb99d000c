/*
 * sigv4.h -- AWS Signature Version 4 for S3, in the Authorization header
 * (Amazon S3 API Reference, "Authenticating Requests").
 *
 * Every header given is signed; the caller sends these and no others of its
 * own.  Pure; nothing of the secret or the keys derived from it stays behind.
 */
#ifndef COURIER_SIGV4_H
#define COURIER_SIGV4_H

#include "base/span.h"

enum { SIGV4_TIME_LEN = 16, SIGV4_HEX_LEN = 64 };

struct sigv4_key {
	struct span access;	/* the key's id; not secret */
	struct span secret;	/* SECRET */
	struct span region;
};

/* One header, its name in lower case, its value without white space around
 * it or twice in it. */
struct sigv4_header {
	const char *name;
	struct span value;
};

struct sigv4_request {
	const char *method;
	struct span path;	/* encoded, from the first "/" */
	struct span query;	/* "a=1&b=": encoded, sorted, each with "=" */
	const struct sigv4_header *headers;	/* sorted by name; with host,
						   x-amz-content-sha256 and
						   x-amz-date */
	size_t      n;
	struct span content_sha256;	/* the header's value: 64 digits */
	struct span time;	/* the value of x-amz-date */
};

/* Writes "20130524T000000Z" and a NUL. */
void sigv4_time(uint64_t at_s, char out[static SIGV4_TIME_LEN + 1]);

/*
 * Appends the value of Authorization.  ST_OK; ST_NO_SPACE; ST_INVALID where
 * `time` is none, or the secret is empty or longer than 256 bytes.
 */
MUST_CHECK enum status
sigv4_sign(const struct sigv4_key *key, const struct sigv4_request *request,
    struct buf *out);

#endif
