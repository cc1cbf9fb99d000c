/*
 * hl7_batch.h -- the segments around the messages of an HL7 batch or file
 * (FHS, BHS, BTS, FTS; HL7 v2.5.1 section 2.10.3): do they hold as many
 * messages as they say, and the one answer to all of it where a source is
 * set to that.
 *
 * Cutting the messages out is hl7_next_message()'s; a wrong count refuses
 * nothing, each message is still taken or refused by itself.
 */
#ifndef WIRE_HL7_BATCH_H
#define WIRE_HL7_BATCH_H

#include "wire/hl7_ack.h"

enum { HL7_BATCH_TEXT = 1024 };	/* of the fields that an answer mirrors */

/* No pointer into the frame: it outlives the messages.  Not to be copied. */
struct hl7_batch {
	unsigned messages, batches;
	bool has_wrong_count;	/* BTS-1, FTS-1, or a trailer is missing */
	unsigned answers, refused;	/* hl7_batch_add() */
	unsigned first_refused;	/* number of the message, from 1; 0: none */
	unsigned error;		/* HL70357, of that message */
	struct hl7_ack_head head;	/* spans into `text` */
	size_t  text_len;
	uint8_t text[HL7_BATCH_TEXT];
};

/*
 * Goes through a frame, in time linear in its length; one that is no batch
 * is only looked at up to its first MSH.
 * ST_OK, or ST_NOT_FOUND: no FHS or BHS before the first message.
 */
MUST_CHECK enum status hl7_batch_read(struct span frame, struct hl7_batch *b);

/* Notes the ACK of one message; empty: that one wants none. */
void hl7_batch_add(struct hl7_batch *b, struct span ack);

/*
 * Appends the ACK of the whole: MSA-2 is BHS-11, else FHS-11, else the first
 * MSH-10; AA where nothing was refused, otherwise AE with the error and the
 * number of the first message that was.
 * ST_OK or ST_NO_SPACE, as hl7_ack_write().
 */
MUST_CHECK enum status
hl7_batch_answer(const struct hl7_batch *b, struct span own_id,
    struct span time, struct buf *out);

#endif
