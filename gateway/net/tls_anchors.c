#include "net/tls_anchors.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "crypto/digest.h"
#include "net/tls_client.h"
#include "net/tls_der.h"
#include "net/tls_pem.h"

enum {
	BUNDLE_MAX = 4 << 20,	/* a system's has 220 kB */
	PEM_SHORTEST = 400	/* a certificate on P-256 with short names */
};

/* Appends; what stands there already does not move. */
static bool
keep(struct tls_anchors *a, const void *bytes, size_t len, uint8_t **at)
{
	if (len > a->room - a->used)
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

static enum status
full(struct pem_file *f)
{
	const struct tls_anchors *a = f->owner;

	return PEM_REFUSE(f, ST_MALFORMED, "%s: more than %zu certificates or "
	    "%zu bytes", f->path, a->max, a->room);
}

/* A certificate that may sign none stands for itself alone. */
static enum status
take_anchor(struct pem_file *f, const char *name)
{
	struct tls_anchors *a = f->owner;
	struct name dn = { .anchors = a, .start = a->bytes + a->used };
	struct span der = { f->object.ptr, f->object.len };
	br_x509_trust_anchor *anchor;
	br_x509_decoder_context x509;
	const br_x509_pkey *key;
	struct der_certificate c;
	size_t before = a->used;

	if (strcmp(name, "CERTIFICATE") != 0)
		return ST_OK;
	br_x509_decoder_init(&x509, on_name, &dn);
	br_x509_decoder_push(&x509, der.ptr, der.len);
	key = br_x509_decoder_get_pkey(&x509);
	if (key == NULL || der_certificate(der, &c) != ST_OK) {
		a->used = before;
		a->skipped++;
		return a->is_bundle ? ST_OK : PEM_REFUSE(f, ST_MALFORMED,
		    "%s: certificate %zu does not decode (X.509 error %d)",
		    f->path, a->n + 1, br_x509_decoder_last_error(&x509));
	}
	if (a->n == a->max || dn.full)
		return full(f);
	anchor = &a->anchor[a->n];
	anchor->dn = (br_x500_name){ dn.start, dn.len };
	anchor->flags = br_x509_decoder_isCA(&x509) ? BR_X509_TA_CA : 0;
	if (!keep_key(a, key, &anchor->pkey))
		return full(f);
	sha256(c.spki, a->spki[a->n++]);
	return ST_OK;
}

/* Zeroed memory costs nothing before it is written to. */
static struct tls_anchors *
allocate(size_t max, size_t room)
{
	struct tls_anchors *a;
	size_t size = sizeof(*a) + max * (sizeof(*a->anchor) +
	    sizeof(*a->spki)) + room;

	a = calloc(1, size);
	if (a == NULL)
		return NULL;
	a->max = max;
	a->room = room;
	a->anchor = (void *)(a + 1);
	a->spki = (void *)(a->anchor + max);
	a->bytes = (void *)(a->spki + max);
	return a;
}

static enum status
load(struct tls_anchors *a, const char *path, size_t file_max,
    struct tls_error *error)
{
	struct pem_file f;
	enum status st = pem_open(&f, file_max, a, error);

	if (st == ST_OK && a == NULL)
		st = PEM_REFUSE(&f, ST_IO, "%s: no memory", path);
	if (st == ST_OK)
		st = pem_read(&f, path, false, take_anchor);
	if (st == ST_OK && a->n == 0)
		st = PEM_REFUSE(&f, ST_MALFORMED,
		    "%s: no PEM certificate in it", path);
	pem_close(&f);
	return st;
}

/* See tls_clients.h. */
enum status
tls_anchors_load(const char *path, struct tls_anchors **anchors,
    struct tls_error *error)
{
	struct tls_anchors *a = allocate(TLS_ANCHORS_MAX, TLS_ANCHORS_BYTES);
	enum status st = load(a, path, PEM_FILE_MAX, error);

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

/* --- the authorities of a whole system ------------------------------------ */

/* See tls_client.h. */
enum status
tls_trust_load(const char *path, struct tls_trust **trust,
    struct tls_error *error)
{
	struct tls_anchors *a;
	struct stat file;
	enum status st;
	size_t size;

	if (stat(path, &file) != 0) {
		snprintf(error->text, sizeof(error->text), "%s: %s", path,
		    strerror(errno));
		return ST_IO;
	}
	size = file.st_size > BUNDLE_MAX ? BUNDLE_MAX : (size_t)file.st_size;
	a = allocate(size / PEM_SHORTEST + 1, size / 4 * 3);
	if (a != NULL)
		a->is_bundle = true;
	st = load(a, path, size + 1, error);
	if (st == ST_OK)
		*trust = (struct tls_trust *)a;
	else
		tls_anchors_free(a);
	return st;
}

/* See tls_client.h. */
size_t
tls_trust_count(const struct tls_trust *trust, unsigned *skipped)
{
	const struct tls_anchors *a = (const struct tls_anchors *)trust;

	*skipped = a->skipped;
	return a->n;
}

/* See tls_client.h. */
void
tls_trust_free(struct tls_trust *trust)
{
	tls_anchors_free((struct tls_anchors *)trust);
}
