/*
 * guichet-identity HOST... NOT_BEFORE -- a new P-256 key and a self-signed
 * certificate for these names and addresses, valid from NOT_BEFORE (seconds
 * since 1970) for 825 days: the key, PEM, to descriptor 3, the certificate to
 * descriptor 4.  PID 1 runs it for a box that was given none.
 *
 * Runs in an empty working directory, which becomes its root.
 * Never: opens anything; leaves a key in memory; says who it is for.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "base/wipe.h"
#include "crypto/random.h"
#include "identity/certificate.h"
#include "identity/pem.h"
#include "identity/policy.h"
#include "os/whole.h"

enum {
	EXIT_USAGE = 64,
	FD_KEY = 3, FD_CERTIFICATE = 4,
	PEM_MAX = 2 * CERTIFICATE_MAX
};

/* All that is secret, in one place. */
struct secrets {
	struct secret_32 d;
	uint8_t der[CERTIFICATE_KEY_MAX];
	uint8_t pem[2 * CERTIFICATE_KEY_MAX];
};

static int
usage(void)
{
	fputs("usage: guichet-identity HOST... NOT_BEFORE   (key to "
	    "descriptor 3, certificate to 4)\n"
	    "       guichet-identity --policy\n", stderr);
	return EXIT_USAGE;
}

static bool
read_arguments(int argc, char **argv, struct host hosts[static HOSTS_MAX],
    struct certificate *c)
{
	char *end;

	if (argc < 3 || argc > HOSTS_MAX + 2)
		return false;
	for (int i = 1; i < argc - 1; i++) {
		if (host_read(argv[i], &hosts[i - 1]) == ST_OK)
			continue;
		fprintf(stderr, "guichet-identity: %s: neither a name nor an "
		    "address\n", argv[i]);
		return false;
	}
	errno = 0;
	c->not_before_s = strtoull(argv[argc - 1], &end, 10);
	c->hosts = hosts;
	c->n_hosts = (size_t)argc - 2;
	return errno == 0 && *end == '\0' && *argv[argc - 1] >= '0' &&
	    *argv[argc - 1] <= '9';
}

static enum status
write_certificate(const struct certificate *c, const struct secret_32 *d)
{
	static uint8_t der[CERTIFICATE_MAX], pem[PEM_MAX];
	struct buf text = buf_over(pem, sizeof(pem));
	struct span out;

	TRY(certificate_write(c, d, der, sizeof(der), &out));
	TRY(pem_write("CERTIFICATE", out, &text));
	return whole_write(FD_CERTIFICATE, buf_span(&text));
}

static enum status
write_key(const struct certificate *c, struct secrets *s)
{
	struct buf text = buf_over(s->pem, sizeof(s->pem));
	struct span out;

	TRY(certificate_key_write(c, &s->d, s->der, sizeof(s->der), &out));
	TRY(pem_write("PRIVATE KEY", out, &text));
	return whole_write(FD_KEY, buf_span(&text));
}

static int
make(struct certificate *c)
{
	static struct secrets secrets;
	enum status st;

	(void)mlock(&secrets, sizeof(secrets));
	random_bytes(c->serial, sizeof(c->serial));
	p256_generate(&secrets.d, &c->public_key);
	st = write_certificate(c, &secrets.d);
	if (st == ST_OK)
		st = write_key(c, &secrets);
	wipe(&secrets, sizeof(secrets));
	if (st != ST_OK)
		log_line(LOG_ERROR, "not written: %s", status_text(st));
	return st == ST_OK ? 0 : 1;
}

int
main(int argc, char **argv)
{
	static struct host hosts[HOSTS_MAX];
	struct certificate c = { 0 };

	log_init("identity", LOG_NOTICE);
	if (argc == 2 && strcmp(argv[1], "--policy") == 0) {
		sandbox_print(&identity_policy);
		return 0;
	}
	if (!read_arguments(argc, argv, hosts, &c))
		return usage();
	sandbox_enter(&identity_policy);
	return make(&c);
}
