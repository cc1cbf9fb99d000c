/*
 * For: SQLCipher's page encryption, page tags and key derivation.
 * Never: keeps a key between calls.  SQLCipher hands the key over with each
 * page; the expanded key lives on the stack and is wiped before the return.
 */
#include <stdint.h>
#include <string.h>

#include <bearssl.h>

#include "base/status.h"
#include "base/wipe.h"
#include "crypto/random.h"
#include "crypto/sqlcipher_provider.h"

/* SQLite's codes; only the vault includes sqlite3.h. */
enum { DONE = 0, REFUSED = 1 };

enum {
	KEY_BYTES = 32,
	BLOCK_BYTES = 16,
	ENCRYPT = 1,	/* SQLCipher's CIPHER_ENCRYPT; 0 is decryption */
};

/* By SQLCipher's number, the same for HMAC and for PBKDF2. */
static const br_hash_class *const hashes[] = {
	[SQLCIPHER_HMAC_SHA1]   = &br_sha1_vtable,
	[SQLCIPHER_HMAC_SHA256] = &br_sha256_vtable,
	[SQLCIPHER_HMAC_SHA512] = &br_sha512_vtable,
};

_Static_assert(SQLCIPHER_HMAC_SHA512 == SQLCIPHER_PBKDF2_HMAC_SHA512 &&
    SQLCIPHER_HMAC_SHA256 == SQLCIPHER_PBKDF2_HMAC_SHA256 &&
    SQLCIPHER_HMAC_SHA1 == SQLCIPHER_PBKDF2_HMAC_SHA1,
    "one table of hashes serves both");

static const br_hash_class *
find_hash(int algorithm)
{
	if (algorithm < 0 || (size_t)algorithm >= COUNT(hashes))
		return NULL;
	return hashes[algorithm];
}

static size_t
hash_bytes(const br_hash_class *hash)
{
	return (hash->desc >> BR_HASHDESC_OUT_OFF) & BR_HASHDESC_OUT_MASK;
}

static int
activate(void *ctx)
{
	(void)ctx;
	return DONE;
}

static int
set_context(void **ctx)
{
	/* Stateless: there is nothing to keep, or to leak. */
	*ctx = NULL;
	return DONE;
}

static const char *
get_name(void *ctx)
{
	(void)ctx;
	return "guichet-bearssl";
}

static const char *
get_version(void *ctx)
{
	(void)ctx;
	return "0.6";
}

static const char *
get_cipher(void *ctx)
{
	(void)ctx;
	return "aes-256-cbc";
}

static int
get_key_bytes(void *ctx)
{
	(void)ctx;
	return KEY_BYTES;
}

static int
get_block_bytes(void *ctx)
{
	(void)ctx;
	return BLOCK_BYTES;
}

static int
get_hmac_bytes(void *ctx, int algorithm)
{
	const br_hash_class *hash = find_hash(algorithm);

	(void)ctx;
	return hash == NULL ? 0 : (int)hash_bytes(hash);
}

static int
get_fips_status(void *ctx)
{
	(void)ctx;
	return 0;
}

static int
add_random(void *ctx, void *buffer, int len)
{
	/* The kernel's generator needs no help from a database. */
	(void)ctx;
	(void)buffer;
	(void)len;
	return DONE;
}

static int
fill_random(void *ctx, void *buffer, int len)
{
	(void)ctx;
	if (len < 0)
		return REFUSED;
	random_bytes(buffer, (size_t)len);
	return DONE;
}

static int
tag_page(void *ctx, int algorithm, unsigned char *key, int key_len,
    unsigned char *in, int in_len, unsigned char *in2, int in2_len,
    unsigned char *out)
{
	const br_hash_class *hash = find_hash(algorithm);
	br_hmac_key_context keyed;
	br_hmac_context hmac;

	(void)ctx;
	if (hash == NULL || in == NULL || key_len < 0 || in_len < 0 ||
	    in2_len < 0)
		return REFUSED;
	br_hmac_key_init(&keyed, hash, key, (size_t)key_len);
	br_hmac_init(&hmac, &keyed, 0);
	br_hmac_update(&hmac, in, (size_t)in_len);
	if (in2 != NULL)
		br_hmac_update(&hmac, in2, (size_t)in2_len);
	br_hmac_out(&hmac, out);
	wipe(&keyed, sizeof(keyed));
	wipe(&hmac, sizeof(hmac));
	return DONE;
}

