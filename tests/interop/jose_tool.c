/*
 * jose_tool.c -- our JOSE and cards for scripts that have another's.
 *
 *   jose_tool <command> [argument ...] < input > output
 *
 * Keys are base64url of their bytes.  Exit 0 and the result on standard
 * output, or 1 and the status in words on standard error.  For tests only:
 * secrets stand in its arguments and are not wiped.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/hex.h"
#include "base/json_writer.h"
#include "card/issue.h"
#include "jose/jwe.h"
#include "jose/jwk.h"
#include "jose/jws.h"

enum { INPUT_MAX = 8 << 20, OUTPUT_MAX = 16 << 20 };

static uint8_t input_bytes[INPUT_MAX], output_bytes[OUTPUT_MAX];
static struct buf input = { input_bytes, 0, INPUT_MAX };
static struct buf output = { output_bytes, 0, OUTPUT_MAX };

static enum status
read_key(const char *text, struct secret_32 *key)
{
	struct buf b = buf_over(key->byte, sizeof(key->byte));

	TRY(base64url_decode(span_of(text), &b));
	return b.len == sizeof(key->byte) ? ST_OK : ST_INVALID;
}

static enum status
read_point(const char *text, struct p256_public *key)
{
	uint8_t bytes[65];
	struct buf b = buf_over(bytes, sizeof(bytes));

	TRY(base64url_decode(span_of(text), &b));
	return p256_check(buf_span(&b), key);
}

/* seal-dir <key> <cty> */
static enum status
seal_dir(char **argument)
{
	struct secret_32 key;

	TRY(read_key(argument[0], &key));
	return jwe_seal_dir(&key, argument[1], &input, &output);
}

/* open-dir <key> */
static enum status
open_dir(char **argument)
{
	struct secret_32 key;

	TRY(read_key(argument[0], &key));
	return jwe_open_dir(&key, buf_span(&input), &output);
}

/* seal-ecdh <point> <apu> <apv> */
static enum status
seal_ecdh(char **argument)
{
	struct p256_public key;

	TRY(read_point(argument[0], &key));
	return jwe_seal_ecdh(&key, span_of(argument[1]),
	    span_of(argument[2]), buf_span(&input), &output);
}

/* open-ecdh <d> <apu> <apv> */
static enum status
open_ecdh(char **argument)
{
	struct secret_32 d;

	TRY(read_key(argument[0], &d));
	return jwe_open_ecdh(&d, span_of(argument[1]), span_of(argument[2]),
	    buf_span(&input), &output);
}

/* sign <d> <typ> */
static enum status
sign(char **argument)
{
	struct secret_32 d;

	TRY(read_key(argument[0], &d));
	return jws_sign(&d, argument[1], buf_span(&input), &output);
}

/* verify <point> <typ> */
static enum status
verify(char **argument)
{
	struct p256_public key;

	TRY(read_point(argument[0], &key));
	return jws_verify(&key, argument[1], buf_span(&input), &output);
}

static enum status
write_key(struct json_writer *w, const struct secret_32 *d,
    const struct p256_public *key)
{
	uint8_t public_bytes[JWK_PUBLIC_MAX], private_bytes[JWK_PRIVATE_MAX];
	uint8_t kid_bytes[JWK_THUMBPRINT_LEN];
	struct buf public_key = buf_over(public_bytes, sizeof(public_bytes));
	struct buf private_key = buf_over(private_bytes,
	    sizeof(private_bytes));
	struct buf kid = buf_over(kid_bytes, sizeof(kid_bytes));

	TRY(jwk_write_public(key, &public_key));
	TRY(jwk_write_private(d, key, &private_key));
	TRY(jwk_thumbprint(key, &kid));
	json_base64url(w, "d", (struct span){ d->byte, sizeof(d->byte) });
	json_base64url(w, "point", (struct span){ key->point, 65 });
	json_raw(w, "public", buf_span(&public_key));
	json_raw(w, "private", buf_span(&private_key));
	json_span(w, "kid", buf_span(&kid));
	return ST_OK;
}

