#include "net/tls_check.h"

#include <arpa/inet.h>

#include "crypto/digest.h"
#include "net/tls_der.h"
#include "net/tls_identity.h"

enum { DAY_S = 86400, RSA_LEAST_BYTES = 2048 / 8 };

static const struct {
	int         error;
	const char *text;
} error_texts[] = {
	{ BR_ERR_X509_BAD_SERVER_NAME,
	  "TLS: the certificate is for another name" },
	{ BR_ERR_X509_NOT_TRUSTED,
	  "TLS: the certificate leads to no authority known here" },
	{ BR_ERR_X509_EXPIRED,
	  "TLS: a certificate is not valid today; or this machine's clock is "
	  "wrong" },
	{ BR_ERR_X509_BAD_SIGNATURE,
	  "TLS: a signature in the server's certificates is wrong" },
	{ BR_ERR_X509_DN_MISMATCH,
	  "TLS: the server's certificates are not in order" },
	{ BR_ERR_X509_NOT_CA,
	  "TLS: the certificate is signed by one that may not" },
	{ BR_ERR_X509_FORBIDDEN_KEY_USAGE,
	  "TLS: the certificate is signed by one that may not" },
	{ BR_ERR_WRONG_KEY_USAGE,
	  "TLS: the certificate may not be used by a server (keyUsage)" },
	{ BR_ERR_X509_WEAK_PUBLIC_KEY,
	  "TLS: a key of the server's certificates is too short" },
	{ BR_ERR_X509_CRITICAL_EXTENSION,
	  "TLS: the server's certificates have a critical extension that is "
	  "not known here" },
	{ BR_ERR_X509_UNSUPPORTED,
	  "TLS: the server's certificates have a key or hash that is not "
	  "taken" },
	{ BR_ERR_X509_LIMIT_EXCEEDED,
	  "TLS: the server's chain of certificates is too long" },
	{ BR_ERR_X509_EMPTY_CHAIN, "TLS: the server shows no certificate" },
	{ BR_ERR_BAD_SIGNATURE,
	  "TLS: the server has not the key of its certificate" },
};

/* --- the chain, as it comes --------------------------------------------------- */

static struct tls_check *
check_of(const br_x509_class **ctx)
{
	return (struct tls_check *)(void *)ctx;	/* its first member */
}

static void
start_chain(const br_x509_class **ctx, const char *server_name)
{
	(void)ctx;
	(void)server_name;	/* the same as host, or NULL for an address */
}

static void
start_cert(const br_x509_class **ctx, uint32_t len)
{
	struct tls_check *k = check_of(ctx);

	(void)len;
	if (k->n == CHECK_CERTIFICATES_MAX)
		k->is_too_long = true;
	else
		k->end[k->n] = k->n == 0 ? 0 : k->end[k->n - 1];
}

static void
append(const br_x509_class **ctx, const unsigned char *bytes, size_t len)
{
	struct tls_check *k = check_of(ctx);
	size_t *end = &k->end[k->n];

	if (k->n == CHECK_CERTIFICATES_MAX || len > sizeof(k->der) - *end) {
		k->is_too_long = true;
		return;
	}
	memcpy(k->der + *end, bytes, len);
	*end += len;
}

static void
end_cert(const br_x509_class **ctx)
{
	struct tls_check *k = check_of(ctx);

	if (k->n < CHECK_CERTIFICATES_MAX)
		k->n++;
}

static struct span
certificate(const struct tls_check *k, size_t i)
{
	size_t start = i == 0 ? 0 : k->end[i - 1];

	return (struct span){ k->der + start, k->end[i] - start };
}

/* --- one certificate ---------------------------------------------------------- */

static void
ignore_name(void *context, const void *src, size_t len)
{
	(void)context;
	(void)src;
	(void)len;
}

