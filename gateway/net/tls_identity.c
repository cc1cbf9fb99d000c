#include "net/tls_identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/wipe.h"

enum { PEM_FILE_MAX = 64 * 1024, RSA_MODULUS_MAX = 4096 / 8 };

/* One file being taken apart. */
struct pem_file {
	const char *path;
	struct tls_identity *id;
	struct tls_error *error;
	uint8_t *text;
	size_t   len;
	struct buf object;	/* the DER of one PEM object */
	bool     full;		/* object did not fit */
};

typedef enum status object_fn(struct pem_file *f, const char *name);

#define REFUSE(f, status, ...) \
	(snprintf((f)->error->text, sizeof((f)->error->text), __VA_ARGS__), \
	    (status))

static enum status
read_open_file(struct pem_file *f, int fd)
{
	ssize_t n;

	while ((n = read(fd, f->text + f->len, PEM_FILE_MAX - f->len)) > 0)
		f->len += (size_t)n;
	if (n < 0)
		return REFUSE(f, ST_IO, "%s: %s", f->path, strerror(errno));
	if (f->len == PEM_FILE_MAX)
		return REFUSE(f, ST_MALFORMED, "%s: longer than %d bytes: not "
		    "a certificate or key", f->path, PEM_FILE_MAX);
	return ST_OK;
}

/* A key that everybody may read is no secret. */
static enum status
check_mode(struct pem_file *f, int fd)
{
	struct stat s;

	if (fstat(fd, &s) != 0)
		return REFUSE(f, ST_IO, "%s: %s", f->path, strerror(errno));
	if ((s.st_mode & S_IRWXO) != 0)
		return REFUSE(f, ST_DENIED, "%s: everybody may use this private"
		    " key (mode %03o): chmod 600 it, and replace the key if "
		    "others had access", f->path, (unsigned)s.st_mode & 0777);
	return ST_OK;
}

static enum status
read_file(struct pem_file *f, bool is_secret)
{
	int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	enum status st;

	if (fd < 0)
		return REFUSE(f, ST_IO, "%s: %s", f->path, strerror(errno));
	st = is_secret ? check_mode(f, fd) : ST_OK;
	if (st == ST_OK)
		st = read_open_file(f, fd);
	close(fd);
	return st;
}

static void
on_der(void *context, const void *src, size_t len)
{
	struct pem_file *f = context;

	if (buf_append(&f->object, src, len) != ST_OK)
		f->full = true;
}

static enum status
end_object(struct pem_file *f, const char *name, object_fn *on_object)
{
	if (f->full)
		return REFUSE(f, ST_MALFORMED, "%s: %s is too long", f->path,
		    name);
	TRY(on_object(f, name));
	f->object.len = 0;
	return ST_OK;
}

static enum status
take_event(struct pem_file *f, br_pem_decoder_context *pem, char name[128],
    object_fn *on_object)
{
	switch (br_pem_decoder_event(pem)) {
	case BR_PEM_BEGIN_OBJ:
		snprintf(name, 128, "%s", br_pem_decoder_name(pem));
		br_pem_decoder_setdest(pem, on_der, f);
		return ST_OK;
	case BR_PEM_END_OBJ:
		return end_object(f, name, on_object);
	case BR_PEM_ERROR:
		return REFUSE(f, ST_MALFORMED, "%s: broken PEM", f->path);
	default:
		return ST_OK;
	}
}

static enum status
each_object(struct pem_file *f, object_fn *on_object)
{
	br_pem_decoder_context pem;
	char name[128] = "";
	size_t at = 0;
	enum status st = ST_OK;

	br_pem_decoder_init(&pem);
	while (st == ST_OK && at < f->len) {
		at += br_pem_decoder_push(&pem, f->text + at, f->len - at);
		st = take_event(f, &pem, name, on_object);
	}
	/* A last line without its end is no line to the decoder. */
	if (st == ST_OK && at > 0 && f->text[at - 1] != '\n') {
		(void)br_pem_decoder_push(&pem, "\n", 1);
		st = take_event(f, &pem, name, on_object);
	}
	wipe(&pem, sizeof(pem));
	return st;
}

static enum status
take_certificate(struct pem_file *f, const char *name)
{
	struct tls_identity *id = f->id;
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
		return REFUSE(f, ST_MALFORMED, "%s: more than %d certificates "
		    "or %d bytes", f->path, TLS_CHAIN_MAX, TLS_CHAIN_BYTES);
	memcpy(end, f->object.ptr, f->object.len);
	id->chain[id->n_chain++] = (br_x509_certificate){ end, f->object.len };
	return ST_OK;
}

