/* PID, and the names of professionals: see hl7_report.h. */
#include "input/hl7_report.h"

#include "wire/hl7_time.h"
#include "wire/ins.h"

/* --- names --------------------------------------------------------------- */

/* XPN: family (FN) ^ given ^ further given ^ suffix ^ prefix ^ ... ^ type.7 */
static struct person_name
name_of(struct hl7_context *c, struct span xpn)
{
	struct span family = hl7_component(xpn, &c->d, 1);

	return (struct person_name){
		.family = hl7_text(c, hl7_subcomponent(family, &c->d, 1)),
		.given = hl7_text(c, hl7_component(xpn, &c->d, 2)),
		.prefix = hl7_text(c, hl7_component(xpn, &c->d, 5)),
	};
}

/* PID-5: the name at birth is type L in France, the one in use type D. */
static void
read_names(struct hl7_context *c, struct span field, struct patient *patient)
{
	struct span xpn, type;
	bool legal = false;

	while (hl7_next_piece(&field, c->d.repetition, &xpn)) {
		struct person_name name = name_of(c, xpn);

		if (name.family.len + name.given.len == 0)
			continue;
		type = hl7_component(xpn, &c->d, 7);
		if (span_is(type, "D")) {
			patient->used_name = name;
		} else if (patient->name.family.len == 0 ||
		    (!legal && span_is(type, "L"))) {
			legal = span_is(type, "L");
			patient->name = name;
		}
	}
	if (patient->name.family.len + patient->name.given.len == 0) {
		patient->name = patient->used_name;
		patient->used_name = (struct person_name){ 0 };
	}
}

/* The pieces of `s` at `separator`: identifier, family, given, ..., prefix. */
static struct person_name
listed_name(struct hl7_context *c, struct span s, uint8_t separator)
{
	return (struct person_name){
		.family = hl7_text(c, hl7_piece(hl7_piece(s, separator, 2),
		    c->d.subcomponent, 1)),
		.given = hl7_text(c, hl7_piece(s, separator, 3)),
		.prefix = hl7_text(c, hl7_piece(s, separator, 6)),
	};
}

/* See hl7_report.h. */
struct person_name
hl7_professional(struct hl7_context *c, struct span field)
{
	struct span first = hl7_first(field, &c->d);
	struct span person = hl7_component(first, &c->d, 1);

	/* NDL keeps a whole CNN in its first component, XCN is the person. */
	if (hl7_subcomponent(person, &c->d, 2).len > 0)
		return listed_name(c, person, c->d.subcomponent);
	return listed_name(c, first, c->d.component);
}

/* --- identity ------------------------------------------------------------ */

/* One repetition of PID-3 (CX). */
struct identifier {
	struct span value;
	struct span name, oid;	/* of who gave it: HD.1, HD.2 */
	struct span type;	/* HL70203 */
};

static struct identifier
identifier_of(struct hl7_context *c, struct span cx)
{
	struct span authority = hl7_component(cx, &c->d, 4);

	return (struct identifier){
		.value = hl7_text(c, hl7_component(cx, &c->d, 1)),
		.name = hl7_subcomponent(authority, &c->d, 1),
		.oid = hl7_subcomponent(authority, &c->d, 2),
		.type = hl7_component(cx, &c->d, 5),
	};
}

/* HL70445: only a validated identity has an INS. */
static bool
is_validated(struct hl7_context *c, struct span pid_32)
{
	struct span one;

	while (hl7_next_piece(&pid_32, c->d.repetition, &one))
		if (span_is(hl7_component(one, &c->d, 1), "VALI"))
			return true;
	return false;
}

/* Test identities on a box for patients, and patients' on a test box: one of
 * the two systems is not what it is thought to be. */
static void
check_environment(struct hl7_context *c, enum ins_kind kind)
{
	if (kind == INS_TEST && c->source->production)
		hl7_refuse(c, (struct hl7_ack_reply){ HL7_AE, 103, "PID", 1, 3,
		    "a test or demonstration INS on a source set to "
		    "production" });
	if (kind == INS_PRODUCTION && !c->source->production)
		hl7_refuse(c, (struct hl7_ack_reply){ HL7_AE, 103, "PID", 1, 3,
		    "a real INS on a source set to test" });
}

/* The INS by its OID, or by words that LIS put there instead. */
static enum ins_kind
kind_of(const struct identifier *id)
{
	static const char name[] = "ASIP-SANTE-INS";
	enum ins_kind kind = ins_kind_of(id->oid);

	if (kind == INS_NONE && (span_is(id->type, "INS") ||
	    span_is(id->type, "INS-C") ||
	    span_is(span_slice(id->name, 0, strlen(name)), name)))
		return INS_OBSOLETE;
	return kind;
}

