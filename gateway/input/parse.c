#include "input/parse.h"

#include "config/senders.h"
#include "crypto/digest.h"
#include "input/hl7_report.h"
#include "wire/scan.h"

enum { CONTROL_ID_MAX = 1024 };	/* what an ACK under 4 kB can tell back */

static const char paris[] = "CET-1CEST,M3.5.0,M10.5.0/3";

struct parse {
	struct hl7_context c;
	struct span frame, message;
	struct hl7_fields msh;
	struct parsed *out;
};

/* --- MSH ----------------------------------------------------------------- */

static void
read_head(struct parse *p, struct hl7_ack_head *head)
{
	const struct hl7_fields *msh = &p->msh;

	*head = (struct hl7_ack_head){
		.field_separator = p->c.d.field,
		.encoding = hl7_field(msh, 2),
		.sending_application = hl7_field(msh, 3),
		.sending_facility = hl7_field(msh, 4),
		.receiving_application = hl7_field(msh, 5),
		.receiving_facility = hl7_field(msh, 6),
		.control_id = hl7_field(msh, 10),
		.processing_id = hl7_field(msh, 11),
		.version = hl7_field(msh, 12),
		.country = hl7_field(msh, 17),
		.charset = hl7_field(msh, 18),
	};
}

/* An original-mode refusal; set_reply() turns it into an enhanced one. */
static enum status
refuse(struct parse *p, enum hl7_ack_code code, unsigned error, unsigned field,
    const char *text)
{
	hl7_refuse(&p->c, (struct hl7_ack_reply){ code, error, "MSH", 1, field,
	    text });
	return ST_INVALID;
}

static bool
is_version(struct span s)
{
	return s.len == 0 || (s.len >= 3 && s.ptr[0] == '2' &&
	    s.ptr[1] == '.' && s.ptr[2] >= '1' && s.ptr[2] <= '9' &&
	    (s.len == 3 || s.ptr[3] == '.' || s.ptr[3] == ' '));
}

/* MSH-9: only ORU^R01; an event that is left out is R01. */
static enum status
check_type(struct parse *p)
{
	struct span field = hl7_field(&p->msh, 9);
	struct span type = hl7_code(&p->c, field);
	struct span event = hl7_component(hl7_first(field, &p->c.d), &p->c.d, 2);

	if (span_is(type, "ACK")) {
		p->out->ignored = true;
		p->out->answer = false;
		return ST_INVALID;
	}
	if (!span_is(type, "ORU"))
		return refuse(p, HL7_AR, 200, 9, "only ORU^R01 is taken");
	if (event.len > 0 && !span_is(event, "R01"))
		return refuse(p, HL7_AR, 201, 9, "only ORU^R01 is taken");
	return ST_OK;
}

static enum status
check_processing(struct parse *p)
{
	struct span id = hl7_code(&p->c, hl7_field(&p->msh, 11));

	if (id.len == 0 || span_is(id, "P"))
		return ST_OK;
	/* N and V came with 2.9: other words for a test. */
	if (!span_is(id, "T") && !span_is(id, "D") && !span_is(id, "N") &&
	    !span_is(id, "V"))
		return refuse(p, HL7_AR, 202, 11, "MSH-11 must be P, T or D");
	if (p->c.source->production)
		return refuse(p, HL7_AR, 202, 11,
		    "a test message on a source set to production");
	return ST_OK;
}

/* What the configuration says about the source; it beats MSH-18 because it
 * was written by somebody who looked. */
static enum charset
pinned_charset(struct parse *p)
{
	static const enum charset pinned[] = {
		[CHARSET_UTF8] = CHARSET_IS_UTF8,
		[CHARSET_LATIN1] = CHARSET_IS_WINDOWS1252,
		[CHARSET_LATIN9] = CHARSET_IS_LATIN9,
		[CHARSET_WINDOWS1252] = CHARSET_IS_WINDOWS1252,
		[CHARSET_CP850] = CHARSET_IS_CP850,
		[CHARSET_MACROMAN] = CHARSET_IS_MACROMAN,
	};
	enum charset set = pinned[p->c.source->charset];

	if (set != CHARSET_IS_UTF8 || charset_is_utf8(p->frame))
		return set;
	p->c.warnings |= WARN_CHARSET;
	return CHARSET_IS_WINDOWS1252;
}

