/*
 * identity.h -- what the vault is told about a report instead of its names:
 * four keyed hashes (HMAC-SHA-256).  Pure.
 */
#ifndef INTAKE_IDENTITY_H
#define INTAKE_IDENTITY_H

#include "base/secret.h"
#include "fhir/report.h"
#include "wire/hl7_ack.h"

struct identity {
	/* Source, MSH-3, MSH-4, filler order and its authority: versions of
	 * one report share it (lis.md 2.6 rule 1).  Without the patient: a
	 * report that comes back under another name must be recognised as
	 * the same one (rule 7).  A report without a filler order has only
	 * its content to be known by. */
	uint8_t report[32];
	/* Birth name, first name and birth date, folded (fold.h), and beside
	 * them the best identifier: ipc/patient.h (rule 7 compares it). */
	uint8_t patient[32];
	/* Birth name and birth date alone, folded: what the desk can read off
	 * the request, before there is a result. */
	uint8_t traits[32];
	/* All that the patient would see, and nothing of when it was sent
	 * (rule 10). */
	uint8_t content[32];
};

/* Who sent it: the source's name, MSH-3 and MSH-4. */
void identity_sender(const struct hl7_ack_head *head, struct span source,
    uint8_t out[static 32]);

/* As identity_of() makes them of a report. */
void identity_traits(struct span birth_name, struct span birth_date,
    const struct secret_32 *key, uint8_t out[static 32]);

void identity_of(const struct report *r, const uint8_t sender[static 32],
    const struct secret_32 *key, struct identity *out);

/* Which lines of a report. */
enum identity_which {
	IDENTITY_BROUGHT,	/* all but those that only confirm */
	IDENTITY_CONFIRMED,	/* OBX-11 U: release_confirms(); and beside
				   preliminary lines those that are final */
	IDENTITY_REMOVED	/* taken back: release_removes() */
};

/*
 * What was measured, not the results: for each line 8 bytes of a keyed hash
 * of OBR-4, OBX-3 and OBX-4, ascending, each once (lis.md 2.6 rule 4).
 * Returns their bytes; 0 where there are none, or more than fit.
 */
enum { IDENTITY_LINE_BYTES = 8, IDENTITY_LINES_MAX = 1024 };
size_t identity_lines(const struct report *r, enum identity_which which,
    const struct secret_32 *key,
    uint8_t out[static IDENTITY_LINE_BYTES * IDENTITY_LINES_MAX]);

#endif
