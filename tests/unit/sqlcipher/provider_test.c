/* The provider against published vectors, then a database on top of it. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "crypto/sqlcipher_provider.h"

#include "tap.h"
#include "unhex.h"

static sqlcipher_provider provider;

static struct span
span_over(const unsigned char *bytes, size_t len)
{
	return (struct span){ bytes, len };
}

static bool
hmac_is(int algorithm, const char *key_hex, const char *head,
    const char *tail, const char *hex)
{
	uint8_t key_store[160], out[64], in[128], in2[128];
	struct span key = unhex(key_hex, key_store, sizeof(key_store));
	size_t bytes = (size_t)provider.get_hmac_sz(NULL, algorithm);

	memcpy(in, head, strlen(head));
	memcpy(in2, tail, strlen(tail));
	if (provider.hmac(NULL, algorithm, key_store, (int)key.len, in,
	    (int)strlen(head), *tail == '\0' ? NULL : in2,
	    (int)strlen(tail), out) != SQLITE_OK)
		return false;
	return is_hex(span_over(out, bytes), hex);
}

/* RFC 2202 and RFC 4231, test cases 1 and 2. */
static void
test_hmac(void)
{
	const char *key1 = "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";
	const char *jefe = "4a656665";

	ok(hmac_is(SQLCIPHER_HMAC_SHA1, key1, "Hi There", "",
	    "b617318655057264e28bc0b6fb378c8ef146be00"), "HMAC-SHA-1");
	ok(hmac_is(SQLCIPHER_HMAC_SHA256, key1, "Hi There", "",
	    "b0344c61d8db38535ca8afceaf0bf12b"
	    "881dc200c9833da726e9376c2e32cff7"), "HMAC-SHA-256");
	ok(hmac_is(SQLCIPHER_HMAC_SHA512, key1, "Hi There", "",
	    "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
	    "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"),
	    "HMAC-SHA-512");
	ok(hmac_is(SQLCIPHER_HMAC_SHA512, jefe, "what do ya want ",
	    "for nothing?",
	    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
	    "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"),
	    "HMAC-SHA-512 of two parts is that of their sequence");
}

static bool
kdf_is(int algorithm, const char *pass, const char *salt, int rounds,
    int bytes, const char *hex)
{
	uint8_t out[64], salt_store[64];

	memcpy(salt_store, salt, strlen(salt));
	if (provider.kdf(NULL, algorithm, (const unsigned char *)pass,
	    (int)strlen(pass), salt_store, (int)strlen(salt), rounds, bytes,
	    out) != SQLITE_OK)
		return false;
	return is_hex(span_over(out, (size_t)bytes), hex);
}

/* RFC 6070; RFC 7914 section 11; the SHA-512 ones are widely published. */
static void
test_kdf(void)
{
	ok(kdf_is(SQLCIPHER_PBKDF2_HMAC_SHA1, "password", "salt", 4096, 20,
	    "4b007901b765489abead49d926f721d065a429c1"), "PBKDF2-SHA-1");
	ok(kdf_is(SQLCIPHER_PBKDF2_HMAC_SHA1, "passwordPASSWORDpassword",
	    "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096, 25,
	    "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"),
	    "PBKDF2-SHA-1, more than one block");
	ok(kdf_is(SQLCIPHER_PBKDF2_HMAC_SHA256, "passwd", "salt", 1, 64,
	    "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
	    "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"),
	    "PBKDF2-SHA-256, two blocks");
	ok(kdf_is(SQLCIPHER_PBKDF2_HMAC_SHA512, "password", "salt", 2, 64,
	    "e1d9c16aa681708a45f5c7c4e215ceb66e011a2e9f0040713f18aefdb866d53c"
	    "f76cab2868a39b9f7840edce4fef5a82be67335c77a6068e04112754f27ccf4e"),
	    "PBKDF2-SHA-512");
}

#define AES_KEY \
	"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
#define AES_IV "000102030405060708090a0b0c0d0e0f"
#define AES_PLAIN \
	"6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" \
	"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
#define AES_CIPHER \
	"f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d" \
	"39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"

static int
run_aes(int mode, const char *in_hex, int key_bytes, int len, uint8_t *out)
{
	uint8_t key[32], iv[16], in[64];

	unhex(AES_KEY, key, sizeof(key));
	unhex(AES_IV, iv, sizeof(iv));
	unhex(in_hex, in, sizeof(in));
	return provider.cipher(NULL, mode, key, key_bytes, iv, in, len, out);
}

