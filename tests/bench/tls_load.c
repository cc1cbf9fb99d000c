/*
 * tls_load -- the client of the benchmarks: full handshakes, resumed ones,
 * requests over kept-alive connections, idle connections.
 *
 *   tls_load PORT full|resume|get|idle COUNT THREADS [PATH]
 *
 * Offers TLS 1.2 with ECDHE-ECDSA-AES128-GCM-SHA256 on X25519 and nothing
 * else, so that every server does the same.  Trusts any certificate: what is
 * measured is the server.  `idle` says "ready" and waits for its standard
 * input to end.  Prints nothing else; exits 1 if any operation failed.
 */
#include <arpa/inet.h>
#include <bearssl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { THREADS_MAX = 32 };

struct load {
	pthread_t thread;
	unsigned  count;
	br_ssl_client_context cc;
	br_x509_minimal_context minimal;
	br_x509_knownkey_context x509;
	br_sslio_context io;
	br_ec_impl x25519;
	int  fd;
	bool failed;
	uint8_t buffer[BR_SSL_BUFSIZE_BIDI];
};

static unsigned short port;
static const char *mode, *path = "/";
static br_ec_public_key server_key;
static uint8_t server_point[65];

/* --- the server's key: taken from its certificate, once ------------------------- */

struct any_key {
	const br_x509_class *vtable;
	br_x509_decoder_context decoder;
	bool is_first;
};

static void
no_name(void *context, const void *bytes, size_t len)
{
	(void)context, (void)bytes, (void)len;
}

static void
start_chain(const br_x509_class **c, const char *name)
{
	struct any_key *k = (void *)(uintptr_t)c;

	(void)name;
	k->is_first = true;
	br_x509_decoder_init(&k->decoder, no_name, NULL);
}

static void
start_cert(const br_x509_class **c, uint32_t len)
{
	(void)c, (void)len;
}

static void
append(const br_x509_class **c, const unsigned char *bytes, size_t len)
{
	struct any_key *k = (void *)(uintptr_t)c;

	if (k->is_first)
		br_x509_decoder_push(&k->decoder, bytes, len);
}

static void
end_cert(const br_x509_class **c)
{
	((struct any_key *)(uintptr_t)c)->is_first = false;
}

static unsigned
end_chain(const br_x509_class **c)
{
	(void)c;
	return 0;
}

static const br_x509_pkey *
get_key(const br_x509_class *const *c, unsigned *usages)
{
	struct any_key *k = (void *)(uintptr_t)c;

	if (usages != NULL)
		*usages = BR_KEYTYPE_KEYX | BR_KEYTYPE_SIGN;
	return br_x509_decoder_get_pkey(&k->decoder);
}

static const br_x509_class any_key_class = {
	sizeof(struct any_key), start_chain, start_cert, append, end_cert,
	end_chain, get_key
};

/* --- one connection ------------------------------------------------------------------ */

static int
low_read(void *context, unsigned char *to, size_t len)
{
	ssize_t n = read(((struct load *)context)->fd, to, len);

	return n > 0 ? (int)n : -1;
}

static int
low_write(void *context, const unsigned char *from, size_t len)
{
	ssize_t n = write(((struct load *)context)->fd, from, len);

	return n > 0 ? (int)n : -1;
}

