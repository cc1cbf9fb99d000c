#include "input/cda_report.h"

#include "crypto/random.h"
#include "input/hl7_report.h"
#include "wire/ed.h"
#include "wire/ins.h"
#include "wire/pdf.h"

/* --- the attachment -------------------------------------------------------- */

/* ED: source ^ type ^ subtype ^ encoding ^ data; some leave the source out. */
struct attachment {
	struct span label[3];
	struct span data;
};

static struct attachment
attachment_of(const struct hl7_context *c, struct span field)
{
	struct attachment a = { .data = { 0 } };
	struct span part[5] = { { 0 } };

	for (size_t i = 0; i < COUNT(part); i++)
		if (!hl7_next_piece(&field, c->d.component, &part[i]))
			break;
	for (size_t i = 0; i < COUNT(a.label); i++)
		a.label[i] = part[i];
	a.data = part[4].len > 0 ? part[4] : part[3];
	while (a.data.len > 0 && a.data.ptr[0] <= ' ')
		a.data = span_slice(a.data, 1, a.data.len);
	return a;
}

/* "<?xml", "<Clin", and the first with a byte order mark, in base64. */
static bool
starts_like_xml(struct span data)
{
	static const char *const starts[] = { "PD94bW", "PENsaW", "77u/PD" };

	for (size_t i = 0; i < COUNT(starts); i++)
		if (span_is(span_slice(data, 0, strlen(starts[i])), starts[i]))
			return true;
	return false;
}

/* See cda_report.h. */
bool
cda_is_document(const struct hl7_context *c, struct span type,
    struct span field)
{
	struct attachment a;
	bool labelled = false;

	if (!span_is(type, "ED"))
		return false;
	a = attachment_of(c, field);
	for (size_t i = 0; i < COUNT(a.label); i++)
		labelled |= cda_is_type(a.label[i], "xml") ||
		    cda_is_type(a.label[i], "text/xml") ||
		    cda_is_type(a.label[i], "application/xml");
	return (labelled && !ed_looks_like_pdf(a.data, c->d.escape)) ||
	    starts_like_xml(a.data);
}

/* --- refusing -------------------------------------------------------------- */

static void
refuse(struct hl7_context *c, unsigned error, const char *text)
{
	hl7_refuse(c, (struct hl7_ack_reply){ HL7_AE, error, "OBX", c->n_obx, 5,
	    text });
}

static void
quarantine(struct hl7_build *b, const char *reason)
{
	if (b->quarantine == NULL)
		b->quarantine = reason;
}

/* --- ORC-1 ----------------------------------------------------------------- */

/* See cda_report.h. */
void
cda_check_order(struct hl7_context *c, struct release_line *line)
{
	static const struct {
		const char *control, *result;
	} pairs[] = { { "NW", "F" }, { "RO", "C" }, { "CA", "D" } };
	struct span control = line->order_control;
	bool agrees = control.len == 0 || c->source->legacy_orders;

	for (size_t i = 0; i < COUNT(pairs); i++)
		agrees |= span_is(control, pairs[i].control) &&
		    span_is(line->result_status, pairs[i].result);
	if (!agrees)
		hl7_refuse(c, (struct hl7_ack_reply){ HL7_AE, 103, "ORC", 1, 1,
		    "ORC-1 contradicts OBX-11 of the document: NW with F, RO "
		    "with C, CA with D (order_control = legacy ignores ORC-1)" });
	line->order_control.len = 0;
}

/* --- whose it is ------------------------------------------------------------ */

/* One CX of PID-3. */
struct cx {
	struct span value, oid;
};

static bool
is_same_kind(struct span a, struct span b)
{
	return span_equal(a, b) ||
	    (ins_kind_of(a) != INS_NONE && ins_kind_of(b) != INS_NONE);
}

enum match { MATCH_NONE, MATCH_SAME, MATCH_OTHER };

/* An identifier without an OID can agree, but not contradict.  Two INS are
 * compared whatever their OIDs: a test one is another person. */

