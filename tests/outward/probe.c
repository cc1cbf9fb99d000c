/*
 * probe -- connects out as the courier does, and says what happened, one
 * event a line.  For the tests beside it.
 *
 *   probe tls ADDRESS PORT HOST TRUST|- PIN,PIN|- NOW [REQUEST]
 *   probe resolve HOST [SERVER:PORT ...]
 *   probe bundle FILE
 *   probe inside tls|resolve ...	in the courier's sandbox; the port of `tls`
 *					is the only one it may connect to
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "courier/policy.h"
#include "net/resolve.h"
#include "net/tls_client.h"
#include "os/filter.h"

enum { IDLE_MS = 10000 };	/* the environment may say another */

static bool is_inside;
static struct conn conn;
static struct tls_client *client;
static struct sockaddr_in to;
static const char *host, *request = "";
static uint64_t now_s;
static size_t n_read;
static enum { CONNECTING, HANDSHAKING, WRITING, READING } state;

static const char *names[] = {
#define X(name) #name,
	CONN_EVENT_MAP(X)
#undef X
};

static void
on_written(void)
{
	if (state == CONNECTING) {
		if (client != NULL &&
		    tls_connect(&conn, client, host, now_s) != ST_OK)
			abort();
		state = HANDSHAKING;
		conn_write(&conn, (struct span){ 0 });
	} else if (state == HANDSHAKING) {
		printf("HANDSHAKE\n");
		state = WRITING;
		conn_write(&conn, span_of(request));
	} else {
		state = READING;
		conn_read(&conn);
	}
}

static void
on_event(void *owner, enum conn_event ev)
{
	(void)owner;
	if (ev == CONN_CLOSED)
		return;
	if (ev == CONN_WRITTEN) {
		on_written();
		return;
	}
	if (ev == CONN_BYTES) {
		n_read += conn_bytes(&conn).len;
		conn_read(&conn);
		return;
	}
	printf("%s %s\n", names[ev], ev == CONN_FAILED ? conn_error(&conn) : "");
	conn_close(&conn);
}

/* The loop's first stream opens libuv's spare descriptor, as in a role. */
static void
enter(uint16_t port)
{
	static uv_tcp_t first;

	if (!is_inside)
		return;
	if (uv_tcp_init(uv_default_loop(), &first) != 0)
		abort();
	uv_close((uv_handle_t *)&first, NULL);
	sandbox_enter(courier_policy_of(&port, 1));
}

static size_t
parse_pins(const char *text, uint8_t pins[TLS_PINS_MAX][32])
{
	size_t n = 0;
	unsigned byte;

	while (strlen(text) >= 64) {
		for (int i = 0; i < 32; i++, text += 2) {
			if (sscanf(text, "%2x", &byte) != 1)
				abort();
			pins[n][i] = (uint8_t)byte;
		}
		n++;
		text += *text == ',';
	}
	return n;
}

static uint64_t
idle_ms(void)
{
	const char *text = getenv("IDLE_MS");

	return text == NULL ? IDLE_MS : strtoull(text, NULL, 10);
}

static int
probe_tls(char **arg, int n)
{
	static uint8_t pins[TLS_PINS_MAX][32];
	struct tls_client_options options = { .sessions_max = 2, .pins = pins };
	struct tls_trust *trust = NULL;
	struct tls_error error;

	to.sin_family = AF_INET;
	to.sin_port = htons((uint16_t)atoi(arg[1]));
	inet_pton(AF_INET, arg[0], &to.sin_addr);
	host = arg[2];
	if (*arg[3] != '-' && tls_trust_load(arg[3], &trust, &error) != ST_OK) {
		printf("TRUST %s\n", error.text);
		return 1;
	}
	options.trust = trust;
	options.n_pins = parse_pins(arg[4], pins);
	now_s = strtoull(arg[5], NULL, 10);
	if (n > 6)
		request = arg[6];
	if (tls_client_new(&options, &client) != ST_OK)
		abort();
	enter(ntohs(to.sin_port));
	conn = (struct conn){ .on_event = on_event, .idle_ms = idle_ms() };
	if (conn_open(&conn, uv_default_loop(), (struct sockaddr *)&to) != ST_OK)
		abort();
	uv_run(uv_default_loop(), UV_RUN_DEFAULT);
	printf("READ %zu\n", n_read);
	tls_client_free(client);
	tls_trust_free(trust);
	return 0;
}

static int
probe_bundle(const char *path)
{
	struct tls_trust *trust;
	struct tls_error error;
	struct timespec a, b;
	unsigned skipped;
	size_t n;

	clock_gettime(CLOCK_MONOTONIC, &a);
	if (tls_trust_load(path, &trust, &error) != ST_OK) {
		printf("TRUST %s\n", error.text);
		return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	n = tls_trust_count(trust, &skipped);
	printf("AUTHORITIES %zu SKIPPED %u MICROSECONDS %ld\n", n, skipped,
	    (b.tv_sec - a.tv_sec) * 1000000 + (b.tv_nsec - a.tv_nsec) / 1000);
	tls_trust_free(trust);
	return 0;
}

static void
on_end(void *owner, enum status st, const struct sockaddr_storage *address,
    size_t n)
{
	char text[INET6_ADDRSTRLEN];

	(void)owner;
	printf("%s\n", status_text(st));
	for (size_t i = 0; i < n; i++) {
		const struct sockaddr_in *v4 = (const void *)&address[i];
		const struct sockaddr_in6 *v6 = (const void *)&address[i];

		inet_ntop(address[i].ss_family,
		    address[i].ss_family == AF_INET ? (const void *)&v4->sin_addr
		    : &v6->sin6_addr, text, sizeof(text));
		printf("%s %u\n", text, ntohs(v4->sin_port));
	}
}

static int
probe_resolve(char **arg, int n)
{
	struct sockaddr_storage servers[3] = { 0 };
	struct resolver *resolver;
	struct resolve r = { .on_end = on_end };

	for (int i = 0; i + 1 < n && i < 3; i++) {
		struct sockaddr_in *v4 = (void *)&servers[i];
		char *port = strrchr(arg[i + 1], ':');

		*port = 0;
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)atoi(port + 1));
		inet_pton(AF_INET, arg[i + 1], &v4->sin_addr);
	}
	resolver = resolver_new(uv_default_loop(), servers, (size_t)n - 1);
	enter(0);
	resolve_begin(&r, resolver, arg[0], 443);
	uv_run(uv_default_loop(), UV_RUN_DEFAULT);
	return 0;
}

int
main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc >= 2 && strcmp(argv[1], "inside") == 0) {
		is_inside = true;
		/* As under guichetd: no ring for the loop. */
		if (filter_enter(&filter_supervisor) != ST_OK)
			abort();
		argv++;
		argc--;
	}
	if (argc >= 8 && strcmp(argv[1], "tls") == 0)
		return probe_tls(argv + 2, argc - 2);
	if (argc == 3 && strcmp(argv[1], "bundle") == 0)
		return probe_bundle(argv[2]);
	if (argc >= 3 && strcmp(argv[1], "resolve") == 0)
		return probe_resolve(argv + 2, argc - 2);
	return 2;
}
