/*
 * facts.h -- what the vault is told about a report, to decide what becomes of
 * it: hashes, numbers and our own words, never what the report says.
 */
#ifndef INTAKE_FACTS_H
#define INTAKE_FACTS_H

#include "config/config.h"
#include "intake/identity.h"
#include "ipc/messages.h"

struct facts {
	struct identity identity;
	/* Keyed hashes of lines: identity_lines(). */
	uint8_t lines[IDENTITY_LINE_BYTES * IDENTITY_LINES_MAX];
	uint8_t confirmed[IDENTITY_LINE_BYTES * IDENTITY_LINES_MAX];
	uint8_t removed[IDENTITY_LINE_BYTES * IDENTITY_LINES_MAX];
	size_t  lines_len, confirmed_len, removed_len;	/* bytes */
	bool    is_snapshot;
};

/* What the configuration says: the laboratory's name and the language where
 * the report has none, and its hold lists.  Lines that are taken back lose
 * what is left of them. */
void facts_complete(struct report *r, const struct config *config,
    const struct config_source *source);

void facts_of(const struct report *r, const struct config_source *source,
    const uint8_t sender[static 32], const struct secret_32 *key,
    struct facts *out);

/* Fills all but delivery or request and the report's number; borrows from
 * both. */
void facts_open(const struct report *r, const struct facts *facts,
    struct msg_report_open *m);
void facts_probe(const struct report *r, const struct facts *facts,
    struct msg_report_probe *m);

#endif
