#include "net/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/log.h"
#include "crypto/random.h"
#include "net/dns.h"
#include "net/hosts.h"

enum {
	TRY_MS = 2000,
	ROUNDS = 2,		/* of all servers */
	TRIES_AT_ONCE = 8,	/* sockets; others wait for their turn */
	DATAGRAMS = 16,		/* read at once; somebody may flood us */
	FILE_MAX = 64 * 1024,	/* of /etc/hosts */
	SERVERS_FILE_MAX = 8 * 1024,	/* of /etc/resolv.conf */
	PER_KIND = RESOLVE_ADDRESSES_MAX / 2
};

/* One socket, as long as one server is asked. */
struct resolve_try {
	struct resolver *resolver;
	struct resolve *owner;		/* NULL: nobody listens any more */
	bool       is_used;		/* until the handle is closed */
	int        fd;
	uv_poll_t  poll;
	uv_timer_t timer;
};

struct resolver {
	uv_loop_t  *loop;
	struct resolve *first;		/* all that have not ended */
	uv_timer_t soon;		/* for what is known already */
	struct sockaddr_storage server[RESOLVE_SERVERS_MAX];
	size_t      n_servers;
	int         servers_fd;		/* where they stand; -1: fixed */
	struct resolve_try tries[TRIES_AT_ONCE];
	uint8_t    *hosts;
	size_t      hosts_len;
};

static void schedule(struct resolver *s);

/* --- a try ---------------------------------------------------------------------- */

static void
on_try_closed(uv_handle_t *handle)
{
	struct resolve_try *t = handle->data;

	t->is_used = false;
	schedule(t->resolver);
}

static void
end_try(struct resolve *r)
{
	struct resolve_try *t = r->now;

	r->now = NULL;
	if (t == NULL)
		return;
	t->owner = NULL;
	uv_timer_stop(&t->timer);
	if (t->fd < 0) {
		t->is_used = false;
		return;
	}
	uv_close((uv_handle_t *)&t->poll, on_try_closed);
	close(t->fd);
	t->fd = -1;
}

static void
end(struct resolve *r, enum status outcome)
{
	end_try(r);
	r->outcome = outcome;
	r->is_ended = true;
	schedule(r->resolver);
}

/* This server did not help: the next one, or none is left. */
static void
go_on(struct resolve *r)
{
	const struct resolver *s = r->resolver;

	end_try(r);
	r->tries++;
	if (r->tries >= s->n_servers * ROUNDS)
		end(r, ST_IO);
	else
		schedule(r->resolver);
}

static void
keep(struct resolve *r, enum dns_kind kind, const struct in6_addr *from,
    size_t n)
{
	size_t at = kind == DNS_A ? 0 : r->n;

	/* IPv4 first, in whichever order the answers came. */
	memmove(&r->address[at + n], &r->address[at],
	    (r->n - at) * sizeof(*r->address));
	r->n += n;
	for (size_t i = 0; i < n; i++) {
		struct sockaddr_storage *a = &r->address[at + i];
		struct sockaddr_in *v4 = (void *)a;
		struct sockaddr_in6 *v6 = (void *)a;

		memset(a, 0, sizeof(*a));
		a->ss_family = kind == DNS_A ? AF_INET : AF_INET6;
		v4->sin_port = htons(r->port);	/* the same place in both */
		if (kind == DNS_A)
			memcpy(&v4->sin_addr, &from[i], 4);
		else
			v6->sin6_addr = from[i];
	}
}

static void
take_answer(struct resolve *r, struct span message)
{
	struct in6_addr found[PER_KIND];
	enum dns_kind kind = dns_id(message) == r->id[DNS_A] ? DNS_A : DNS_AAAA;
	enum status st;
	size_t n = 0;

	if (dns_id(message) != r->id[kind] || r->has[kind])
		return;		/* somebody guesses, or an answer came twice */
	st = dns_read(message, r->host, kind, found, PER_KIND, &n);
	if (st == ST_MALFORMED)
		return;
	r->has[kind] = true;
	if (st == ST_IO || st == ST_TOO_BIG)
		r->is_refused = true;
	keep(r, kind, found, n);
	if (!r->has[DNS_A] || !r->has[DNS_AAAA])
		return;
	if (r->n == 0 && r->is_refused)
		go_on(r);
	else
		end(r, r->n > 0 ? ST_OK : ST_NOT_FOUND);
}

