/* presentedForm: the PDFs; see fhir_report.h. */
#include "input/fhir_report.h"

#include "base/base64.h"
#include "crypto/digest.h"
#include "wire/ed.h"
#include "wire/pdf.h"

enum { SHA1_TEXT = 28 };	/* base64 of 20 bytes */

/* "application/pdf", whatever parameters follow. */
static bool
says_pdf(struct span type)
{
	static const char pdf[] = "application/pdf";

	return span_is(span_slice(type, 0, strlen(pdf)), pdf);
}

/* Attachment.hash is the SHA-1 of the data, in base64. */
static void
check_hash(struct fhir_build *b, const struct tree_node *attachment,
    struct span bytes)
{
	struct span said = tree_text_of(attachment, "hash");
	uint8_t hash[20], text[SHA1_TEXT];
	struct buf out = buf_over(text, sizeof(text));

	if (said.len == 0)
		return;
	sha1(bytes, hash);
	if (base64_encode((struct span){ hash, sizeof(hash) }, &out) != ST_OK ||
	    !span_equal(said, buf_span(&out)))
		fhir_break(b->c, "the document does not have its hash",
		    b->diagnostic, ".presentedForm.hash");
}

static void
keep(struct fhir_build *b, const struct tree_node *attachment,
    struct span bytes)
{
	struct report *report = b->report;
	struct document *d;

	if (report->n_documents == FHIR_DOCUMENTS_MAX) {
		fhir_refuse(b->c, 413, "too-long",
		    "more documents than one report can have", b->diagnostic,
		    ".presentedForm");
		return;
	}
	check_hash(b, attachment, bytes);
	d = &report->documents[report->n_documents++];
	d->bytes = bytes;
	d->title = fhir_text_of(b->c, attachment, "title");
	/* Lists of what is held name examinations. */
	d->code = fhir_concept_of(b->c, tree_member(b->diagnostic->node,
	    "code"));
	d->suspicious = pdf_is_suspicious(bytes);
	if (d->suspicious)
		b->c->warnings |= WARN_SUSPICIOUS_PDF;
	report->exams |= EXAMS_DOCUMENT;
}

static void
decode(struct fhir_build *b, const struct tree_node *attachment,
    struct span data)
{
	struct buf out = buf_over(NULL, ed_most(data.len));

	out.ptr = fhir_alloc(b->c, out.max, 1);
	if (out.ptr == NULL)
		return;
	if (ed_base64(data, 0, &out) != ST_OK || !pdf_is(buf_span(&out))) {
		b->c->warnings |= WARN_BASE64;
		fhir_break(b->c, "the document is not a PDF in base64",
		    b->diagnostic, ".presentedForm");
		return;
	}
	keep(b, attachment, buf_span(&out));
}

static void
leave_out(struct fhir_build *b, const char *text)
{
	b->c->warnings |= WARN_ATTACHMENT;
	fhir_remark(b->c, b->diagnostic, text);
}

/* The data, or the Binary of this Bundle that the url names.  No other url
 * is ever opened. */
static void
read_attachment(struct fhir_build *b, const struct tree_node *attachment)
{
	struct span data = tree_text_of(attachment, "data");
	struct span type = tree_text_of(attachment, "contentType");
	struct fhir_resource *binary = NULL;

	if (data.len == 0)
		binary = fhir_follow_url(b->c, b->diagnostic,
		    tree_text_of(attachment, "url"), FHIR_MAY_BE_ELSEWHERE);
	if (binary != NULL && span_is(binary->type, "Binary")) {
		binary->is_read = true;
		data = tree_text_of(binary->node, "data");
		if (type.len == 0)
			type = tree_text_of(binary->node, "contentType");
	}
	if (data.len == 0)
		leave_out(b, "a document without data was left out: no URL is "
		    "ever opened");
	else if (!says_pdf(type) && !ed_looks_like_pdf(data, 0))
		leave_out(b, "a document that is no PDF was left out");
	else
		decode(b, attachment, data);
}

/* See fhir_report.h. */
void
fhir_documents_read(struct fhir_build *b)
{
	const struct tree_node *forms = tree_member(b->diagnostic->node,
	    "presentedForm");
	const struct tree_node *form = tree_first(forms);
	struct release_line line = { .has_result = true,
	    .result_status = b->order_status, .order_status = b->order_status };
	struct coded code;

	if (b->is_void || form == NULL)
		return;
	b->report->documents = fhir_alloc(b->c, forms->n < FHIR_DOCUMENTS_MAX ?
	    forms->n : FHIR_DOCUMENTS_MAX, sizeof(struct document));
	for (; form != NULL && fhir_goes_on(b->c); form = form->next)
		read_attachment(b, form);
	code = fhir_concept_of(b->c, tree_member(b->diagnostic->node, "code"));
	line.genetic = release_is_genetic(b->report->panels[0].section, &code);
	if (b->report->n_documents > 0)
		release_add(&b->sum, &line);
}