/* SP 800-38A, F.2.5 and F.2.6. */
static void
test_cipher(void)
{
	uint8_t out[64];

	ok(run_aes(1, AES_PLAIN, 32, 64, out) == SQLITE_OK &&
	    is_hex(span_over(out, 64), AES_CIPHER), "AES-256-CBC encrypts");
	ok(run_aes(0, AES_CIPHER, 32, 64, out) == SQLITE_OK &&
	    is_hex(span_over(out, 64), AES_PLAIN), "AES-256-CBC decrypts");
	ok(run_aes(1, AES_PLAIN, 16, 64, out) == SQLITE_ERROR,
	    "a key of another length is refused");
	ok(run_aes(1, AES_PLAIN, 32, 63, out) == SQLITE_ERROR,
	    "a length that is no multiple of the block is refused");
}

static void
test_refusals(void)
{
	uint8_t bytes[64] = { 0 };

	ok(provider.hmac(NULL, 3, bytes, 32, bytes, 8, NULL, 0, bytes) ==
	    SQLITE_ERROR, "HMAC: an unknown hash is refused");
	ok(provider.kdf(NULL, -1, bytes, 8, bytes, 8, 1, 32, bytes) ==
	    SQLITE_ERROR, "PBKDF2: an unknown hash is refused");
	ok(provider.kdf(NULL, SQLCIPHER_PBKDF2_HMAC_SHA512, bytes, 8, bytes, 8,
	    0, 32, bytes) == SQLITE_ERROR, "PBKDF2: no rounds is refused");
	ok(provider.get_hmac_sz(NULL, 9) == 0, "an unknown hash has no size");
	ok(provider.random(NULL, bytes, -1) == SQLITE_ERROR,
	    "random: a negative length is refused");
}

static void
test_random(void)
{
	uint8_t one[32] = { 0 }, two[32] = { 0 };

	ok(provider.random(NULL, one, 32) == SQLITE_OK &&
	    provider.random(NULL, two, 32) == SQLITE_OK &&
	    memcmp(one, two, 32) != 0, "random bytes differ from call to call");
}

/* --- a database -------------------------------------------------------------- */

#define MARKER "ZYXMARKERZYX"

static char path[64];

/* Opens `path` with `pragma` (or none), runs `sql`; returns SQLite's code. */
static int
run_sql(const char *pragma, const char *sql)
{
	sqlite3 *db = NULL;
	int code = sqlite3_open(path, &db);

	if (code == SQLITE_OK && pragma != NULL)
		code = sqlite3_exec(db, pragma, NULL, NULL, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_close(db);
	return code;
}

static bool
file_holds(const char *text)
{
	static char bytes[1 << 16];
	FILE *file = fopen(path, "rb");
	size_t len = file == NULL ? 0 : fread(bytes, 1, sizeof(bytes), file);

	if (file != NULL)
		fclose(file);
	return memmem(bytes, len, text, strlen(text)) != NULL;
}

static void
flip_byte(long at)
{
	FILE *file = fopen(path, "r+b");
	int byte;

	if (file == NULL)
		abort();
	fseek(file, at, SEEK_SET);
	byte = fgetc(file);
	fseek(file, at, SEEK_SET);
	fputc(byte ^ 1, file);
	fclose(file);
}

static const char create[] =
    "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('" MARKER "')";
static const char read_back[] = "SELECT a FROM t";

static void
test_database(const char *name, const char *key, const char *other)
{
	unlink(path);
	ok(run_sql(key, create) == SQLITE_OK, "%s: written", name);
	ok(run_sql(key, read_back) == SQLITE_OK, "%s: read back", name);
	ok(!file_holds(MARKER) && !file_holds("SQLite format 3"),
	    "%s: nothing in clear in the file", name);
	ok(run_sql(other, read_back) == SQLITE_NOTADB,
	    "%s: another key is SQLITE_NOTADB", name);
	ok(run_sql(NULL, read_back) == SQLITE_NOTADB,
	    "%s: no key is SQLITE_NOTADB", name);
	flip_byte(4096 + 100);
	ok(run_sql(key, read_back) != SQLITE_OK,
	    "%s: a changed bit is found", name);
	unlink(path);
}

int
main(void)
{
	snprintf(path, sizeof(path), "/tmp/provider_test.%d.db", getpid());
	ok(sqlcipher_provider_setup(&provider) == SQLITE_OK, "set up");
	test_hmac();
	test_kdf();
	test_cipher();
	test_refusals();
	test_random();
	test_database("passphrase", "PRAGMA key = 'one'", "PRAGMA key = 'two'");
	test_database("raw key",
	    "PRAGMA key = \"x'" AES_KEY "'\"",
	    "PRAGMA key = \"x'" AES_IV AES_IV "'\"");
	return done_testing();
}