/* key: a fresh pair in every form */
static enum status
make_key(char **argument)
{
	struct json_writer w;
	struct p256_public key;
	struct secret_32 d;

	(void)argument;
	p256_generate(&d, &key);
	json_start(&w, &output);
	json_object_begin(&w, NULL);
	TRY(write_key(&w, &d, &key));
	json_object_end(&w);
	return json_finish(&w);
}

static void
write_symbols(struct json_writer *w, const char *name,
    const struct symbols *s)
{
	json_span(w, name,
	    (struct span){ (const uint8_t *)s->text, s->len });
}

/* What only a card with a drop variant has. */
static void
write_drop(struct json_writer *w, const struct card_issued *card)
{
	write_symbols(w, "day", &card->day_code);
	json_span(w, "drop_sk",
	    (struct span){ card->drop.sk, card->drop.sk_len });
	json_span(w, "drop_trust",
	    (struct span){ card->drop.trust, card->drop.trust_len });
	json_base64url(w, "loc", (struct span){ card->loc, 32 });
}

static enum status
issue_for(char **argument, const char *drop)
{
	struct json_writer w;
	struct card_issued card;
	struct p256_public box_key;
	const struct card_wish wish = { argument[0], &box_key, argument[2],
	    drop, (uint32_t)strtoul(argument[3], NULL, 10) };
	uint8_t hash[64], printed[SYMBOLS_PRINTED_MAX];
	struct buf hash_hex = buf_over(hash, sizeof(hash));
	struct buf code = buf_over(printed, sizeof(printed));

	TRY(read_point(argument[1], &box_key));
	TRY(card_issue(&wish, &card));
	TRY(hex_encode((struct span){ card.token_hash, 32 }, &hash_hex));
	TRY(symbols_print(&card.code, &code));
	json_start(&w, &output);
	json_object_begin(&w, NULL);
	write_symbols(&w, "number", &card.number);
	write_symbols(&w, "code", &card.code);
	json_span(&w, "code_printed", buf_span(&code));
	json_base64url(&w, "point", (struct span){ card.public_key.point, 65 });
	json_span(&w, "token_hash", buf_span(&hash_hex));
	json_span(&w, "sk",
	    (struct span){ card.local.sk, card.local.sk_len });
	json_span(&w, "trust",
	    (struct span){ card.local.trust, card.local.trust_len });
	if (drop != NULL)
		write_drop(&w, &card);
	json_object_end(&w);
	return json_finish(&w);
}

/* card <box> <box point> <pickup> <rounds> */
static enum status
issue_card(char **argument)
{
	return issue_for(argument, NULL);
}

/* card-drop <box> <box point> <pickup> <rounds> <drop> */
static enum status
issue_card_drop(char **argument)
{
	return issue_for(argument, argument[4]);
}

static const struct {
	const char *name;
	int         arguments;
	bool        has_input;
	enum status (*run)(char **argument);
} commands[] = {
	{ "card",      4, false, issue_card },
	{ "card-drop", 5, false, issue_card_drop },
	{ "key",       0, false, make_key },
	{ "open-dir",  1, true,  open_dir },
	{ "open-ecdh", 3, true,  open_ecdh },
	{ "seal-dir",  2, true,  seal_dir },
	{ "seal-ecdh", 3, true,  seal_ecdh },
	{ "sign",      2, true,  sign },
	{ "verify",    2, true,  verify },
};

static int
run(size_t i, char **argument)
{
	enum status st;

	if (commands[i].has_input)
		input.len = fread(input.ptr, 1, input.max, stdin);
	st = commands[i].run(argument);
	if (st != ST_OK) {
		fprintf(stderr, "%s: %s\n", commands[i].name, status_text(st));
		return 1;
	}
	return fwrite(output.ptr, 1, output.len, stdout) != output.len;
}

int
main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < COUNT(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0 &&
		    argc == 2 + commands[i].arguments)
			return run(i, argv + 2);
	fprintf(stderr, "jose_tool: unknown command or wrong arguments\n");
	return 2;
}
