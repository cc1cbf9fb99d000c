/*
 * hl7_context.h -- what the readers of one message share, and the fields of
 * that message as UTF-8 text in the delivery's arena.
 *
 * A reader that runs out of arena remembers it in `failed` and goes on with
 * empty spans; parse_frame() asks once, at the end.
 */
#ifndef INPUT_HL7_CONTEXT_H
#define INPUT_HL7_CONTEXT_H

#include "base/arena.h"
#include "config/config.h"
#include "fhir/report.h"
#include "wire/charset.h"
#include "wire/hl7.h"
#include "wire/hl7_ack.h"
#include "base/zone.h"

struct hl7_context {
	struct hl7_delimiters d;
	enum charset charset;
	struct zone zone;
	const struct config_source *source;
	struct arena *arena;
	uint64_t now_ms;
	unsigned warnings;		/* enum report_warning */
	enum status failed;		/* ST_OK, or ST_TOO_BIG */
	struct hl7_ack_reply refusal;	/* error 0: none */
	unsigned n_obr, n_obx;		/* seen so far, for ERR-2 */
	bool patient_observations;	/* 2.7 and later: OBX under PID */
};

/* `count` zeroed things of `size` bytes; NULL where count is 0 or the arena
 * is full. */
void *hl7_alloc(struct hl7_context *c, size_t count, size_t size);

/* Remembers the first reason to refuse the message. */
void hl7_refuse(struct hl7_context *c, struct hl7_ack_reply reply);

/* Unescaped UTF-8 without blanks around it; `""` is empty. */
struct span hl7_text(struct hl7_context *c, struct span raw);

/* The same for prose: repetitions become lines, blanks in front stay. */
struct span hl7_prose(struct hl7_context *c, struct span field);

/* Component n of the first repetition, as text. */
struct span hl7_text_at(struct hl7_context *c, struct span field, size_t n);

/* The raw bytes of a code: component 1 of the first repetition, trimmed. */
struct span hl7_code(struct hl7_context *c, struct span field);

/*
 * A TS as FHIR dateTime; empty where it is absent, and with a warning where
 * it is none, or an hour that comes twice or never.  `ms` gets its epoch
 * milliseconds, NULL where not wanted.
 */
struct fhir_time hl7_when(struct hl7_context *c, struct span raw, uint64_t *ms);

/* A JSON number; empty where it is none. */
struct span hl7_number(struct hl7_context *c, struct span raw);

/* A CE, CWE or CNE, cut at `separator`. */
struct coded hl7_coded(struct hl7_context *c, struct span raw,
    uint8_t separator);

/* HL70396 and OIDs as the URI that FHIR uses; empty for local tables. */
struct span hl7_code_system(struct hl7_context *c, struct span name);

/* True where nothing was said: no code and no text. */
bool hl7_is_uncoded(const struct coded *coded);

#endif