static enum match
match_of(struct cx cx, struct cda_id id)
{
	bool same = cx.value.len > 0 && span_equal(cx.value, id.extension);

	if (cx.oid.len == 0)
		return same ? MATCH_SAME : MATCH_NONE;
	if (!is_same_kind(cx.oid, id.root))
		return MATCH_NONE;
	return same && span_equal(cx.oid, id.root) ? MATCH_SAME : MATCH_OTHER;
}

/* How one id of the document stands to all of PID-3. */
static enum match
match_in(struct hl7_context *c, struct span identifiers, struct cda_id id)
{
	enum match match = MATCH_NONE;
	struct span repetition, authority;

	while (hl7_next_piece(&identifiers, c->d.repetition, &repetition)) {
		enum match its;

		authority = hl7_component(repetition, &c->d, 4);
		its = match_of((struct cx){
		    hl7_text(c, hl7_component(repetition, &c->d, 1)),
		    hl7_text(c, hl7_subcomponent(authority, &c->d, 2)) }, id);
		if (its == MATCH_SAME)
			return its;
		if (its != MATCH_NONE)
			match = its;
	}
	return match;
}

/* All that both name agree, and there is something that both name. */
static bool
is_same_patient(struct hl7_context *c, struct span identifiers,
    const struct cda *cda)
{
	bool any = false;

	for (size_t i = 0; i < cda->n_patient_ids; i++) {
		enum match match = match_in(c, identifiers,
		    cda->patient_ids[i]);

		if (match == MATCH_OTHER)
			return false;
		any |= match == MATCH_SAME;
	}
	return any;
}

/* --- which it is ------------------------------------------------------------ */

static void
take_key(struct report *report, struct cda_id id)
{
	if (id.root.len == 0)
		return;		/* OBR-3 and ORC-3 then */
	report->report_id = id.extension.len > 0 ? id.extension : id.root;
	report->report_authority = id.root;
}

/* The key is the setId; without one, what the new version replaces. */
static void
take_version(struct hl7_context *c, struct hl7_build *b, const struct cda *cda)
{
	struct cda_id key = cda->set_id;

	if (key.root.len == 0)
		key = cda->parent_set_id;
	if (key.root.len == 0)
		key = cda->parent_id;
	if (b->cda.n++ == 0) {
		b->cda.set_id = key;
		b->cda.version_number = cda->version_number;
		take_key(b->report, key);
		b->report->version_number = cda->version_number;
		b->report->is_whole = true;
	} else if (!cda_same_id(b->cda.set_id, key) ||
	    b->cda.version_number != cda->version_number) {
		refuse(c, 198, "CDA documents of different setId or "
		    "versionNumber in one report: send one message for each");
	}
}

static bool
is_language(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t letter = s.ptr[i] | 0x20;

		if (s.ptr[i] != '-' && (letter < 'a' || letter > 'z') &&
		    (s.ptr[i] < '0' || s.ptr[i] > '9'))
			return false;
	}
	return s.len >= 2 && s.len < sizeof(((struct config_source *)0)->language);
}

/* What the segments did not say. */
static void
fill_in(struct hl7_context *c, struct report *report, const struct cda *cda)
{
	struct patient *p = &report->patient;

	if (report->organization.len == 0)
		report->organization = cda->organization;
	if (report->language.len == 0 && is_language(cda->language))
		report->language = cda->language;
	if (p->name.family.len + p->name.given.len == 0) {
		p->name = (struct person_name){ cda->birth_name.family,
		    cda->birth_name.given, cda->birth_name.prefix };
		p->used_name.family = cda->used_name.family;
		p->used_name.given = cda->used_name.given;
	}
	if (p->birth_date.len == 0)
		p->birth_date = hl7_birth_date(c, cda->birth_time);
	if (p->sex == SEX_UNKNOWN)
		p->sex = hl7_sex(cda->sex);
}

/* --- what is in it ---------------------------------------------------------- */

static void
add_pdf(struct hl7_context *c, struct hl7_build *b, struct span base64,
    const struct coded *code)
{
	struct buf out = buf_over(hl7_alloc(c, ed_most(base64.len), 1),
	    ed_most(base64.len));

	if (out.ptr == NULL)
		return;
	if (ed_base64(base64, 0, &out) != ST_OK || !pdf_is(buf_span(&out))) {
		c->warnings |= WARN_BASE64;
		refuse(c, 102, "the PDF in the CDA document is none in base64");
		return;
	}
	hl7_document_keep(c, b->report, buf_span(&out), code);
}

