#include "card/derive.h"

#include "base/wipe.h"
#include "crypto/digest.h"

static struct span
text_of(const struct symbols *s)
{
	return (struct span){ (const uint8_t *)s->text, s->len };
}

/* SHA-256("guichet/1/card" | 0 | box | 0 | card10): public. */
static void
make_salt(const char *box, const struct symbols *number, uint8_t salt[32])
{
	static const uint8_t zero[1] = { 0 };
	const struct span nul = { zero, sizeof(zero) };
	struct sha256 h;

	sha256_start(&h);
	sha256_add(&h, span_of("guichet/1/card"));
	sha256_add(&h, nul);
	sha256_add(&h, span_of(box));
	sha256_add(&h, nul);
	sha256_add(&h, text_of(number));
	sha256_finish(&h, salt);
}

static void
expand(const struct secret_32 *ikm, const char *info, struct secret_32 *out)
{
	static const uint8_t salt[32] = { 0 };

	hkdf_sha256((struct span){ ikm->byte, sizeof(ikm->byte) },
	    (struct span){ salt, sizeof(salt) }, span_of(info), out->byte,
	    sizeof(out->byte));
}

/* See derive.h. */
void
card_derive(const char *box, const struct symbols *number,
    const struct symbols *code, const struct symbols *day, uint32_t rounds,
    struct card_keys *out)
{
	uint8_t password[2 * SYMBOLS_MAX + 1], salt[32];
	size_t len = code->len + 1 + day->len;
	struct secret_32 ikm;

	make_salt(box, number, salt);
	memcpy(password, code->text, code->len);
	password[code->len] = 0;
	memcpy(password + code->len + 1, day->text, day->len);
	pbkdf2_sha256((struct span){ password, len },
	    (struct span){ salt, sizeof(salt) }, rounds, &ikm);
	expand(&ikm, "guichet/1/auth", &out->auth);
	expand(&ikm, "guichet/1/kek", &out->kek);
	expand(&ikm, "guichet/1/loc", &out->loc);
	wipe(password, sizeof(password));
	wipe(&ikm, sizeof(ikm));
}
