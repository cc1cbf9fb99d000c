/*
 * hprim.h -- what the readers of HPRIM files share.
 *
 * HPRIM Santé has HL7's five delimiters under other names, and its fields
 * stand where those of ASTM and HL7 v2 stand: 10.6 of the standard is field 5
 * of the OBX.  So one struct hl7_context reads texts, codes, numbers and times
 * of both; `HPRIM(6)` is that field.
 */
#ifndef INPUT_HPRIM_H
#define INPUT_HPRIM_H

#include "input/hl7_card.h"
#include "input/hprim_texts.def"
#include "input/input.h"
#include "input/release.h"
#include "wire/hprim.h"

/* The standard counts the segment's name as the first field. */
#define HPRIM(n) ((n) - 1)

enum {
	HPRIM_REPORTS_MAX = 64, HPRIM_DOCUMENTS_MAX = 64,
	HPRIM_SEGMENTS_MAX = 100000,	/* addenda joined: what takes time */
	HPRIM_FIELD_MAX = 65536,	/* of 9.5, by the standard */
	HPRIM_ANSWER_MAX = 1024
};

enum hprim_text {
#define X(name, code, error, english, french) HPRIM_SAYS_##name,
	HPRIM_TEXTS(X)
#undef X
	HPRIM_TEXTS_COUNT
};

/* A file while it is read. */
struct hprim {
	struct hl7_context c;
	const struct input *in;
	struct parsed *out;
	struct span file;		/* UTF-16 as UTF-8; else as it came */
	struct hprim_file about;
	struct span segments;		/* unfolded */
	struct hl7_fields h;
	unsigned segment;		/* the one being read, from 1 */
	struct span used[INPUT_PIECES_MAX];	/* files named by FIC */
	size_t n_used;
};

/* What hprim_answer() says besides p->reply; of out->detail. */
struct hprim_detail {
	enum hprim_text text;		/* HPRIM_TEXTS_COUNT: not one of them */
	unsigned lines, segments;
	unsigned long counted;		/* 14.5; of HPRIM_SAYS_SEGMENTS */
};

/* --- text (hprim_text.c) ------------------------------------------------- */

/*
 * Sets h->file, the character set and the time zone: a byte order mark, then
 * the configuration, then the bytes (UTF-8 where they are, else
 * Windows-1252).  ST_OK or ST_TOO_BIG.
 */
MUST_CHECK enum status hprim_open(struct hprim *h);

/* Prose with its lines: both the repeater and the sub-field end one. */
struct span hprim_prose(struct hprim *h, struct span field);

/* 10.4, 9.5: code~label~table~code~label~table, with the tables that HPRIM
 * files name: LOINC and NABM; all others are the laboratory's own. */
struct coded hprim_coded(struct hprim *h, struct span repetition);

/* 10.8: "a-b", "-b", "a-", and what HL7 knows; numbers only where it is one
 * of them. */
void hprim_range(struct hprim *h, struct span text, struct span *low,
    struct span *high);

/* 10.6 by 10.3. */
struct value hprim_value(struct hprim *h, struct span type, struct span field);

/* --- statuses (hprim_status.c) ------------------------------------------- */

/*
 * 10.12 and 9.26 as HL70085 and HL70123 call the same thing, so that there is
 * one release matrix.  An empty 10.12 is F; U is F where the value is there.
 * Static storage; what no table has stays as it is, and is withheld.
 */
struct span hprim_result_status(struct span code, bool has_value);
struct span hprim_order_status(struct span code);

/* True where 10.12 says that there is nothing to show: D or X. */
bool hprim_is_void(struct span code);

/* --- segments (hprim_group.c) -------------------------------------------- */

/* The next segment of unfolded ones; false where nothing is left. */
bool hprim_next_segment(struct span *rest, struct span *segment);

/* True for a segment `name`; how many of them there are in `rest`. */
bool hprim_names(const struct hprim *h, struct span segment, const char *name);
size_t hprim_count(const struct hprim *h, struct span rest, const char *name);