static void
add_contents(struct hl7_context *c, struct hl7_build *b, const struct cda *cda,
    const struct coded *obx_3, const struct release_line *line)
{
	size_t before = b->cda.n_panels;
	struct coded code = *obx_3;

	if (cda->title.len > 0)
		code.display = cda->title;

	for (size_t i = 0; i < cda->n_pdfs; i++)
		add_pdf(c, b, cda->pdfs[i].base64, &code);
	if (cda->has_other_media)
		c->warnings |= WARN_ATTACHMENT;
	cda_results(c, b, cda, line);
	if (cda->n_pdfs == 0 && b->cda.n_panels == before)
		refuse(c, 101, "the CDA document has neither a PDF nor a "
		    "result that can be read");
}

/* --- the document ----------------------------------------------------------- */

static enum status
decode(struct hl7_context *c, struct span field, struct buf *out)
{
	struct attachment a = attachment_of(c, field);

	*out = buf_over(hl7_alloc(c, ed_most(a.data.len), 1),
	    ed_most(a.data.len));
	if (out->ptr == NULL)
		return a.data.len == 0 ? ST_MALFORMED : ST_TOO_BIG;
	return ed_base64(a.data, c->d.escape, out);
}

static enum status
read_tree(struct hl7_context *c, struct span xml, struct cda_tree *tree)
{
	uint8_t salt[CDA_SALT_BYTES];

	random_bytes(salt, sizeof(salt));
	TRY(cda_tree_start(tree, c->arena, xml.len, salt));
	TRY(cda_tree_feed(tree, xml));
	return cda_tree_end(tree);
}

/* The document's head, or why not. */
static enum status
read_document(struct hl7_context *c, struct span field, struct cda *cda,
    const char **why)
{
	struct cda_tree tree;
	struct buf xml;
	enum status st = decode(c, field, &xml);

	*why = "the attachment is labelled as XML but is none in base64";
	if (st == ST_OK) {
		st = read_tree(c, buf_span(&xml), &tree);
		*why = tree.why;
	}
	if (st == ST_OK) {
		st = cda_read(tree.root, cda);
		*why = st == ST_TOO_BIG ? "more PDFs or patient identifiers "
		    "than one CDA document can have"
		    : "the XML is no CDA document with a recordTarget";
	}
	return st;
}

static bool
is_withdrawn(const struct release_line *line)
{
	const char *reason;
	enum verdict verdict = release_judge(line, &reason);

	return verdict == VERDICT_VOID || verdict == VERDICT_WRONG;
}

/* See cda_report.h. */
void
cda_add(struct hl7_context *c, struct hl7_build *b, struct span field,
    const struct coded *code, const struct release_line *line)
{
	const char *why;
	struct cda cda;
	enum status st = read_document(c, field, &cda, &why);

	if (c->failed != ST_OK)
		return;		/* out of memory: its own answer */
	if (st != ST_OK) {
		refuse(c, st == ST_TOO_BIG ? 104 : 102, why);
		return;
	}
	if (!is_same_patient(c, b->identifiers, &cda))
		quarantine(b, "PID-3 is not the CDA recordTarget");
	take_version(c, b, &cda);
	if (is_withdrawn(line))
		return;
	fill_in(c, b->report, &cda);
	add_contents(c, b, &cda, code, line);
}

/* See cda_report.h. */
void
cda_finish(struct hl7_context *c, struct hl7_build *b)
{
	struct report *report = b->report;
	struct panel *all;

	if (b->cda.n_panels == 0)
		return;
	all = hl7_alloc(c, report->n_panels + b->cda.n_panels, sizeof(*all));
	if (all == NULL)
		return;
	if (report->n_panels > 0)
		memcpy(all, report->panels, report->n_panels * sizeof(*all));
	memcpy(all + report->n_panels, b->cda.panels,
	    b->cda.n_panels * sizeof(*all));
	report->panels = all;
	report->n_panels += b->cda.n_panels;
	b->panel = NULL;
}
