#include "net/tls_anchors.h"

#include <stdlib.h>

#include "net/tls_pem.h"

/* Appends; what stands there already does not move. */
static bool
keep(struct tls_anchors *a, const void *bytes, size_t len, uint8_t **at)
{
	if (len > sizeof(a->bytes) - a->used)
		return false;
	*at = a->bytes + a->used;
	memcpy(*at, bytes, len);
	a->used += len;
	return true;
}

/* The subject's name, in pieces. */
struct name {
	struct tls_anchors *anchors;
	uint8_t *start;
	size_t   len;
	bool     full;
};

static void
on_name(void *context, const void *src, size_t len)
{
	struct name *n = context;
	uint8_t *at;

	if (!keep(n->anchors, src, len, &at))
		n->full = true;
	else
		n->len += len;
}

static bool
keep_key(struct tls_anchors *a, const br_x509_pkey *from, br_x509_pkey *to)
{
	to->key_type = from->key_type;
	if (from->key_type == BR_KEYTYPE_EC) {
		to->key.ec.curve = from->key.ec.curve;
		to->key.ec.qlen = from->key.ec.qlen;
		return keep(a, from->key.ec.q, from->key.ec.qlen,
		    &to->key.ec.q);
	}
	to->key.rsa.nlen = from->key.rsa.nlen;
	to->key.rsa.elen = from->key.rsa.elen;
	return keep(a, from->key.rsa.n, from->key.rsa.nlen, &to->key.rsa.n) &&
	    keep(a, from->key.rsa.e, from->key.rsa.elen, &to->key.rsa.e);
}

/* A certificate that may sign none stands for itself alone. */
static enum status
take_anchor(struct pem_file *f, const char *name)
{
	struct tls_anchors *a = f->owner;
	struct name dn = { .anchors = a, .start = a->bytes + a->used };
	br_x509_trust_anchor *anchor;
	br_x509_decoder_context x509;
	const br_x509_pkey *key;

	if (strcmp(name, "CERTIFICATE") != 0)
		return ST_OK;
	br_x509_decoder_init(&x509, on_name, &dn);
	br_x509_decoder_push(&x509, f->object.ptr, f->object.len);
	key = br_x509_decoder_get_pkey(&x509);
	if (key == NULL)
		return PEM_REFUSE(f, ST_MALFORMED, "%s: certificate %zu does "
		    "not decode (X.509 error %d)", f->path, a->n + 1,
		    br_x509_decoder_last_error(&x509));
	if (a->n == TLS_ANCHORS_MAX || dn.full)
		return PEM_REFUSE(f, ST_MALFORMED, "%s: more than %d "
		    "certificates or %d bytes", f->path, TLS_ANCHORS_MAX,
		    TLS_ANCHORS_BYTES);
	anchor = &a->anchor[a->n++];
	anchor->dn = (br_x500_name){ dn.start, dn.len };
	anchor->flags = br_x509_decoder_isCA(&x509) ? BR_X509_TA_CA : 0;
	if (!keep_key(a, key, &anchor->pkey))
		return PEM_REFUSE(f, ST_MALFORMED, "%s: more than %d bytes",
		    f->path, TLS_ANCHORS_BYTES);
	return ST_OK;
}

/* See tls_clients.h. */
enum status
tls_anchors_load(const char *path, struct tls_anchors **anchors,
    struct tls_error *error)
{
	struct tls_anchors *a = calloc(1, sizeof(*a));
	struct pem_file f;
	enum status st = pem_open(&f, a, error);

	if (st == ST_OK && a == NULL)
		st = PEM_REFUSE(&f, ST_IO, "%s: no memory", path);
	if (st == ST_OK)
		st = pem_read(&f, path, false, take_anchor);
	if (st == ST_OK && a->n == 0)
		st = PEM_REFUSE(&f, ST_MALFORMED,
		    "%s: no PEM certificate in it", path);
	pem_close(&f);
	if (st == ST_OK)
		*anchors = a;
	else
		tls_anchors_free(a);
	return st;
}

/* See tls_clients.h. */
void
tls_anchors_free(struct tls_anchors *anchors)
{
	free(anchors);
}
