/* limits.h -- how much and how long guichet-pickup bears (architecture.md). */
#ifndef PICKUP_LIMITS_H
#define PICKUP_LIMITS_H

enum {
	/* Bytes of a request's body: a share's wish is 200. */
	PICKUP_BODY_MAX = 16 * 1024,
	/* One piece of a sealed object, as OBJECT_DATA brings it. */
	PICKUP_CHUNK_BYTES = 128 * 1024,
	/* Objects being sent at once; each holds one piece. */
	PICKUP_STREAMS_MAX = 256,
	/* Bundles in one card's answer; a card lives 12 months. */
	PICKUP_BUNDLES_MAX = 512,
	/* The card's answer has one of few sizes. */
	PICKUP_PADDING_BYTES = 4096,
	/* Refusals of the card API leave at multiples of this. */
	PICKUP_QUANTUM_MS = 250,
	/* Slow senders: the head, the body, the pause between requests. */
	PICKUP_HEAD_MS = 10 * 1000,
	PICKUP_BODY_MS = 20 * 1000,
	PICKUP_IDLE_MS = 60 * 1000,
	/* Slow readers.  One write (a whole page, or one piece of an
	 * object), and all writes from a first request until no further one
	 * is there: that many milliseconds, and a second more for each
	 * PICKUP_RATE_MIN bytes.  A client that asks a thousand times and
	 * reads nothing is gone after 30 s, one that drips after minutes;
	 * mobile data at its worst brings 10 kB a second. */
	PICKUP_WRITE_MS = 30 * 1000,
	PICKUP_REPLY_MS = 30 * 1000,
	PICKUP_RATE_MIN = 8 * 1024,
	/* After our last byte: how long we wait for the client's. */
	PICKUP_LINGER_MS = 2 * 1000,
	/* The vault answers in microseconds, or is being restarted. */
	PICKUP_VAULT_MS = 10 * 1000,
	PICKUP_RETRY_S = 5,
	/* A held request (watch.h).  Proxies cut what is silent for 30 s or
	 * more.  A ticket waits so long for its next request. */
	PICKUP_WATCH_MS = 25 * 1000,
	PICKUP_WATCH_KEPT_MS = 60 * 1000,
	PICKUP_WATCH_RETRY_S = 30,
	/* Tickets of 100 bytes; pages that are open with one slip. */
	PICKUP_WATCHES_MAX = 1024,
	PICKUP_WATCHES_PER_CARD = 8,
	/* How long a TLS session can be resumed. */
	PICKUP_RESUME_MS = 60 * 60 * 1000,
	PICKUP_RESUME_MAX = 4096,
	/* What a Retry-After may ask for. */
	PICKUP_RETRY_MAX_S = 24 * 60 * 60
};

#endif
