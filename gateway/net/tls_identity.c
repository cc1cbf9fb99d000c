#include "net/tls_identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "base/wipe.h"
#include "net/tls_pem.h"

enum { RSA_MODULUS_MAX = 4096 / 8 };

static enum status
take_certificate(struct pem_file *f, const char *name)
{
	struct tls_identity *id = f->owner;
	uint8_t *end = id->der;
	size_t used = 0;

	if (strcmp(name, "CERTIFICATE") != 0)
		return ST_OK;	/* a key may stand in the same file */
	if (id->n_chain > 0) {
		end = id->chain[id->n_chain - 1].data +
		    id->chain[id->n_chain - 1].data_len;
		used = (size_t)(end - id->der);
	}
	if (id->n_chain == TLS_CHAIN_MAX ||
	    f->object.len > sizeof(id->der) - used)
		return PEM_REFUSE(f, ST_MALFORMED, "%s: more than %d certificates "
		    "or %d bytes", f->path, TLS_CHAIN_MAX, TLS_CHAIN_BYTES);
	memcpy(end, f->object.ptr, f->object.len);
	id->chain[id->n_chain++] = (br_x509_certificate){ end, f->object.len };
	return ST_OK;
}

static enum status
take_key(struct pem_file *f, const char *name)
{
	struct tls_identity *id = f->owner;
	br_skey_decoder_context *key = &id->key;

	if (strcmp(name, "ENCRYPTED PRIVATE KEY") == 0)
		return PEM_REFUSE(f, ST_UNSUPPORTED, "%s: the private key is "
		    "encrypted; nobody is there to type its passphrase: store "
		    "it unencrypted with mode 600", f->path);
	if (strcmp(name, "PRIVATE KEY") != 0 &&
	    strcmp(name, "EC PRIVATE KEY") != 0 &&
	    strcmp(name, "RSA PRIVATE KEY") != 0)
		return ST_OK;
	br_skey_decoder_init(key);
	br_skey_decoder_push(key, f->object.ptr, f->object.len);
	if (br_skey_decoder_last_error(key) != 0)
		return PEM_REFUSE(f, ST_UNSUPPORTED, "%s: not a private key on "
		    "P-256 or of RSA", f->path);
	id->key_type = br_skey_decoder_key_type(key);
	return ST_OK;
}

static void
ignore_name(void *context, const void *src, size_t len)
{
	(void)context;
	(void)src;
	(void)len;
}

static bool
is_ec_key_of(const br_x509_pkey *public_key, const br_ec_private_key *sk)
{
	uint8_t point[BR_EC_KBUF_PUB_MAX_SIZE];
	size_t len;

	if (public_key->key_type != BR_KEYTYPE_EC ||
	    public_key->key.ec.curve != sk->curve)
		return false;
	len = br_ec_compute_pub(br_ec_get_default(), NULL, point, sk);
	return len == public_key->key.ec.qlen &&
	    memcmp(point, public_key->key.ec.q, len) == 0;
}

static bool
is_rsa_key_of(const br_x509_pkey *public_key, const br_rsa_private_key *sk)
{
	uint8_t modulus[RSA_MODULUS_MAX];
	br_rsa_compute_modulus compute = br_rsa_compute_modulus_get_default();
	size_t len;

	if (public_key->key_type != BR_KEYTYPE_RSA ||
	    sk->n_bitlen > RSA_MODULUS_MAX * 8)
		return false;
	len = compute(modulus, sk);
	return len > 0 && len == public_key->key.rsa.nlen &&
	    memcmp(modulus, public_key->key.rsa.n, len) == 0;
}

static enum status
check_kind(struct pem_file *f)
{
	const struct tls_identity *id = f->owner;
	const br_ec_private_key *ec = br_skey_decoder_get_ec(&id->key);
	const br_rsa_private_key *rsa = br_skey_decoder_get_rsa(&id->key);

	if (id->key_type == 0)
		return PEM_REFUSE(f, ST_MALFORMED, "%s: no PEM private key in it",
		    f->path);
	if (ec != NULL && ec->curve != BR_EC_secp256r1)
		return PEM_REFUSE(f, ST_UNSUPPORTED, "%s: an EC key on another "
		    "curve than P-256 (prime256v1)", f->path);
	if (rsa != NULL && (rsa->n_bitlen < 2048 || rsa->n_bitlen > 4096))
		return PEM_REFUSE(f, ST_UNSUPPORTED, "%s: an RSA key of %u bits; "
		    "2048 to 4096 are taken", f->path, rsa->n_bitlen);
	return ST_OK;
}

