/*
 * packet.h -- one message as one datagram, between the supervisor and a role:
 * the frame of inbox.h, with at most one descriptor beside it.
 */
#ifndef IPC_PACKET_H
#define IPC_PACKET_H

#include "ipc/messages.h"

/* Holds any datagram but START, with its frame's head. */
enum { PACKET_BYTES = 1024 };

/* Holds a START. */
enum { PACKET_START_BYTES = 130 * 1024 };

/*
 * Sends `m`, and `with` beside it unless it is -1.
 *
 *   ST_OK
 *   ST_BUSY    the receiver does not read
 *   ST_IO      the receiver is gone, or there is no memory
 *   ST_TOO_BIG a field is over its limit
 */
MUST_CHECK enum status packet_send(int fd, const struct message *m, int with);

/*
 * Receives one message from `from` for `self` into `storage`, from which it
 * borrows.  `*with` is the descriptor beside it, or -1; the caller owns it.
 *
 *   ST_OK
 *   ST_MORE   nothing is there
 *   ST_IO     the sender is gone
 *   ST_DENIED, ST_MALFORMED, ST_TOO_BIG, ST_NOT_FOUND
 *             not a message that messages.def lets it send
 */
struct packet_route {
	enum role_id from, self;
};
MUST_CHECK enum status packet_receive(int fd, struct packet_route route,
    struct buf *storage, struct message *m, int *with);

#endif
