#include "ipc/pump.h"

#include <errno.h>
#include <unistd.h>

enum { READ_BYTES = 4096, READS_MAX = 16 };

/* See pump.h. */
void
pump_init(struct pump *p, int port)
{
	*p = (struct pump){ .port = port, .local = -1 };
	line_init(&p->line);
	slip_init(&p->slip);
}

static void
detach(struct pump *p)
{
	if (p->local >= 0)
		close(p->local);
	p->local = -1;
}

/* See pump.h. */
void
pump_attach(struct pump *p, int local)
{
	detach(p);
	p->local = local;
	p->session = p->line.session;
}

/* True: try again later, not now. */
static bool
is_not_now(ssize_t n)
{
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* --- the port -------------------------------------------------------------- */

static void
take_frames(struct pump *p, struct span bytes, uint64_t now)
{
	while (slip_push(&p->slip, &bytes) == ST_OK)
		line_receive(&p->line, slip_frame(&p->slip), now);
}

/* A virtio port whose other end is closed reads as ended, a pty's as an
 * error, and both may come back. */
static void
read_port(struct pump *p, uint64_t now)
{
	uint8_t bytes[READ_BYTES];

	for (int i = 0; i < READS_MAX && !p->port_has_ended; i++) {
		ssize_t n = read(p->port, bytes, sizeof(bytes));

		if (n > 0)
			take_frames(p, (struct span){ bytes, (size_t)n }, now);
		else if (is_not_now(n))
			return;
		else
			p->port_has_ended = true;
	}
}

/* See pump.h. */
void
pump_try_port(struct pump *p)
{
	p->port_has_ended = false;
}

static void
fill_out(struct pump *p, uint64_t now)
{
	struct buf out = { p->out, p->out_len, sizeof(p->out) };

	while (line_next(&p->line, now, &out) == ST_OK)
		continue;
	p->out_len = out.len;
}

/* False: the port takes no more now. */
static bool
write_port(struct pump *p)
{
	while (p->out_at < p->out_len) {
		ssize_t n = write(p->port, p->out + p->out_at,
		    p->out_len - p->out_at);

		if (n <= 0)
			return false;
		p->out_at += (size_t)n;
	}
	p->out_at = p->out_len = 0;
	return true;
}

static void
say_all(struct pump *p, uint64_t now)
{
	do {
		if (!write_port(p))
			return;
		fill_out(p, now);
	} while (p->out_len > 0);
}

/* --- the local socket ------------------------------------------------------ */

static void
read_local(struct pump *p)
{
	uint8_t bytes[READ_BYTES];
	size_t room;

	while (p->local >= 0 && (room = line_room(&p->line)) > 0) {
		ssize_t n = read(p->local, bytes, room < sizeof(bytes) ? room
		    : sizeof(bytes));

		if (is_not_now(n))
			return;
		if (n > 0) {
			(void)line_put(&p->line, (struct span){ bytes,
			    (size_t)n });
			continue;
		}
		line_end(&p->line, n == 0 ? LINE_END : LINE_LOST);
		detach(p);
	}
}

/* Without a reader it is taken all the same: what comes behind it counts. */
static void
write_local(struct pump *p)
{
	struct span s;

	while ((s = line_bytes(&p->line)).len > 0) {
		ssize_t n = (ssize_t)s.len;

		if (p->local >= 0)
			n = write(p->local, s.ptr, s.len);
		if (is_not_now(n))
			return;
		if (n <= 0) {
			line_end(&p->line, LINE_LOST);
			detach(p);
			return;
		}
		line_take(&p->line, (size_t)n);
	}
}

/* See pump.h. */
void
pump_move(struct pump *p, uint64_t now_ms)
{
	read_port(p, now_ms);
	line_tick(&p->line, now_ms);
	if (p->local >= 0 && p->session != p->line.session)
		detach(p);	/* somebody else's, who opened anew */
	if (p->line.state != LINE_ASKED) {
		write_local(p);
		read_local(p);
	}
	if (line_is_drained(&p->line)) {
		detach(p);
		line_end(&p->line, LINE_END);
	}
	say_all(p, now_ms);
}

/* --- what to wait for ------------------------------------------------------ */

/* See pump.h. */
unsigned
pump_port_events(const struct pump *p)
{
	if (p->port_has_ended)
		return 0;
	return PUMP_READ | (p->out_at < p->out_len ? PUMP_WRITE : 0);
}

/* See pump.h. */
unsigned
pump_local_events(const struct pump *p)
{
	unsigned events = 0;

	if (p->local < 0)
		return 0;
	if (line_room(&p->line) > 0)
		events |= PUMP_READ;
	if (line_bytes(&p->line).len > 0)
		events |= PUMP_WRITE;
	return events;
}
