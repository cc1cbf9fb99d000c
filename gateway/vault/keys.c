#include "vault/keys.h"

#include <stdio.h>

#include "base/log.h"
#include "base/wipe.h"
#include "crypto/aead.h"
#include "crypto/digest.h"

static const char *const info[KEY_COUNT] = {
#define X(name, text) [KEY_##name] = "guichet/1/" text,
	KEYS_MAP(X)
#undef X
};

/* See keys.h. */
void
keys_derive(struct keys *keys, const struct secret_32 *root)
{
	static const uint8_t zeroes[32];

	for (size_t i = 0; i < KEY_COUNT; i++)
		hkdf_sha256((struct span){ root->byte, 32 },
		    (struct span){ zeroes, 32 }, span_of(info[i]),
		    keys->key[i].byte, 32);
}

/* See keys.h. */
void
keys_wipe(struct keys *keys)
{
	wipe(keys, sizeof(*keys));
}

/* See keys.h. */
void
keys_mac(const struct keys *keys, enum key_id id, const char *label,
    struct span bytes, uint8_t out[static 32])
{
	uint8_t storage[512];	/* not secret */
	struct buf b = buf_over(storage, sizeof(storage));

	if (buf_append(&b, label, strlen(label) + 1) != ST_OK
	    || buf_append_span(&b, bytes) != ST_OK)
		unexpected("keys_mac: too long", (int)bytes.len);
	hmac_sha256((struct span){ keys->key[id].byte, 32 }, buf_span(&b),
	    out);
}

static struct span
aad_for(const char *label, uint64_t number, char *text, size_t size)
{
	int len = snprintf(text, size, "guichet/1/%s/%llu", label,
	    (unsigned long long)number);

	return (struct span){ (const uint8_t *)text, (size_t)len };
}

/* See keys.h. */
void
keys_wrap(const struct secret_32 *under, const char *label,
    uint64_t number, const struct secret_32 *key, uint8_t *out)
{
	char text[64];
	struct buf b = buf_over(out, KEYS_WRAPPED_BYTES);

	if (aead_wrap(under, aad_for(label, number, text, sizeof(text)),
	    (struct span){ key->byte, 32 }, &b) != ST_OK)
		unexpected("keys_wrap", 0);
}

/* See keys.h. */
enum status
keys_unwrap(const struct secret_32 *under, const char *label,
    uint64_t number, struct span wrapped, struct secret_32 *key)
{
	char text[64];
	struct secret_32 plain;
	struct buf b = buf_over(plain.byte, 32);
	enum status st = ST_FORGED;

	if (wrapped.len == KEYS_WRAPPED_BYTES
	    && aead_unwrap(under, aad_for(label, number, text, sizeof(text)),
	    wrapped, &b) == ST_OK) {
		*key = plain;
		st = ST_OK;
	}
	wipe(&plain, sizeof(plain));
	return st;
}
