/* Who asks and who gives up; what answers say is tests/outward/dns_test.py's.
 * The server is a thread of ours that answers every question for A with
 * 192.0.2.1 and for AAAA with nothing, unless it is told to be silent. */
#include "net/resolve.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "tap.h"

enum { MANY = 20 };

static uv_loop_t *loop;
static struct resolver *resolver;
static int server;
static struct sockaddr_storage address;
static volatile bool is_silent;
static volatile unsigned asked;

static void *
serve(void *arg)
{
	static const uint8_t record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0,
	    4, 192, 0, 2, 1 };
	uint8_t m[600];
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	ssize_t n;

	(void)arg;
	while ((n = recvfrom(server, m, 512, 0, (struct sockaddr *)&from,
	    &len)) > 0) {
		asked++;
		if (is_silent)
			continue;
		m[2] |= 0x80;
		if (m[n - 3] == 1) {
			m[7] = 1;
			memcpy(m + n, record, sizeof(record));
			n += (ssize_t)sizeof(record);
		}
		(void)sendto(server, m, (size_t)n, 0, (struct sockaddr *)&from,
		    len);
	}
	return NULL;
}

static void
start_server(uint16_t port)
{
	struct sockaddr_in *at = (void *)&address;
	socklen_t len = sizeof(*at);
	pthread_t thread;

	at->sin_family = AF_INET;
	at->sin_port = htons(port);
	at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server = socket(AF_INET, SOCK_DGRAM, 0);
	if (bind(server, (struct sockaddr *)at, len) != 0 ||
	    getsockname(server, (struct sockaddr *)at, &len) != 0 ||
	    pthread_create(&thread, NULL, serve, NULL) != 0)
		abort();
}

/* --- the owner ------------------------------------------------------------------ */

static struct resolve all[MANY];
static unsigned n_ended, n_good;
static bool from_inside;

static void
on_end(void *owner, enum status st, const struct sockaddr_storage *a, size_t n)
{
	const struct sockaddr_in *v4 = (const void *)a;

	(void)owner;
	n_ended++;
	n_good += st == ST_OK && n == 1 && v4->sin_port == htons(443) &&
	    v4->sin_addr.s_addr == htonl(0xc0000201);
	from_inside = true;
}

static void
begin(struct resolve *r, const char *host)
{
	*r = (struct resolve){ .on_end = on_end };
	resolve_begin(r, resolver, host, 443);
}

static void
run(void)
{
	n_ended = n_good = asked = 0;
	uv_run(loop, UV_RUN_DEFAULT);
}

static void
test_one(void)
{
	from_inside = false;
	begin(&all[0], "192.0.2.1");
	ok(!from_inside, "nothing is said from inside the call");
	run();
	ok(n_good == 1 && asked == 0, "an address needs no server");
	begin(&all[0], "a.test");
	run();
	ok(n_good == 1 && asked == 2, "a name: two questions");
}

/* More than there are sockets for: the rest waits for its turn. */
static void
test_many(void)
{
	for (size_t i = 0; i < MANY; i++)
		begin(&all[i], i % 5 == 0 ? "192.0.2.1" : "a.test");
	run();
	ok(n_ended == MANY && n_good == MANY && asked == MANY / 5 * 4 * 2,
	    "%u at once, %u good", n_ended, n_good);
}

static void
test_abort(void)
{
	begin(&all[0], "192.0.2.1");
	resolve_abort(&all[0]);
	begin(&all[1], "a.test");
	resolve_abort(&all[1]);
	memset(all, 0xff, sizeof(all));
	run();
	ok(n_ended == 0, "given up before anybody was asked");
	is_silent = true;
	for (size_t i = 0; i < MANY; i++)
		begin(&all[i], "a.test");
	for (int i = 0; i < 4; i++)
		uv_run(loop, UV_RUN_NOWAIT);
	for (size_t i = 0; i < MANY; i++)
		resolve_abort(&all[MANY - 1 - i]);
	memset(all, 0xff, sizeof(all));
	run();
	is_silent = false;
	ok(n_ended == 0, "given up while a server is silent");
	begin(&all[0], "a.test");
	run();
	ok(n_good == 1, "and the sockets are free again");
}

/* The memory is the owner's again in on_end. */
static unsigned rounds;

static void
on_end_again(void *owner, enum status st, const struct sockaddr_storage *a,
    size_t n)
{
	struct resolve *r = owner;

	on_end(owner, st, a, n);
	memset(r, 0xff, sizeof(*r));
	if (++rounds == 3)
		return;
	*r = (struct resolve){ .owner = r, .on_end = on_end_again };
	resolve_begin(r, resolver, rounds == 1 ? "a.test" : "192.0.2.1", 443);
}

static void
test_again(void)
{
	all[0] = (struct resolve){ .owner = &all[0], .on_end = on_end_again };
	resolve_begin(&all[0], resolver, "b.test", 443);
	run();
	ok(rounds == 3 && n_good == 3, "begun again from its own end");
}

/* --- /etc/resolv.conf ------------------------------------------------------------- */

/* Networks and mounts of our own, in which `file` is /etc/resolv.conf. */
static bool
is_alone_with(const char *file)
{
	struct ifreq lo = { .ifr_name = "lo" };
	int fd;

	if (unshare(CLONE_NEWNS | CLONE_NEWNET) != 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount(file, "/etc/resolv.conf", NULL, MS_BIND, NULL) != 0)
		return false;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	lo.ifr_flags = IFF_UP;
	return fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &lo) == 0 && close(fd) == 0;
}

static bool
say(int fd, const char *text)
{
	return pwrite(fd, text, strlen(text), 0) == (ssize_t)strlen(text);
}

/* The last one: nothing is as it was afterwards. */
static void
test_servers_that_change(void)
{
	char file[] = "/tmp/guichet-resolv-XXXXXX";
	int fd = mkstemp(file);
	bool is_alone = is_alone_with(file);

	unlink(file);
	if (!is_alone) {
		skip("servers that change", "needs root and namespaces");
		return;
	}
	start_server(53);
	is_silent = false;
	ok(say(fd, "nameserver 127.0.0.9\n"), "a file");
	resolver = resolver_new(loop, NULL, 0);
	begin(&all[0], "a.test");
	run();
	ok(n_ended == 1 && n_good == 0, "nobody is where it says");
	ok(say(fd, "nameserver 127.0.0.1\n"), "it changes in place");
	begin(&all[0], "a.test");
	run();
	ok(n_good == 1, "and the next question goes there");
	ok(say(fd, "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"), "none is named");
	begin(&all[0], "a.test");
	run();
	ok(n_good == 1, "this machine's is asked");
}

int
main(void)
{
	loop = uv_default_loop();
	start_server(0);
	resolver = resolver_new(loop, &address, 1);
	test_one();
	test_many();
	test_abort();
	test_again();
	test_servers_that_change();
	return done_testing();
}
