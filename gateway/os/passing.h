/*
 * passing.h -- one datagram with at most one descriptor beside it, between
 * the supervisor and a role (SOCK_SEQPACKET).
 *
 * Never: blocks on a descriptor that is non-blocking; lets a descriptor
 * through that was not asked for (it is closed).
 */
#ifndef OS_PASSING_H
#define OS_PASSING_H

#include "base/span.h"

/* A connected SOCK_SEQPACKET pair, both ends close-on-exec; ST_OK or ST_IO. */
MUST_CHECK enum status passing_pair(int fd[2]);

/*
 * Sends `bytes`, and `fd` with it unless it is -1 (the caller keeps its own).
 *
 *   ST_OK
 *   ST_BUSY  the receiver does not read
 *   ST_IO    the receiver is gone
 */
MUST_CHECK enum status passing_send(int to, struct span bytes, int fd);

/*
 * Appends one datagram to `in`; `*fd` is the descriptor beside it, or -1.
 * The caller owns it; it is close-on-exec.
 *
 *   ST_OK
 *   ST_MORE     nothing is there
 *   ST_IO       the sender is gone
 *   ST_TOO_BIG  the datagram or what is beside it does not fit
 */
MUST_CHECK enum status passing_receive(int from, struct buf *in, int *fd);

#endif
