/*
 * pump.h -- between the service port and one local socket: bytes to frames
 * (wire/line.h) and back.  Both ends of the port use it: guichet-service, and
 * the guichet command.
 *
 * Never waits: its owner polls both descriptors, non-blocking, for what
 * pump_port_events() and pump_local_events() say, and calls pump_move() when
 * one is ready or PUMP_TICK_MS have passed.
 * Never: looks at what it carries.
 */
#ifndef IPC_PUMP_H
#define IPC_PUMP_H

#include "wire/line.h"

enum {
	PUMP_READ = 1, PUMP_WRITE = 2,
	PUMP_TICK_MS = 50	/* while a session is open */
};

struct pump {
	struct line line;
	int  port;		/* the owner's */
	bool port_has_ended;	/* nobody at its other end, for now */
	int  local;		/* the session's; -1: none */
	/* ---- */
	uint32_t session;	/* that `local` belongs to */
	struct slip_reader slip;
	uint8_t  out[2 * SLIP_WIRE_MAX];
	size_t   out_at, out_len;
};

/* Nothing is carried before a session is open. */
void pump_init(struct pump *p, int port);

/* `local`, connected, becomes the open session's and the pump's: it is closed
 * with the session. */
void pump_attach(struct pump *p, int local);

/* Moves what can be moved now.  Afterwards line.state may be LINE_ASKED: the
 * owner answers with pump_attach() and line_accept(), or line_end(). */
void pump_move(struct pump *p, uint64_t now_ms);

/* PUMP_READ and PUMP_WRITE; 0: leave it alone. */
unsigned pump_port_events(const struct pump *p);
unsigned pump_local_events(const struct pump *p);

/* Somebody may be at the other end of the port again: try. */
void pump_try_port(struct pump *p);

#endif