static void
on_readable(uv_poll_t *poll, int status, int events)
{
	struct resolve_try *t = poll->data;
	uint8_t bytes[DNS_MESSAGE_MAX];
	ssize_t n = 0;

	(void)status;
	(void)events;
	for (int i = 0; i < DATAGRAMS && t->owner != NULL; i++) {
		n = recv(t->fd, bytes, sizeof(bytes), 0);
		if (n < 0)
			break;
		take_answer(t->owner, (struct span){ bytes, (size_t)n });
	}
	/* Nobody listens there, or there is no way. */
	if (t->owner != NULL && n < 0 && errno != EAGAIN && errno != EINTR)
		go_on(t->owner);
}

/* What came in time is better than nothing. */
static void
on_timeout(uv_timer_t *timer)
{
	struct resolve *r = ((struct resolve_try *)timer->data)->owner;

	if (r->n > 0)
		end(r, ST_OK);
	else
		go_on(r);
}

static bool
send_question(struct resolve *r, enum dns_kind kind)
{
	uint8_t bytes[DNS_MESSAGE_MAX];
	struct buf question = buf_over(bytes, sizeof(bytes));

	return dns_ask(r->host, kind, r->id[kind], &question) == ST_OK &&
	    send(r->now->fd, bytes, question.len, MSG_NOSIGNAL) ==
	    (ssize_t)question.len;
}

