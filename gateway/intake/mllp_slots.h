/*
 * mllp_slots.h -- MLLP as a way in, for its three files:
 *
 *   mllp_entrance.c  listeners, connections, the start and the end
 *   mllp_session.c   between a session and the delivery of its message
 *   mllp_room.c      who must leave where others want in
 *
 * One slot per connection, each with a session and the delivery of the
 * message that it is waiting for.  All memory but frames and payloads is
 * taken at the start.
 */
#ifndef INTAKE_MLLP_SLOTS_H
#define INTAKE_MLLP_SLOTS_H

#include "intake/intake.h"
#include "intake/session.h"
#include "net/listener.h"
#include "net/tls_clients.h"

/* Plain and inside TLS: INTAKE_MLLP, INTAKE_MLLPS. */
enum { MLLP_DOORS = 2 };

struct mllp_slot {
	struct session  session;
	struct delivery delivery;
	/* Whose connection it is; NULL: its handshake is not over. */
	const struct config_source *source;
	uint8_t  peer[16];
	uint64_t since_ms;
	bool     is_used, is_leaving, is_tls;
	uint64_t skipped, partial;	/* of the session, counted so far */
};

struct mllp {
	struct intake *in;
	struct listener door[MLLP_DOORS];
	struct tls_server *tls;		/* NULL: not configured */
	struct budget receiving;
	struct session_limits limits;
	struct mllp_slot *slots;
	unsigned n_slots, n_used;
	uint64_t turned_away, told_away;	/* of peers that may not */
	uv_timer_t room;
};

extern struct mllp mllp;	/* mllp_entrance.c */

static inline struct mllp_slot *
mllp_slot_of(struct session *s)
{
	return (struct mllp_slot *)s;	/* its first member */
}

/* The session will be over soon, and counts for nobody any more. */
void mllp_leave(struct mllp_slot *slot);

extern const struct delivery_owner mllp_delivery_owner;	/* mllp_session.c */
/* What its framer counted goes into the totals. */
void mllp_count_framing(struct mllp_slot *slot);

/* --- mllp_room.c ---------------------------------------------------------- */

enum {
	/* Shorter silences are pauses between two messages. */
	MLLP_IDLE_LEAST_MS = 1000,
	MLLP_ROOM_EVERY_MS = 250,
	MLLP_HANDSHAKE_MS = 15000
};

/*
 * May one more of slot->source stay?  Where it has connections_max already,
 * the one that was silent longest leaves; false: none was.
 */
bool mllp_room_of_source(struct mllp_slot *slot);

/* One more of this address begins its handshake: where half of all slots are
 * in handshakes of it already, the first of them leaves.  Whoever has no
 * certificate may not keep out those who have. */
void mllp_limit_strangers(const struct mllp_slot *newcomer);

/* All slots are taken and somebody waits: the one that was silent longest
 * leaves, those first of whom nobody knows who they are.  Tried again until
 * there is room. */
void mllp_room_for_one(void);

/* Those whose handshake takes too long leave. */
void mllp_room_of_strangers(void);

#endif
