/*
 * seal_bench.c -- processor time of sealing, and of what a card costs.
 *
 *   seal_bench seal <bytes> <operations>   -> {"operations":…,"cpu_us":…}
 *   seal_bench primitives                  -> a table
 *
 * One sealing is what intake does with a report: a fresh content key, the
 * payload padded to 64 KiB, the JWE of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "card/derive.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/p256.h"
#include "crypto/random.h"
#include "jose/jwe.h"

enum { STEP_BYTES = 64 << 10, PAYLOAD_MAX = 32 << 20 };

static const char cty[] = "application/fhir+json";

static double
cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
	    (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static uint8_t *
allocate(size_t len)
{
	uint8_t *p = malloc(len);

	if (p == NULL)
		exit(1);
	memset(p, 'x', len);
	return p;
}

static void
must(enum status st)
{
	if (st == ST_OK)
		return;
	fprintf(stderr, "seal_bench: %s\n", status_text(st));
	exit(1);
}

static int
seal(size_t len, unsigned operations)
{
	size_t padded = (len + STEP_BYTES - 1) / STEP_BYTES * STEP_BYTES;
	uint8_t *report = allocate(len), *plain = allocate(padded);
	uint8_t *jwe = allocate(jwe_dir_length(padded, cty));
	double from = cpu_us();

	for (unsigned i = 0; i < operations; i++) {
		struct buf p = buf_over(plain, padded);
		struct buf out = buf_over(jwe, jwe_dir_length(padded, cty));
		struct secret_32 key;

		random_bytes(key.byte, sizeof(key.byte));
		must(buf_append(&p, report, len));
		memset(plain + len, ' ', padded - len);
		p.len = padded;
		must(jwe_seal_dir(&key, cty, &p, &out));
	}
	printf("{\"operations\":%u,\"cpu_us\":%.0f}\n", operations,
	    cpu_us() - from);
	free(report);
	free(plain);
	free(jwe);
	return 0;
}

static struct secret_32 d, shared;
static struct p256_public key;
static uint8_t signature[64], *megabyte;

static void
run_derive(void)
{
	static const struct symbols number = { "7K3QZ9MA2T", 10 };
	static const struct symbols code = { "C0DE4TESTS0N1Y7", 15 };
	static const struct symbols none = { .len = 0 };
	struct card_keys keys;

	card_derive("labo-demo-1", &number, &code, &none, CARD_ROUNDS, &keys);
}

static void
run_sign(void)
{
	p256_sign(&d, span_of("message"), signature);
}

static void
run_verify(void)
{
	must(p256_verify(&key, span_of("message"),
	    (struct span){ signature, sizeof(signature) }));
}

static void
run_agree(void)
{
	must(p256_ecdh(&d, &key, &shared));
}

static void
run_generate(void)
{
	p256_generate(&d, &key);
}

static void
run_encrypt(void)
{
	uint8_t iv[AEAD_IV_BYTES] = { 0 }, tag[AEAD_TAG_BYTES];

	aead_seal(&d, iv, (struct span){ NULL, 0 }, megabyte, 1000000, tag);
}

static void
run_hash(void)
{
	uint8_t hash[32];

	sha256((struct span){ megabyte, 1000000 }, hash);
}

static const struct {
	const char *name;
	unsigned    operations;
	void (*run)(void);
} primitives[] = {
	{ "P-256 key pair",               200, run_generate },
	{ "P-256 sign",                   200, run_sign },
	{ "P-256 verify",                 200, run_verify },
	{ "P-256 agree",                  200, run_agree },
	{ "card_derive, 600000 rounds",     3, run_derive },
	{ "AES-256-GCM, 1 MB",            500, run_encrypt },
	{ "SHA-256, 1 MB",                100, run_hash },
};

static int
measure_primitives(void)
{
	megabyte = allocate(1000000);
	for (size_t i = 0; i < COUNT(primitives); i++) {
		double from = cpu_us();

		for (unsigned n = 0; n < primitives[i].operations; n++)
			primitives[i].run();
		printf("%-28s %9.3f ms\n", primitives[i].name,
		    (cpu_us() - from) / primitives[i].operations / 1000);
	}
	free(megabyte);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "primitives") == 0)
		return measure_primitives();
	if (argc == 4 && strcmp(argv[1], "seal") == 0) {
		size_t len = strtoul(argv[2], NULL, 10);

		if (len > 0 && len <= PAYLOAD_MAX)
			return seal(len, (unsigned)strtoul(argv[3], NULL, 10));
	}
	fprintf(stderr, "usage: seal_bench seal BYTES OPERATIONS | primitives\n");
	return 2;
}