/* An OBR and what belongs to it. */
struct hprim_block {
	struct span segments;
	unsigned first;		/* the OBR's number in the file */
	size_t request;		/* index in group->requests */
};

/* A P and what belongs to it, up to the next P or L. */
struct hprim_group {
	struct span segments;
	unsigned first;		/* the P's number in the file */
	struct span head;	/* the P and its comments */
	struct hl7_fields p;
	struct hprim_block *blocks;
	size_t n_blocks;
	/* What names a request (9.4.2, or what stands in for it), raw; each
	 * once.  n_requests is one more where there are too many. */
	struct span requests[HPRIM_REPORTS_MAX];
	size_t n_requests;
};

/* True while there are groups left in `rest`; `number` is the number of the
 * first segment of `rest`. */
bool hprim_next_group(struct hprim *h, struct span *rest, unsigned *number,
    struct hprim_group *group);

/* Reads what the group says about one request: hprim_report.c. */
void hprim_report_read(struct hprim *h, const struct hprim_group *group,
    size_t request, struct report *report);

/* --- documents (hprim_document.c) ---------------------------------------- */

enum hprim_document_kind {
	HPRIM_NO_DOCUMENT,
	HPRIM_PDF,		/* base64 in 10.6 */
	HPRIM_FIC,		/* a PDF beside the file, named in 10.6.2 */
	HPRIM_PICTURE,		/* TIF, and whatever else cannot be shown */
	HPRIM_BODY		/* CREDITABLE: the laboratory's own text */
};

struct hprim_document {
	enum hprim_document_kind kind;
	uint8_t exemplar;	/* 'P', 'M', 'L', 'A'; 0: it does not say */
};

struct hprim_document hprim_document_of(struct hprim *h,
    const struct hl7_fields *obx);

/* Adds it to the report, or refuses the file, or asks for the named one. */
void hprim_document_add(struct hprim *h, const struct hl7_fields *obx,
    enum hprim_document_kind kind, const struct coded *code,
    struct report *report);

/* True for the plain name of a file: no path, nothing hidden, no control
 * character, at most 255 bytes of UTF-8. */
bool hprim_is_file_name(struct span name);

/* --- the card (hprim_card.c) --------------------------------------------- */

/* As hl7_card_look(), with paths "9.21", "9.4.2" or "OBR-20". */
void hprim_card_look(struct hprim *h, const struct hl7_fields *segment,
    struct hl7_card *card);

/* In HPRIM Médecin: "line-9", "line-1"; both where no path names a line. */
void hprim_card_look_line(struct hl7_context *c, unsigned line,
    struct span text, struct hl7_card *card);

/* Gives the report its card; two different ones quarantine it.  After
 * release_decide(). */
void hprim_card_keep(struct hl7_context *c, const struct hl7_card *card,
    struct report *report);

/* --- answers (hprim_answer.c) -------------------------------------------- */

/* Remembers the first reason to refuse; `field` is the standard's second
 * number ("10.6": 6), 0 for none, `line` of the file, 0 for none. */
void hprim_refuse(struct hprim *h, enum hprim_text text, const char *segment,
    unsigned field, unsigned line);

/* The same, at the segment being read. */
void hprim_refuse_here(struct hprim *h, enum hprim_text text,
    const char *segment, unsigned field);

/* Refuses the file, at `field` of H or at `line`, where the source's `senders`
 * do not have this code and name. */
void hprim_check_sender(struct hprim *h, struct span code, struct span name,
    unsigned field, unsigned line);

/* The last step of both parsers: reply, head, detail. */
MUST_CHECK enum status hprim_finish(struct hprim *h, enum status st);

/* input_kind.answer of both. */
MUST_CHECK enum status hprim_answer(const struct parsed *p, uint64_t now_ms,
    struct span id, struct buf *out);

extern const struct input_kind input_hprim_sante, input_hprim_medecin;

#endif
