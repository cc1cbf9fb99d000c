/*
 * keys.h -- the keys that come from the device root, and what is wrapped
 * under them: window keys under bucket keys, bucket keys under the root.
 *
 * Never: writes a key anywhere unwrapped.
 */
#ifndef VAULT_KEYS_H
#define VAULT_KEYS_H

#include "base/secret.h"
#include "base/span.h"

/* HKDF-SHA-256(root, salt 32 zero bytes, info "guichet/1/" text). */
#define KEYS_MAP(X)                                                     \
	X(DATABASE, "db")	/* SQLCipher's raw key */                \
	X(BUCKET,   "bucket")	/* wraps bucket keys */                  \
	X(SIGNING,  "box")	/* wraps the box's signing key */        \
	X(THROTTLE, "throttle")	/* HMAC of what is counted */            \
	X(HASH,     "hash")	/* HMAC of card numbers and passcodes */ \
	X(FLOOR,    "floor")	/* HMAC of the clock's floor file */     \
	X(CREDENTIAL, "credential")	/* seals the courier's passwords */ \
	X(CHECK,    "check")	/* public: tells one root from another */

enum key_id {
#define X(name, text) KEY_##name,
	KEYS_MAP(X)
#undef X
	KEY_COUNT
};

struct keys {
	struct secret_32 key[KEY_COUNT];
};

enum {
	KEYS_WRAPPED_BYTES  = 12 + 32 + 16,	/* a key, wrapped */
	KEYS_ENVELOPE_EXTRA = 12 + 16 + 32	/* iv, tag, object's name */
};

void keys_derive(struct keys *keys, const struct secret_32 *root);
void keys_wipe(struct keys *keys);

/* HMAC-SHA-256 under key `id` of `label`, a zero byte, `bytes`. */
void keys_mac(const struct keys *keys, enum key_id id, const char *label,
    struct span bytes, uint8_t out[static 32]);

/* Wraps `key` under `under`, bound to `label` and `number`; `out` has
 * KEYS_WRAPPED_BYTES. */
void keys_wrap(const struct secret_32 *under, const char *label,
    uint64_t number, const struct secret_32 *key, uint8_t *out);

/* ST_OK or ST_FORGED. */
MUST_CHECK enum status
keys_unwrap(const struct secret_32 *under, const char *label,
    uint64_t number, struct span wrapped, struct secret_32 *key);

#endif
