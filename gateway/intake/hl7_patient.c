/* PID, and the names of professionals: see hl7_report.h. */
#include "intake/hl7_report.h"

#include "wire/hl7_time.h"

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

/* The French national identity (INS, NIR) by its type or its OID; and other
 * social security numbers.  Used for nothing but telling patients apart. */
static bool
is_national(struct hl7_context *c, struct span cx)
{
	static const char *const types[] = { "INS", "INS-C", "NH", "SS", "NI" };
	static const char ins[] = "1.2.250.1.213.1.4.";
	struct span oid = hl7_subcomponent(hl7_component(cx, &c->d, 4), &c->d, 2);
	struct span type = hl7_component(cx, &c->d, 5);

	for (size_t i = 0; i < COUNT(types); i++)
		if (span_is(type, types[i]))
			return true;
	return span_is(span_slice(oid, 0, strlen(ins)), ins);
}

/* How good an identifier is for telling patients of one laboratory apart. */
static int
rank_of(struct hl7_context *c, struct span cx)
{
	struct span type = hl7_component(cx, &c->d, 5);
	struct span authority = hl7_component(cx, &c->d, 4);

	if (hl7_component(cx, &c->d, 1).len == 0)
		return 0;
	if (c->source->card_authority[0] != '\0' && span_is(hl7_subcomponent(
	    authority, &c->d, 1), c->source->card_authority))
		return 0;	/* the pickup card: another one each time */
	if (is_national(c, cx))
		return 1;
	if (span_is(type, "PI"))
		return 4;
	return span_is(type, "MR") || span_is(type, "PT") ? 3 : 2;
}

static struct span
best_identifier(struct hl7_context *c, struct span field)
{
	struct span cx, best = { 0 };
	int rank = 0;

	while (hl7_next_piece(&field, c->d.repetition, &cx)) {
		int its = rank_of(c, cx);

		if (its <= rank)
			continue;
		rank = its;
		best = hl7_component(cx, &c->d, 1);
	}
	return hl7_text(c, best);
}

static struct span
birth_date(struct hl7_context *c, struct span field)
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

static enum sex
sex_of(struct span code)
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
hl7_patient_read(struct hl7_context *c, const struct hl7_fields *pid,
    struct report *report)
{
	read_names(c, hl7_field(pid, 5), &report->patient);
	report->patient.birth_date = birth_date(c, hl7_field(pid, 7));
	report->patient.sex = sex_of(hl7_code(c, hl7_field(pid, 8)));
	report->patient_id = best_identifier(c, hl7_field(pid, 3));
	if (report->patient_id.len + report->patient.name.family.len == 0)
		hl7_refuse(c, (struct hl7_ack_reply){ HL7_AE, 101, "PID", 1, 3,
		    "the patient has neither an identifier nor a name" });
}