/* One block of PBKDF2, RFC 8018 5.2: T = U1 xor U2 xor ... xor Urounds. */
static void
derive_block(const br_hmac_key_context *keyed, const unsigned char *salt,
    size_t salt_len, uint32_t index, int rounds, unsigned char t[static 64])
{
	const unsigned char number[4] = {
		(unsigned char)(index >> 24), (unsigned char)(index >> 16),
		(unsigned char)(index >> 8), (unsigned char)index,
	};
	unsigned char u[64];
	br_hmac_context hmac;
	size_t len;

	br_hmac_init(&hmac, keyed, 0);
	br_hmac_update(&hmac, salt, salt_len);
	br_hmac_update(&hmac, number, sizeof(number));
	len = br_hmac_out(&hmac, u);
	memcpy(t, u, len);
	for (int round = 1; round < rounds; round++) {
		br_hmac_init(&hmac, keyed, 0);
		br_hmac_update(&hmac, u, len);
		br_hmac_out(&hmac, u);
		for (size_t i = 0; i < len; i++)
			t[i] ^= u[i];
	}
	wipe(u, sizeof(u));
	wipe(&hmac, sizeof(hmac));
}

static int
derive_key(void *ctx, int algorithm, const unsigned char *pass, int pass_len,
    unsigned char *salt, int salt_len, int rounds, int key_len,
    unsigned char *key)
{
	const br_hash_class *hash = find_hash(algorithm);
	br_hmac_key_context keyed;
	unsigned char t[64];
	size_t left = (size_t)key_len;

	(void)ctx;
	if (hash == NULL || pass_len < 0 || salt_len < 0 || rounds < 1 ||
	    key_len < 0)
		return REFUSED;
	br_hmac_key_init(&keyed, hash, pass, (size_t)pass_len);
	for (uint32_t index = 1; left > 0; index++) {
		size_t len = hash_bytes(hash);

		if (len > left)
			len = left;
		derive_block(&keyed, salt, (size_t)salt_len, index, rounds, t);
		memcpy(key, t, len);
		key += len;
		left -= len;
	}
	wipe(&keyed, sizeof(keyed));
	wipe(t, sizeof(t));
	return DONE;
}

/* Asked once: CPUID costs a virtual machine more than a page's encryption. */
static const br_block_cbcenc_class *
encryption(void)
{
	static const br_block_cbcenc_class *chosen;

	if (chosen == NULL)
		chosen = br_aes_x86ni_cbcenc_get_vtable();
	if (chosen == NULL)
		chosen = &br_aes_ct64_cbcenc_vtable;
	return chosen;
}

static const br_block_cbcdec_class *
decryption(void)
{
	static const br_block_cbcdec_class *chosen;

	if (chosen == NULL)
		chosen = br_aes_x86ni_cbcdec_get_vtable();
	if (chosen == NULL)
		chosen = &br_aes_ct64_cbcdec_vtable;
	return chosen;
}

static void
encrypt(const unsigned char *key, unsigned char *iv, unsigned char *data,
    size_t len)
{
	const br_block_cbcenc_class *aes = encryption();
	br_aes_gen_cbcenc_keys expanded;

	aes->init(&expanded.vtable, key, KEY_BYTES);
	aes->run(&expanded.vtable, iv, data, len);
	wipe(&expanded, sizeof(expanded));
}

static void
decrypt(const unsigned char *key, unsigned char *iv, unsigned char *data,
    size_t len)
{
	const br_block_cbcdec_class *aes = decryption();
	br_aes_gen_cbcdec_keys expanded;

	aes->init(&expanded.vtable, key, KEY_BYTES);
	aes->run(&expanded.vtable, iv, data, len);
	wipe(&expanded, sizeof(expanded));
}

static int
run_cipher(void *ctx, int mode, unsigned char *key, int key_len,
    unsigned char *iv, unsigned char *in, int len, unsigned char *out)
{
	unsigned char chain[BLOCK_BYTES];

	(void)ctx;
	if (key_len != KEY_BYTES || len < 0 || len % BLOCK_BYTES != 0)
		return REFUSED;
	/* BearSSL works in place and moves the IV on; SQLCipher keeps its. */
	memcpy(chain, iv, sizeof(chain));
	memmove(out, in, (size_t)len);
	(mode == ENCRYPT ? encrypt : decrypt)(key, chain, out, (size_t)len);
	wipe(chain, sizeof(chain));
	return DONE;
}

int
sqlcipher_provider_setup(sqlcipher_provider *provider)
{
	*provider = (sqlcipher_provider){
		.activate = activate,
		.deactivate = activate,
		.get_provider_name = get_name,
		.add_random = add_random,
		.random = fill_random,
		.hmac = tag_page,
		.kdf = derive_key,
		.cipher = run_cipher,
		.get_cipher = get_cipher,
		.get_key_sz = get_key_bytes,
		.get_iv_sz = get_block_bytes,
		.get_block_sz = get_block_bytes,
		.get_hmac_sz = get_hmac_bytes,
		.ctx_init = set_context,
		.ctx_free = set_context,
		.fips_status = get_fips_status,
		.get_provider_version = get_version,
	};
	return DONE;
}