/* 0 or BR_ERR_X509_EXPIRED, saying which; `x` has the dates. */
static unsigned
check_dates(struct tls_check *k, const br_x509_decoder_context *x)
{
	int64_t now = (int64_t)k->now_s;

	if (now < tls_unix_time(x->notbefore_days, x->notbefore_seconds))
		k->why = "TLS: a certificate is not valid yet; or this "
		    "machine's clock is late";
	else if (now > tls_unix_time(x->notafter_days, x->notafter_seconds))
		k->why = "TLS: a certificate has expired; or this machine's "
		    "clock is ahead";
	else
		return 0;
	return BR_ERR_X509_EXPIRED;
}

/* Decodes; 0 or an error of BearSSL's. */
static unsigned
decode(br_x509_decoder_context *x, struct span der)
{
	br_x509_decoder_init(x, ignore_name, NULL);
	br_x509_decoder_push(x, der.ptr, der.len);
	return br_x509_decoder_get_pkey(x) != NULL ? 0
	    : (unsigned)br_x509_decoder_last_error(x);
}

/* BearSSL knows names, not addresses: RFC 2818 section 3.1 wants them among
 * the alternative names, as bytes. */
static unsigned
check_address(const struct tls_check *k, const struct in_addr *v4)
{
	struct der_certificate c;
	struct span address = { (const uint8_t *)v4, sizeof(*v4) };

	if (k->n > 0 && der_certificate(certificate(k, 0), &c) == ST_OK &&
	    der_has_ip(&c, address))
		return 0;
	return BR_ERR_X509_BAD_SERVER_NAME;
}

/* --- the path ------------------------------------------------------------------ */

static void
prepare_path(struct tls_check *k, const br_x509_trust_anchor *anchor,
    size_t n_anchors)
{
	static const struct { int id; const br_hash_class *hash; } hashes[] = {
		{ br_sha256_ID, &br_sha256_vtable },
		{ br_sha384_ID, &br_sha384_vtable },
		{ br_sha512_ID, &br_sha512_vtable },
	};

	br_x509_minimal_init(&k->path, &br_sha256_vtable, anchor, n_anchors);
	for (size_t i = 0; i < COUNT(hashes); i++)
		br_x509_minimal_set_hash(&k->path, hashes[i].id,
		    hashes[i].hash);
	br_x509_minimal_set_rsa(&k->path, br_rsa_pkcs1_vrfy_get_default());
	br_x509_minimal_set_ecdsa(&k->path, br_ec_get_default(),
	    br_ecdsa_vrfy_asn1_get_default());
	br_x509_minimal_set_minrsa(&k->path, RSA_LEAST_BYTES);
	br_x509_minimal_set_time(&k->path,
	    (uint32_t)(k->now_s / DAY_S) + TLS_DAYS_TO_1970,
	    (uint32_t)(k->now_s % DAY_S));
}

/* Name, dates and signatures of the first `n`, up to one of the anchors. */
static unsigned
walk(struct tls_check *k, const br_x509_trust_anchor *anchor,
    size_t n_anchors, size_t n)
{
	const br_x509_class **path = &k->path.vtable;
	struct in_addr v4;
	bool is_address = inet_pton(AF_INET, k->host, &v4) == 1;

	prepare_path(k, anchor, n_anchors);
	(*path)->start_chain(path, is_address ? NULL : k->host);
	for (size_t i = 0; i < n; i++) {
		struct span der = certificate(k, i);

		(*path)->start_cert(path, (uint32_t)der.len);
		(*path)->append(path, der.ptr, der.len);
		(*path)->end_cert(path);
	}
	unsigned error = (*path)->end_chain(path);

	return error == 0 && is_address ? check_address(k, &v4) : error;
}

/* See tls_check.h.  Not in constant time: both are public. */
bool
tls_rules_pin(const struct tls_rules *rules, const uint8_t hash[static 32])
{
	for (size_t i = 0; i < rules->n_pins; i++)
		if (memcmp(rules->pin[i], hash, 32) == 0)
			return true;
	return false;
}

static bool
is_pinned(const struct tls_rules *rules, struct span spki)
{
	uint8_t hash[32];

	sha256(spki, hash);		/* RFC 7469 section 2.4 */
	return tls_rules_pin(rules, hash);
}

/* Certificate `i` holds a pinned key: it is the authority of those before it,
 * or, the first, of itself.  An anchor's dates are nobody's but ours. */
