/* messages.h -- typed IPC messages, generated from messages.def. */
#ifndef IPC_MESSAGES_H
#define IPC_MESSAGES_H

#include "base/span.h"
#include "base/status.h"
#include "ipc/messages.def"
#include "ipc/outbox.h"
#include "ipc/release.h"

#define ROLE_MAP(X)                                                     \
	X(SUPERVISOR, "guichetd")                                       \
	X(INTAKE,     "intake")                                         \
	X(VAULT,      "vault")                                          \
	X(PICKUP,     "pickup")                                         \
	X(DESK,       "desk")                                           \
	X(SPOOL,      "spool")                                          \
	X(COURIER,    "courier")                                        \
	X(UPDATER,    "updater")                                        \
	X(SERVICE,    "service")                                        \
	X(CTL,        "guichet")

enum role_id {
#define X(name, text) ROLE_##name,
	ROLE_MAP(X)
#undef X
	ROLE_COUNT,
	ROLE_ANY = ROLE_COUNT	/* only in messages.def */
};

/* "intake"; static storage, never NULL. */
const char *role_name(enum role_id role);

enum message_id {
#define MESSAGE(id, NAME, name, FROM, TO) MSG_##NAME = (id),
	IPC_MESSAGES(MESSAGE)
#undef MESSAGE
};

/* In a decoded message every span borrows from the bytes that were decoded. */
#define U64(field)        uint64_t field;
#define FIXED(field, n)   struct span field;
#define BYTES(field, max) struct span field;
#define MESSAGE(id, NAME, name, FROM, TO)                               \
	struct msg_##name { NAME##_FIELDS(U64, FIXED, BYTES) };
IPC_MESSAGES(MESSAGE)
#undef MESSAGE
#undef BYTES
#undef FIXED
#undef U64

/* Any one message; `id` says which. */
struct message {
	enum message_id id;
	union {
#define MESSAGE(id, NAME, name, FROM, TO) struct msg_##name name;
		IPC_MESSAGES(MESSAGE)
#undef MESSAGE
	};
};

/* Longest body that messages.def allows, over all messages. */
size_t message_max_bytes(void);

/* Longest body that `from` may send to `to`; 0: nothing is routed. */
size_t message_route_max_bytes(enum role_id from, enum role_id to);

/* Only sealed bytes and their length: need not be wiped once it was sent. */
bool message_is_ciphertext(uint64_t id);

/*
 * Appends the body of `m` to `out`.
 *
 *   ST_OK
 *   ST_TOO_BIG   a field is over its limit, or a FIXED one has another length
 *   ST_NOT_FOUND no such message
 *   ST_NO_SPACE  `out` is full; its length is as before
 */
MUST_CHECK enum status message_encode(const struct message *m, struct buf *out);

/*
 * Reads a body of message `id`.
 *
 *   ST_OK        spans borrow from `body`
 *   ST_NOT_FOUND no such message
 *   ST_MALFORMED too short, or bytes are left over
 *   ST_TOO_BIG   a field is over its limit
 */
MUST_CHECK enum status
message_decode(struct message *m, uint64_t id, struct span body);

/* ST_OK if messages.def lets `from` send `id` to `to`, else ST_DENIED. */
MUST_CHECK enum status
message_route(uint64_t id, enum role_id from, enum role_id to);

/* "CARD_OPEN", or "?"; static storage. */
const char *message_name(uint64_t id);

#endif