static enum status
take_key(struct pem_file *f, const char *name)
{
	br_skey_decoder_context *key = &f->id->key;

	if (strcmp(name, "ENCRYPTED PRIVATE KEY") == 0)
		return REFUSE(f, ST_UNSUPPORTED, "%s: the private key is "
		    "encrypted; nobody is there to type its passphrase: store "
		    "it unencrypted with mode 600", f->path);
	if (strcmp(name, "PRIVATE KEY") != 0 &&
	    strcmp(name, "EC PRIVATE KEY") != 0 &&
	    strcmp(name, "RSA PRIVATE KEY") != 0)
		return ST_OK;
	br_skey_decoder_init(key);
	br_skey_decoder_push(key, f->object.ptr, f->object.len);
	if (br_skey_decoder_last_error(key) != 0)
		return REFUSE(f, ST_UNSUPPORTED, "%s: not a private key on "
		    "P-256 or of RSA", f->path);
	f->id->key_type = br_skey_decoder_key_type(key);
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
	const br_ec_private_key *ec = br_skey_decoder_get_ec(&f->id->key);
	const br_rsa_private_key *rsa = br_skey_decoder_get_rsa(&f->id->key);

	if (f->id->key_type == 0)
		return REFUSE(f, ST_MALFORMED, "%s: no PEM private key in it",
		    f->path);
	if (ec != NULL && ec->curve != BR_EC_secp256r1)
		return REFUSE(f, ST_UNSUPPORTED, "%s: an EC key on another "
		    "curve than P-256 (prime256v1)", f->path);
	if (rsa != NULL && (rsa->n_bitlen < 2048 || rsa->n_bitlen > 4096))
		return REFUSE(f, ST_UNSUPPORTED, "%s: an RSA key of %u bits; "
		    "2048 to 4096 are taken", f->path, rsa->n_bitlen);
	return ST_OK;
}

/* BearSSL counts days from 1 January of the year 0. */
static int64_t
unix_time(uint32_t days, uint32_t seconds)
{
	enum { DAYS_TO_1970 = 719528 };

	return ((int64_t)days - DAYS_TO_1970) * 86400 + seconds;
}

/* The first certificate must carry the public half of the key. */
static enum status
check_match(struct pem_file *f, const char *certificate_path)
{
	struct tls_identity *id = f->id;
	br_x509_decoder_context x509;
	const br_x509_pkey *public_key;
	bool matches;

	br_x509_decoder_init(&x509, ignore_name, NULL);
	br_x509_decoder_push(&x509, id->chain[0].data, id->chain[0].data_len);
	public_key = br_x509_decoder_get_pkey(&x509);
	if (public_key == NULL)
		return REFUSE(f, ST_MALFORMED, "%s: its first certificate does "
		    "not decode (X.509 error %d)", certificate_path,
		    br_x509_decoder_last_error(&x509));
	if (id->key_type == BR_KEYTYPE_EC)
		matches = is_ec_key_of(public_key,
		    br_skey_decoder_get_ec(&id->key));
	else
		matches = is_rsa_key_of(public_key,
		    br_skey_decoder_get_rsa(&id->key));
	if (!matches)
		return REFUSE(f, ST_INVALID, "%s: this private key does not "
		    "belong to the first certificate of %s: give the pair that "
		    "was made together", f->path, certificate_path);
	id->not_before_s = unix_time(x509.notbefore_days,
	    x509.notbefore_seconds);
	id->not_after_s = unix_time(x509.notafter_days,
	    x509.notafter_seconds);
	id->issuer_key_type = br_x509_decoder_get_signer_key_type(&x509);
	return ST_OK;
}

static enum status
load(struct pem_file *f, const char *certificate_path, const char *key_path)
{
	f->path = certificate_path;
	TRY(read_file(f, false));
	TRY(each_object(f, take_certificate));
	if (f->id->n_chain == 0)
		return REFUSE(f, ST_MALFORMED, "%s: no PEM certificate in it",
		    f->path);
	wipe(f->text, f->len);
	f->len = 0;
	f->path = key_path;
	TRY(read_file(f, true));
	TRY(each_object(f, take_key));
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
	struct pem_file f = { .path = certificate_path, .error = error };
	enum status st = ST_NO_SPACE;

	f.id = map_secret(sizeof(*f.id));
	f.text = malloc(PEM_FILE_MAX);
	f.object = buf_over(malloc(TLS_CHAIN_BYTES), TLS_CHAIN_BYTES);
	if (f.id == NULL || f.text == NULL || f.object.ptr == NULL)
		st = REFUSE(&f, ST_IO, "%s: no memory", f.path);
	else
		st = load(&f, certificate_path, key_path);
	if (f.text != NULL)
		wipe(f.text, PEM_FILE_MAX);
	if (f.object.ptr != NULL)
		wipe(f.object.ptr, TLS_CHAIN_BYTES);
	free(f.text);
	free(f.object.ptr);
	if (st == ST_OK)
		*identity = f.id;
	else
		tls_identity_free(f.id);
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
