/*
 * dialect.h -- how one kind of object store is spoken to: requests out of
 * wishes, sense out of answers.  One row for each drop.kind.
 *
 * Pure: knows no socket, no clock, no loop; store.c brings the bytes.
 *
 *   s3        SigV4 for every request (wire/sigv4.h); no log-in
 *   swift     v1 log-in: X-Auth-User, X-Auth-Key -> X-Storage-Url and token
 *   keystone  v3 log-in: JSON -> X-Subject-Token and the catalog's
 *             object-store endpoint; again on 401
 */
#ifndef COURIER_DIALECT_H
#define COURIER_DIALECT_H

#include "base/secret.h"
#include "config/config.h"
#include "config/remote.h"
#include "courier/http_call.h"

enum { STORE_TOKEN_MAX = 4096, STORE_SECRET_MAX = 1024,
	STORE_NAME_MAX = 64, STORE_HEADERS_MAX = 6144, STORE_TARGET_MAX = 512 };

/* What to do.  STORE_PUBLIC_*: as a patient's browser, without credentials,
 * at drop.public_url, with an Origin. */
#define STORE_VERB_MAP(X)                                               \
	X(PUT) X(HEAD) X(GET) X(DELETE)	/* an object */                 \
	X(CONTAINER_HEAD) X(CONTAINER_MAKE) X(CONTAINER_SET)            \
	X(LIFECYCLE_GET) X(LIFECYCLE_SET) X(CORS_GET) X(CORS_SET)       \
	X(VERSIONING_GET) X(POLICY_GET) X(POLICY_SET)                   \
	X(PUBLIC_GET) X(PUBLIC_HEAD) X(PUBLIC_PUT) X(PUBLIC_LIST)       \
	X(PUBLIC_PREFLIGHT) X(PUBLIC_DELETE)

enum store_verb {
#define X(name) STORE_##name,
	STORE_VERB_MAP(X)
#undef X
	STORE_VERBS
};

struct store_wish {
	enum store_verb verb;
	struct span name;		/* "d/...", "i/..."; empty: the container;
					   PUBLIC_LIST: what follows
					   drop.public_url, "/?format=json" */
	const char *content_type;	/* PUT */
	uint64_t    size;		/* PUT: of the body */
	uint8_t     sha256[32];		/* PUT: of the body (SigV4) */
	uint64_t    delete_at_s;	/* PUT: 0: never */
	struct span body;		/* *_SET, *_MAKE: whole, small, from
					   dialect->body */
};

/* What a log-in brought, and what the host's clock says. */
struct store_login {
	char    token[STORE_TOKEN_MAX];	/* SECRET */
	size_t  token_len;
	struct remote storage;		/* spans point into storage_url */
	char    storage_url[256];
	int64_t skew_s;			/* the host's Date minus our time */
	bool    is_known;
};

struct dialect {
	/* Builds the log-in request; ST_NOT_FOUND: this kind has none. */
	enum status (*login)(const struct config *config, struct span secret,
	    struct http_out *out, struct buf *body);
	/* Reads its answer (2xx).  ST_OK; ST_MALFORMED (a captive portal);
	 * ST_NOT_FOUND it knows us, but names no store for us (in
	 * drop.region). */
	enum status (*login_answer)(const struct config *config,
	    const struct http_answer *answer, struct span body,
	    struct store_login *login);
	/* Builds a request; out->target and out->headers have storage.
	 * ST_OK; ST_UNSUPPORTED this kind has no such wish; ST_NO_SPACE. */
	enum status (*request)(const struct config *config, struct span secret,
	    const struct store_login *login, const struct store_wish *wish,
	    uint64_t now_s, struct http_out *out);
	/* The body of a *_SET or *_MAKE, for wish->body.  ST_OK, empty where
	 * headers say it all; ST_UNSUPPORTED; ST_NO_SPACE. */
	enum status (*body)(const struct config *config, enum store_verb verb,
	    struct buf *out);
};

/* As whom drop.public_url is asked: some page of another host. */
#define PUBLIC_ORIGIN "https://viewer.invalid"

/* At drop.public_url, whatever the kind: for PUBLIC_* alone.  Statuses as
 * dialect.request. */
MUST_CHECK enum status
public_request(const struct config *config, const struct store_wish *wish,
    struct http_out *out);

/* Whom a request goes to before any log-in: drop.endpoint, in S3's
 * virtual-host style with the bucket before its name, which then lies in
 * `storage`.  ST_OK; ST_INVALID; ST_NO_SPACE. */
MUST_CHECK enum status
dialect_remote(const struct config *config, struct buf *storage,
    struct remote *out);

/* As the Host header and SigV4 have it: "host", or "host:port" where the port
 * is not 443.  ST_OK or ST_NO_SPACE. */
MUST_CHECK enum status dialect_host(const struct remote *to, struct buf *out);

extern const struct dialect dialect_s3, dialect_swift, dialect_keystone;

/* The row of config->drop_kind; NULL: none. */
const struct dialect *dialect_of(const struct config *config);

#endif