static unsigned
walk_to_pin(struct tls_check *k, size_t i, const struct der_certificate *c)
{
	br_x509_decoder_context x;
	br_x509_trust_anchor anchor;
	unsigned error = decode(&x, certificate(k, i));

	if (error == 0 && i > 0 && !br_x509_decoder_isCA(&x))
		error = BR_ERR_X509_NOT_CA;
	if (error == 0)
		error = check_dates(k, &x);
	if (error != 0)
		return error;
	anchor.dn = (br_x500_name){ (unsigned char *)(uintptr_t)c->subject.ptr,
	    c->subject.len };
	anchor.flags = i > 0 ? BR_X509_TA_CA : 0;
	anchor.pkey = *br_x509_decoder_get_pkey(&x);
	return walk(k, &anchor, 1, i > 0 ? i : 1);
}

/* That the server holds it, its signature in the handshake says. */
static unsigned
judge_key(struct tls_check *k)
{
	struct der_certificate c;

	if (k->n == 0 || der_certificate(certificate(k, 0), &c) != ST_OK ||
	    !is_pinned(k->rules, c.spki))
		return BR_ERR_X509_NOT_TRUSTED;
	return decode(&k->leaf, certificate(k, 0));
}

static unsigned
judge(struct tls_check *k)
{
	const struct tls_rules *rules = k->rules;
	struct der_certificate c;

	if (rules->only_key)
		return judge_key(k);
	for (size_t i = 0; i < k->n && rules->n_pins > 0; i++)
		if (der_certificate(certificate(k, i), &c) == ST_OK &&
		    is_pinned(rules, c.spki))
			return walk_to_pin(k, i, &c);
	return walk(k, rules->anchor, rules->n_anchors, k->n);
}

/* BearSSL says of dates only that they do not hold. */
static void
say_which_date(struct tls_check *k)
{
	br_x509_decoder_context x;

	for (size_t i = 0; i < k->n && k->why == NULL; i++)
		if (decode(&x, certificate(k, i)) == 0)
			(void)check_dates(k, &x);
}

static unsigned
end_chain(const br_x509_class **ctx)
{
	struct tls_check *k = check_of(ctx);
	unsigned error;

	if (k->is_too_long)
		return BR_ERR_X509_LIMIT_EXCEEDED;
	error = judge(k);
	if (error == BR_ERR_X509_EXPIRED)
		say_which_date(k);
	else if (error == BR_ERR_X509_NOT_TRUSTED && k->rules->n_pins > 0)
		k->why = "TLS: the certificates hold no key that is pinned";
	return error;
}

static const br_x509_pkey *
get_pkey(const br_x509_class *const *ctx, unsigned *usages)
{
	struct tls_check *k = (void *)(uintptr_t)ctx;

	if (k->rules->only_key) {
		if (usages != NULL)
			*usages = BR_KEYTYPE_SIGN;	/* ECDHE */
		return br_x509_decoder_get_pkey(&k->leaf);
	}
	return k->path.vtable->get_pkey(&k->path.vtable, usages);
}

static const br_x509_class check_class = {
	.context_size = sizeof(struct tls_check),
	.start_chain = start_chain,
	.start_cert = start_cert,
	.append = append,
	.end_cert = end_cert,
	.end_chain = end_chain,
	.get_pkey = get_pkey,
};

/* See tls_check.h. */
void
tls_check_begin(struct tls_check *k, const struct tls_rules *rules,
    const char *host, uint64_t now_s)
{
	k->vtable = &check_class;
	k->rules = rules;
	k->host = host;
	k->now_s = now_s;
	k->why = NULL;
	k->n = 0;
	k->is_too_long = false;
}

/* See tls_check.h. */
const char *
tls_check_error(const struct tls_check *k, int error)
{
	if (k->why != NULL)
		return k->why;
	for (size_t i = 0; i < COUNT(error_texts); i++)
		if (error_texts[i].error == error)
			return error_texts[i].text;
	if (error >= BR_ERR_X509_OK && error <= BR_ERR_X509_NOT_TRUSTED)
		return "TLS: what the server shows is not a certificate";
	return NULL;
}