/* Place in the source's list, 1 for the last; 0: not in it. */
static int
place_of(struct hl7_context *c, struct span type)
{
	struct span list = span_of(c->source->patient_identifiers), one;
	int place = 0, found = 0;

	while (hl7_next_piece(&list, ',', &one)) {
		while (one.len > 0 && one.ptr[0] == ' ')
			one = span_slice(one, 1, one.len);
		while (one.len > 0 && one.ptr[one.len - 1] == ' ')
			one.len--;
		place++;
		if (found == 0 && type.len > 0 && span_equal(one, type))
			found = place;
	}
	return found == 0 ? 0 : place - found + 1;
}

enum { RANK_NONE, RANK_INSURANCE, RANK_INS, RANK_OTHER };

/* How good an identifier is for telling patients of one source apart. */
static int
rank_of(struct hl7_context *c, const struct identifier *id, bool validated)
{
	static const char *const insurance[] = { "NH", "SS", "NI" };
	enum ins_kind kind = kind_of(id);
	bool usable = kind == INS_PRODUCTION || kind == INS_TEST;
	int place = place_of(c, usable ? span_of("INS") : id->type);

	if (id->value.len == 0)
		return RANK_NONE;
	if (c->source->card_authority[0] != '\0' &&
	    span_is(id->name, c->source->card_authority))
		return RANK_NONE;	/* the pickup card: another one each time */
	check_environment(c, kind);
	if (kind != INS_NONE && !(usable && validated &&
	    ins_is_valid(id->value))) {
		c->warnings |= WARN_INS;
		return RANK_NONE;
	}
	if (place > 0)
		return RANK_OTHER + place;
	for (size_t i = 0; i < COUNT(insurance); i++)
		if (span_is(id->type, insurance[i]))
			return RANK_INSURANCE;
	return usable ? RANK_INS : RANK_OTHER;
}

/* "INS:" and its OID, or type and authority. */
static struct span
kind_text(struct hl7_context *c, const struct identifier *id)
{
	bool is_ins = kind_of(id) != INS_NONE;
	struct span who = id->oid.len > 0 ? id->oid : id->name;
	size_t max = strlen(PATIENT_ID_INS) + id->type.len + 1 + who.len;
	struct buf out = buf_over(hl7_alloc(c, max, 1), max);

	if (out.ptr == NULL ||
	    (is_ins && buf_append_text(&out, PATIENT_ID_INS) != ST_OK) ||
	    (!is_ins && buf_append_span(&out, id->type) != ST_OK) ||
	    (!is_ins && buf_append_text(&out, "^") != ST_OK) ||
	    buf_append_span(&out, who) != ST_OK)
		return (struct span){ 0 };
	return buf_span(&out);
}

static void
read_identifiers(struct hl7_context *c, const struct hl7_fields *pid,
    struct report *report)
{
	bool validated = is_validated(c, hl7_field(pid, 32));
	struct span field = hl7_field(pid, 3), cx;
	struct identifier best = { .value = { 0 } };
	int rank = RANK_NONE;

	while (hl7_next_piece(&field, c->d.repetition, &cx)) {
		struct identifier id = identifier_of(c, cx);
		int its = rank_of(c, &id, validated);

		if (its <= rank)
			continue;
		rank = its;
		best = id;
	}
	report->patient_id = best.value;
	if (rank > RANK_NONE)
		report->patient_id_kind = kind_text(c, &best);
}

/* See hl7_report.h. */
struct span
hl7_birth_date(struct hl7_context *c, struct span field)
{
	struct hl7_time time;
	struct buf out;
	enum status st = hl7_time_read(hl7_code(c, field), &time);

	if (st != ST_OK) {
		if (st == ST_MALFORMED)
			c->warnings |= WARN_TIME;
		return (struct span){ 0 };
	}
	out = buf_over(hl7_alloc(c, HL7_TIME_TEXT_MAX, 1), HL7_TIME_TEXT_MAX);
	if (out.ptr == NULL || hl7_time_write_date(&time, &out) != ST_OK)
		return (struct span){ 0 };
	return buf_span(&out);
}

/* See hl7_report.h. */
enum sex
hl7_sex(struct span code)
{
	if (span_is(code, "F"))
		return SEX_FEMALE;
	if (span_is(code, "M"))
		return SEX_MALE;
	return span_is(code, "O") || span_is(code, "A") ? SEX_OTHER
	    : SEX_UNKNOWN;
}

/* See hl7_report.h. */
void
hl7_patient_read(struct hl7_context *c, struct hl7_build *b,
    const struct hl7_fields *pid)
{
	struct report *report = b->report;

	b->identifiers = hl7_field(pid, 3);
	read_names(c, hl7_field(pid, 5), &report->patient);
	report->patient.birth_date = hl7_birth_date(c, hl7_field(pid, 7));
	report->patient.sex = hl7_sex(hl7_code(c, hl7_field(pid, 8)));
	read_identifiers(c, pid, report);
	if (report->patient_id.len + report->patient.name.family.len == 0)
		hl7_refuse(c, (struct hl7_ack_reply){ HL7_AE, 101, "PID", 1, 3,
		    "the patient has neither an identifier nor a name" });
}