/* See tls_identity.h. */
int64_t
tls_unix_time(uint32_t days, uint32_t seconds)
{
	return ((int64_t)days - TLS_DAYS_TO_1970) * 86400 + seconds;
}

/* The first certificate must carry the public half of the key. */
static enum status
check_match(struct pem_file *f, const char *certificate_path)
{
	struct tls_identity *id = f->owner;
	br_x509_decoder_context x509;
	const br_x509_pkey *public_key;
	bool matches;

	br_x509_decoder_init(&x509, ignore_name, NULL);
	br_x509_decoder_push(&x509, id->chain[0].data, id->chain[0].data_len);
	public_key = br_x509_decoder_get_pkey(&x509);
	if (public_key == NULL)
		return PEM_REFUSE(f, ST_MALFORMED, "%s: its first certificate does "
		    "not decode (X.509 error %d)", certificate_path,
		    br_x509_decoder_last_error(&x509));
	if (id->key_type == BR_KEYTYPE_EC)
		matches = is_ec_key_of(public_key,
		    br_skey_decoder_get_ec(&id->key));
	else
		matches = is_rsa_key_of(public_key,
		    br_skey_decoder_get_rsa(&id->key));
	if (!matches)
		return PEM_REFUSE(f, ST_INVALID, "%s: this private key does not "
		    "belong to the first certificate of %s: give the pair that "
		    "was made together", f->path, certificate_path);
	id->not_before_s = tls_unix_time(x509.notbefore_days,
	    x509.notbefore_seconds);
	id->not_after_s = tls_unix_time(x509.notafter_days,
	    x509.notafter_seconds);
	id->issuer_key_type = br_x509_decoder_get_signer_key_type(&x509);
	return ST_OK;
}

static enum status
load(struct pem_file *f, const char *certificate_path, const char *key_path)
{
	const struct tls_identity *id = f->owner;

	TRY(pem_read(f, certificate_path, false, take_certificate));
	if (id->n_chain == 0)
		return PEM_REFUSE(f, ST_MALFORMED,
		    "%s: no PEM certificate in it", f->path);
	wipe(f->text, f->len);
	TRY(pem_read(f, key_path, true, take_key));
	TRY(check_kind(f));
	return check_match(f, certificate_path);
}

/* Locked where the kernel allows it; never in a core dump. */
static void *
map_secret(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	(void)mlock(p, size);
	(void)madvise(p, size, MADV_DONTDUMP);
	return p;
}

/* See tls.h. */
enum status
tls_identity_load(const char *certificate_path, const char *key_path,
    struct tls_identity **identity, struct tls_error *error)
{
	struct tls_identity *id = map_secret(sizeof(*id));
	struct pem_file f;
	enum status st = pem_open(&f, PEM_FILE_MAX, id, error);

	if (st == ST_OK && id == NULL)
		st = PEM_REFUSE(&f, ST_IO, "%s: no memory", certificate_path);
	if (st == ST_OK)
		st = load(&f, certificate_path, key_path);
	pem_close(&f);
	if (st == ST_OK)
		*identity = id;
	else
		tls_identity_free(id);
	return st;
}

static void
print_time(int64_t unix_s, char out[24])
{
	time_t t = (time_t)unix_s;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(out, 24, "%Y-%m-%d %H:%M UTC", &tm) == 0)
		strcpy(out, "?");
}

/* See tls.h. */
bool
tls_identity_is_current(const struct tls_identity *identity, uint64_t now_s,
    struct tls_error *warning)
{
	int64_t now = (int64_t)now_s;
	char from[24], to[24], today[24];

	if (now >= identity->not_before_s && now <= identity->not_after_s)
		return true;
	print_time(identity->not_before_s, from);
	print_time(identity->not_after_s, to);
	print_time(now, today);
	snprintf(warning->text, sizeof(warning->text), "this certificate is "
	    "valid from %s to %s, and here it is %s: renew it, or set the "
	    "clock; browsers refuse it", from, to, today);
	return false;
}

/* See tls.h. */
void
tls_identity_free(struct tls_identity *identity)
{
	if (identity == NULL)
		return;
	wipe(identity, sizeof(*identity));
	munmap(identity, sizeof(*identity));
}