/* A byte order mark, then the configuration, then MSH-18, then the bytes. */
static enum status
check_charset(struct parse *p)
{
	struct span declared = hl7_first(hl7_field(&p->msh, 18), &p->c.d);
	bool marked = charset_has_mark(p->frame) && charset_is_utf8(p->frame);
	enum status st;

	if (!marked && p->c.source->charset != CHARSET_AUTO) {
		p->c.charset = pinned_charset(p);
		return ST_OK;
	}
	st = charset_detect(p->frame, declared, &p->c.charset);
	if (st == ST_UNSUPPORTED)
		return refuse(p, HL7_AE, 103, 18, "this character set is not "
		    "known here: send UNICODE UTF-8 or 8859/1 or 8859/15");
	if (st == ST_CORRUPT)
		p->c.warnings |= WARN_CHARSET;
	return ST_OK;
}

/* A source speaks only for those it is configured for (R10). */
static enum status
check_sender(struct parse *p)
{
	struct span application = hl7_code(&p->c, hl7_field(&p->msh, 3));
	struct span facility = hl7_code(&p->c, hl7_field(&p->msh, 4));

	if (senders_have(span_of(p->c.source->senders), application, facility))
		return ST_OK;
	p->out->unlisted = true;
	return refuse(p, HL7_AR, 204, 3,
	    "this source may not speak for this MSH-3 and MSH-4");
}

static bool
has_control(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] < ' ')
			return true;
	return false;
}

static enum status
check_msh(struct parse *p)
{
	struct span version = hl7_code(&p->c, hl7_field(&p->msh, 12));
	struct span id = hl7_field(&p->msh, 10);

	if (id.len == 0)
		return refuse(p, HL7_AR, 101, 10, "MSH-10 is empty");
	if (has_control(id) || id.len > CONTROL_ID_MAX) {
		p->out->head.control_id.len = 0;
		return refuse(p, HL7_AR, id.len > CONTROL_ID_MAX ? 104 : 102,
		    10, "MSH-10 cannot be told back");
	}
	TRY(check_type(p));
	TRY(check_sender(p));
	if (!is_version(version))
		return refuse(p, HL7_AR, 203, 12, "HL7 2.1 to 2.9 is taken");
	p->c.patient_observations = version.len >= 3 && version.ptr[2] >= '7';
	TRY(check_processing(p));
	return check_charset(p);
}

/* --- acknowledgement (lis.md 1.2) ---------------------------------------- */

/* HL70155: does `condition` ask for an answer? */
static bool
asks(struct span condition, bool success)
{
	if (span_is(condition, "NE"))
		return false;
	if (span_is(condition, "ER"))
		return !success;
	return !span_is(condition, "SU") || success;
}

/* One answer, never two: most clients would take the second one for the
 * answer to their next message. */
static void
set_reply(struct parse *p, bool success)
{
	static const enum hl7_ack_code accept[] = {
		[HL7_AA] = HL7_CA, [HL7_AE] = HL7_CE, [HL7_AR] = HL7_CR,
	};
	struct span commit = hl7_code(&p->c, hl7_field(&p->msh, 15));
	struct span application = hl7_code(&p->c, hl7_field(&p->msh, 16));
	enum ack_mode mode = p->c.source->ack_mode;
	bool by_commit, by_application;

	p->out->reply = p->c.refusal;
	if (success)
		p->out->reply = (struct hl7_ack_reply){ .code = HL7_AA };
	p->out->answer = true;
	if (mode == ACK_ORIGINAL || commit.len + application.len == 0)
		return;
	by_application = mode == ACK_AUTO && application.len > 0 &&
	    asks(application, success);
	by_commit = !by_application && asks(commit, success) &&
	    (mode == ACK_ENHANCED_ACCEPT_ONLY || commit.len > 0);
	p->out->answer = by_application || by_commit;
	if (by_commit)
		p->out->reply.code = accept[p->out->reply.code];
	/* Refused, and told not to say so: dropped without closing. */
	p->out->ignored = !p->out->answer && !success;
}

/* --- keys (lis.md 1.4) --------------------------------------------------- */

static void
make_key(struct parse *p)
{
	struct sha256 h;

	sha256_start(&h);
	sha256_add_field(&h, span_of(p->c.source->name));
	sha256_add_field(&h, p->out->head.sending_application);
	sha256_add_field(&h, p->out->head.sending_facility);
	sha256_add_field(&h, p->out->head.control_id);
	sha256_finish(&h, p->out->key);
}