static int
dial(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		perror("tls_load: connect");
		exit(1);
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

static void
prepare(struct load *l)
{
	static const uint16_t suite[] = {
		BR_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
	};

	br_ssl_client_init_full(&l->cc, &l->minimal, NULL, 0);
	br_ssl_engine_set_versions(&l->cc.eng, BR_TLS12, BR_TLS12);
	br_ssl_engine_set_suites(&l->cc.eng, suite, 1);
	l->x25519 = *br_ssl_engine_get_ec(&l->cc.eng);
	/* P-256 stays for the signature; it is offered second. */
	l->x25519.supported_curves = (uint32_t)1 << BR_EC_curve25519 |
	    (uint32_t)1 << BR_EC_secp256r1;
	br_ssl_engine_set_ec(&l->cc.eng, &l->x25519);
	br_ssl_engine_set_buffer(&l->cc.eng, l->buffer, sizeof(l->buffer), 1);
}

static bool
shake(struct load *l, bool resume)
{
	struct any_key any = { .vtable = &any_key_class };

	l->fd = dial();
	if (server_key.qlen == 0) {
		br_ssl_engine_set_x509(&l->cc.eng, &any.vtable);
	} else {
		br_x509_knownkey_init_ec(&l->x509, &server_key,
		    BR_KEYTYPE_SIGN);
		br_ssl_engine_set_x509(&l->cc.eng, &l->x509.vtable);
	}
	br_ssl_client_reset(&l->cc, "localhost", resume);
	br_sslio_init(&l->io, &l->cc.eng, low_read, l, low_write, l);
	if (br_sslio_flush(&l->io) != 0) {
		fprintf(stderr, "tls_load: handshake: error %d\n",
		    br_ssl_engine_last_error(&l->cc.eng));
		return false;
	}
	if (server_key.qlen == 0 && any.decoder.decoded) {
		const br_x509_pkey *k = br_x509_decoder_get_pkey(&any.decoder);

		memcpy(server_point, k->key.ec.q, sizeof(server_point));
		server_key = (br_ec_public_key){ BR_EC_secp256r1,
		    server_point, sizeof(server_point) };
	}
	return true;
}

static bool
request(struct load *l)
{
	uint8_t head[4096];
	size_t have = 0;
	unsigned long body;
	char text[512], *length, *end;
	int n;

	n = snprintf(text, sizeof(text),
	    "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
	if (br_sslio_write_all(&l->io, text, (size_t)n) != 0 ||
	    br_sslio_flush(&l->io) != 0)
		return false;
	do {
		n = br_sslio_read(&l->io, head + have, sizeof(head) - 1 - have);
		if (n <= 0)
			return false;
		have += (size_t)n;
		head[have] = 0;
		end = strstr((char *)head, "\r\n\r\n");
	} while (end == NULL && have < sizeof(head) - 1);
	length = strcasestr((char *)head, "\r\ncontent-length:");
	if (end == NULL || length == NULL || memcmp(head + 9, "200", 3) != 0) {
		fprintf(stderr, "tls_load: %.60s\n", head);
		return false;
	}
	body = strtoul(length + 17, NULL, 10);
	body -= have - (size_t)(end + 4 - (char *)head);
	while (body > 0) {
		n = br_sslio_read(&l->io, head, body < sizeof(head) ? body :
		    sizeof(head));
		if (n <= 0)
			return false;
		body -= (unsigned long)n;
	}
	return true;
}

static void *
run(void *argument)
{
	struct load *l = argument;
	bool resume = strcmp(mode, "resume") == 0;
	unsigned i;

	prepare(l);
	if ((resume || strcmp(mode, "get") == 0) && !shake(l, false)) {
		l->failed = true;
		return NULL;
	}
	for (i = 0; i < l->count && !l->failed; i++) {
		if (strcmp(mode, "get") == 0) {
			l->failed = !request(l);
			continue;
		}
		if (resume)
			close(l->fd);
		l->failed = !shake(l, resume);
		if (!resume)
			close(l->fd);
	}
	return NULL;
}

static int
hold(struct load *l, unsigned count)
{
	unsigned i;

	prepare(l);
	for (i = 0; i < count; i++)
		if (!shake(l, false) || !request(l))
			return 1;
	puts("ready");
	fflush(stdout);
	(void)getchar();
	return 0;
}

int
main(int argc, char **argv)
{
	static struct load loads[THREADS_MAX];
	struct rlimit files;
	unsigned count, threads, i;
	int failed = 0;

	if (argc < 5) {
		fprintf(stderr, "usage: tls_load PORT full|resume|get|idle "
		    "COUNT THREADS [PATH]\n");
		return 64;
	}
	port = (unsigned short)atoi(argv[1]);
	mode = argv[2];
	count = (unsigned)atoi(argv[3]);
	threads = (unsigned)atoi(argv[4]);
	if (argc > 5)
		path = argv[5];
	if (threads < 1 || threads > THREADS_MAX)
		threads = 1;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	if (strcmp(mode, "idle") == 0)
		return hold(&loads[0], count);
	prepare(&loads[0]);
	if (!shake(&loads[0], false))	/* learns the server's key */
		return 1;
	close(loads[0].fd);
	for (i = 0; i < threads; i++) {
		loads[i].count = count / threads;
		pthread_create(&loads[i].thread, NULL, run, &loads[i]);
	}
	for (i = 0; i < threads; i++) {
		pthread_join(loads[i].thread, NULL);
		failed |= loads[i].failed;
	}
	return failed;
}