static int
connect_to(const struct sockaddr_storage *server)
{
	socklen_t len = server->ss_family == AF_INET
	    ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
	int fd = socket(server->ss_family,
	    SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (const void *)server, len) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void
ask(struct resolve *r, struct resolve_try *t)
{
	struct resolver *s = r->resolver;

	t->owner = r;
	t->is_used = true;
	r->now = t;
	r->has[DNS_A] = r->has[DNS_AAAA] = r->is_refused = false;
	r->n = 0;
	random_bytes(r->id, sizeof(r->id));
	if (r->id[DNS_A] == r->id[DNS_AAAA])
		r->id[DNS_AAAA] ^= 1;
	t->fd = connect_to(&s->server[r->tries % s->n_servers]);
	if (t->fd >= 0 && uv_poll_init(s->loop, &t->poll, t->fd) != 0) {
		close(t->fd);
		t->fd = -1;
	}
	t->poll.data = t;
	if (t->fd < 0 || !send_question(r, DNS_A) ||
	    !send_question(r, DNS_AAAA) ||
	    uv_poll_start(&t->poll, UV_READABLE, on_readable) != 0) {
		go_on(r);
		return;
	}
	uv_timer_start(&t->timer, on_timeout, TRY_MS, 0);
}

/* --- whose turn it is ---------------------------------------------------------- */

static struct resolve_try *
free_try(struct resolver *s)
{
	for (size_t i = 0; i < TRIES_AT_ONCE; i++)
		if (!s->tries[i].is_used)
			return &s->tries[i];
	return NULL;
}

static void
take_out(struct resolve *r)
{
	struct resolve **at = &r->resolver->first;

	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
}

static struct resolve *
find_ended(const struct resolver *s)
{
	struct resolve *r = s->first;

	while (r != NULL && !r->is_ended)
		r = r->next;
	return r;
}

/* From the loop, so that nobody is called from inside his own call. */
static void
on_soon(uv_timer_t *timer)
{
	struct resolver *s = timer->data;
	struct resolve_try *t;
	struct resolve *r;

	for (r = s->first; r != NULL; r = r->next)
		if (!r->is_ended && r->now == NULL &&
		    (t = free_try(s)) != NULL)
			ask(r, t);
	while ((r = find_ended(s)) != NULL) {
		take_out(r);
		r->on_end(r->owner, r->outcome, r->address,
		    r->outcome == ST_OK ? r->n : 0);
	}
}

static void
schedule(struct resolver *s)
{
	uv_timer_start(&s->soon, on_soon, 0, 0);
}

/* --- name servers ---------------------------------------------------------------- */

/* What is longer is cut off: the rest is lines that nobody reads. */
static void
read_servers(struct resolver *s)
{
	uint8_t text[SERVERS_FILE_MAX];
	ssize_t n = s->servers_fd < 0 ? 0
	    : pread(s->servers_fd, text, sizeof(text), 0);

	s->n_servers = n <= 0 ? 0 : hosts_servers((struct span){ text,
	    (size_t)n }, s->server, RESOLVE_SERVERS_MAX);
	/* resolv.conf(5): the one of this machine, where none is named. */
	if (s->n_servers == 0 && hosts_literal(span_of("127.0.0.1"), 53,
	    &s->server[0]) == ST_OK)
		s->n_servers = 1;
}

/* --- for owners ------------------------------------------------------------------ */

/* RFC 6761 section 6.3. */
static bool
is_localhost(const char *host)
{
	static const char name[] = "localhost", below[] = ".localhost";
	size_t len = strlen(host), n = sizeof(below) - 1;

	return strcasecmp(host, name) == 0 ||
	    (len > n && strcasecmp(host + len - n, below) == 0);
}

/* Without asking anybody. */
static size_t
know(struct resolve *r)
{
	const struct resolver *s = r->resolver;
	struct span host = span_of(r->host);

	if (hosts_literal(host, r->port, &r->address[0]) == ST_OK)
		return 1;
	if (is_localhost(r->host))
		return hosts_literal(span_of("127.0.0.1"), r->port,
		    &r->address[0]) == ST_OK &&
		    hosts_literal(span_of("::1"), r->port, &r->address[1])
		    == ST_OK ? 2 : 0;
	return hosts_find((struct span){ s->hosts, s->hosts_len }, r->host,
	    r->port, r->address, RESOLVE_ADDRESSES_MAX);
}

static bool
is_askable(const char *host)
{
	uint8_t bytes[DNS_MESSAGE_MAX];
	struct buf question = buf_over(bytes, sizeof(bytes));

	return *host != 0 && dns_ask(host, DNS_A, 0, &question) == ST_OK;
}

/* See resolve.h. */
void
resolve_begin(struct resolve *r, struct resolver *resolver, const char *host,
    uint16_t port)
{
	size_t len = strlen(host);

	r->resolver = resolver;
	r->now = NULL;
	r->port = port;
	r->tries = 0;
	r->is_ended = false;
	r->n = 0;
	r->next = resolver->first;
	resolver->first = r;
	if (resolver->servers_fd >= 0)
		read_servers(resolver);
	if (len >= sizeof(r->host)) {
		end(r, ST_NOT_FOUND);
		return;
	}
	memcpy(r->host, host, len + 1);
	r->n = know(r);
	if (r->n > 0)
		end(r, ST_OK);
	else if (!is_askable(host))
		end(r, ST_NOT_FOUND);
	else
		schedule(resolver);
}

/* See resolve.h. */
void
resolve_abort(struct resolve *r)
{
	end_try(r);
	take_out(r);
}

/* --- before the sandbox ------------------------------------------------------ */

/* What is longer is cut off: the rest is lines that nobody reads. */
static size_t
read_text(const char *path, uint8_t *to)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		return 0;
	while (len < FILE_MAX && (n = read(fd, to + len, FILE_MAX - len)) > 0)
		len += (size_t)n;
	close(fd);
	return len;
}

static void
set_servers(struct resolver *s, const struct sockaddr_storage *servers,
    size_t n)
{
	s->n_servers = n < RESOLVE_SERVERS_MAX ? n : RESOLVE_SERVERS_MAX;
	s->servers_fd = -1;
	if (n > 0) {
		memcpy(s->server, servers, s->n_servers * sizeof(*servers));
		return;
	}
	s->servers_fd = open("/etc/resolv.conf", O_RDONLY | O_CLOEXEC);
	read_servers(s);
}

/* See resolve.h. */
struct resolver *
resolver_new(uv_loop_t *loop, const struct sockaddr_storage *servers, size_t n)
{
	struct resolver *s = calloc(1, sizeof(*s));

	if (s == NULL || (s->hosts = malloc(FILE_MAX)) == NULL)
		unexpected("no memory for a resolver", 0);
	s->loop = loop;
	uv_timer_init(loop, &s->soon);	/* these cannot fail */
	s->soon.data = s;
	for (size_t i = 0; i < TRIES_AT_ONCE; i++) {
		s->tries[i].resolver = s;
		uv_timer_init(loop, &s->tries[i].timer);
		s->tries[i].timer.data = &s->tries[i];
	}
	set_servers(s, servers, n);
	s->hosts_len = read_text("/etc/hosts", s->hosts);
	return s;
}