/* The message with every run of CR and LF as one CR. */
static void
make_digest(struct parse *p)
{
	struct span rest = p->message;
	struct sha256 h;

	sha256_start(&h);
	while (rest.len > 0) {
		size_t len = scan_either(rest, '\r', '\n');

		if (len > 0) {
			sha256_add(&h, span_slice(rest, 0, len));
			sha256_add(&h, span_of("\r"));
		}
		rest = span_slice(rest, len + 1, rest.len);
	}
	sha256_finish(&h, p->out->digest);
}

/* --- content ------------------------------------------------------------- */

static size_t
count_patients(struct hl7_reader r)
{
	struct span s;
	size_t n = 0;

	while (hl7_next_segment(&r, &s) == ST_OK)
		n += hl7_segment_is(s, "PID");
	return n;
}

/* The time of the message where no OBR-22 said when the results changed. */
static void
set_version(struct parse *p, struct report *report)
{
	if (report->version_ms != 0)
		return;
	report->issued = hl7_when(&p->c, hl7_field(&p->msh, 7),
	    &report->version_ms);
	if (report->version_ms == 0)
		report->version_ms = p->c.now_ms;
}

static void
read_reports(struct parse *p, struct hl7_reader r)
{
	size_t n = count_patients(r);
	struct span segment;

	if (n == 0)
		hl7_refuse(&p->c, (struct hl7_ack_reply){ HL7_AE, 101, "PID", 1,
		    0, "no PID: whose result is it" });
	p->out->reports = hl7_alloc(&p->c, n, sizeof(*p->out->reports));
	while (p->c.failed == ST_OK && p->c.refusal.error == 0 &&
	    hl7_next_segment(&r, &segment) == ST_OK) {
		struct report *report = &p->out->reports[p->out->n_reports];

		if (hl7_segment_is(segment, "OBR") ||
		    hl7_segment_is(segment, "OBX"))
			hl7_refuse(&p->c, (struct hl7_ack_reply){ HL7_AE, 100,
			    "PID", 1, 0, "results before the first PID" });
		if (!hl7_segment_is(segment, "PID"))
			continue;
		hl7_report_read(&p->c, segment, &r, report);
		set_version(p, report);
		p->out->n_reports++;
	}
}

/* ST_OK, or why not: refused, ignored or out of memory. */
static enum status
read_message(struct parse *p)
{
	struct hl7_reader r;
	struct span msh;

	hl7_reader_init(&r, p->message);
	if (hl7_next_segment(&r, &msh) != ST_OK)
		return ST_INVALID;
	hl7_split(msh, &p->c.d, &p->msh);
	read_head(p, &p->out->head);
	if (p->c.d.component == 0) {
		p->out->head.encoding.len = 0;	/* the ACK takes its own */
		return refuse(p, HL7_AR, 102, 2,
		    "MSH-2 must be 3 to 5 different punctuation marks");
	}
	TRY(check_msh(p));
	make_key(p);
	make_digest(p);
	read_reports(p, r);
	p->out->warnings = p->c.warnings;
	if (p->c.failed != ST_OK) {
		p->c.refusal = (struct hl7_ack_reply){ HL7_AE, 104, NULL, 0, 0,
		    "the message needs more memory than one may have" };
		return ST_TOO_BIG;
	}
	return p->c.refusal.error == 0 ? ST_OK : ST_INVALID;
}

static void
set_zone(struct hl7_context *c)
{
	/* The configuration has checked it; a source without one is Paris. */
	if (zone_parse(span_of(c->source->timezone), &c->zone) != ST_OK &&
	    zone_parse(span_of(paris), &c->zone) != ST_OK)
		c->zone = (struct zone){ 0 };
}

/* See parse.h. */
enum status
parse_frame(struct span frame, const struct config_source *source,
    uint64_t now_ms, struct arena *arena, struct parsed *out)
{
	struct parse p = {
		.c = { .source = source, .arena = arena, .now_ms = now_ms },
		.frame = frame,
		.out = out,
	};
	struct span second;
	enum status st;

	*out = (struct parsed){ .answer = false };
	if (hl7_next_message(&frame, &p.message) != ST_OK ||
	    hl7_delimiters_read(p.message, &p.c.d) == ST_MALFORMED)
		return ST_INVALID;	/* nothing that could be answered */
	set_zone(&p.c);
	out->answer = true;
	st = read_message(&p);
	if (st == ST_OK && hl7_next_message(&frame, &second) == ST_OK)
		st = refuse(&p, HL7_AR, 198, 10,
		    "several messages in one frame without being split");
	if (st != ST_OK) {
		out->reports = NULL;
		out->n_reports = 0;
	}
	if (!out->ignored)
		set_reply(&p, st == ST_OK);
	return st;
}
