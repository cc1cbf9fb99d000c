/*
 * The documents of an HPRIM Santé report (2.4): PDF in 10.6, files named
 * there, and whose copy each is; see hprim.h.
 */
#include "input/hprim.h"

#include "wire/ed.h"
#include "wire/pdf.h"

enum { NAME_MAX_BYTES = 255, TEXT_PDF_LEAST = 256 };

/* --- what is it ---------------------------------------------------------- */

static uint8_t
upper(uint8_t c)
{
	return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

static bool
same_name(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (upper(a.ptr[i]) != upper(b.ptr[i]))
			return false;
	return true;
}

static bool
ends_with(struct span s, const char *text)
{
	size_t len = strlen(text);

	return s.len >= len &&
	    same_name(span_slice(s, s.len - len, len), span_of(text));
}

/* CR[M|L|P|A][FIC](PDF|TIF): the letter, 0 for codes of another form. */
static uint8_t
exemplar_of(struct span code)
{
	struct span rest;

	if (code.len < 6 || memcmp(code.ptr, "CR", 2) != 0 ||
	    memchr("MLPA", code.ptr[2], 4) == NULL)
		return 0;
	rest = span_slice(code, 3, code.len);
	if (rest.len > 3 && memcmp(rest.ptr, "FIC", 3) == 0)
		rest = span_slice(rest, 3, rest.len);
	return span_is(rest, "PDF") || span_is(rest, "TIF") ? code.ptr[2] : 0;
}

/* A file beside this one: a PDF, or something that cannot be shown. */
static enum hprim_document_kind
file_kind(struct hprim *h, struct span field, struct span code)
{
	struct span format = hl7_text_at(&h->c, field, 3);
	struct span name = hl7_text_at(&h->c, field, 2);

	if (format.len > 0)
		return same_name(format, span_of("PDF")) ? HPRIM_FIC
		    : HPRIM_PICTURE;
	return ends_with(code, "PDF") || ends_with(name, ".PDF") ? HPRIM_FIC
	    : HPRIM_PICTURE;
}

static enum hprim_document_kind
kind_of(struct hprim *h, struct span type, struct span code, struct span field)
{
	bool text = span_is(type, "TX") || span_is(type, "ST") ||
	    span_is(type, "FT");

	if (span_is(type, "FIC") || (exemplar_of(code) != 0 && code.len > 6))
		return file_kind(h, field, code);
	if (span_is(type, "TIF") || ends_with(code, "TIF"))
		return exemplar_of(code) != 0 || !text ? HPRIM_PICTURE
		    : HPRIM_NO_DOCUMENT;
	if (span_is(type, "PDF") || exemplar_of(code) != 0)
		return HPRIM_PDF;
	if (span_is(code, "CREDITABLE"))
		return HPRIM_BODY;
	/* Some put the PDF's base64 into a text. */
	return text && field.len > TEXT_PDF_LEAST &&
	    ed_looks_like_pdf(field, h->c.d.escape) ? HPRIM_PDF
	    : HPRIM_NO_DOCUMENT;
}

/* See hprim.h. */
struct hprim_document
hprim_document_of(struct hprim *h, const struct hl7_fields *obx)
{
	struct span code = hl7_code(&h->c, hl7_field(obx, HPRIM(4)));
	struct hprim_document d = {
		.kind = kind_of(h, hl7_code(&h->c, hl7_field(obx, HPRIM(3))),
		    code, hl7_field(obx, HPRIM(6))),
		.exemplar = exemplar_of(code),
	};

	if (d.kind == HPRIM_BODY)
		d.exemplar = 'L';	/* the laboratory's own copy */
	return d;
}

/* --- files beside this one ----------------------------------------------- */

/* See hprim.h. */
bool
hprim_is_file_name(struct span name)
{
	if (name.len == 0 || name.len > NAME_MAX_BYTES || name.ptr[0] == '.' ||
	    name.ptr[0] == ' ' || !charset_is_utf8(name))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] < ' ' || name.ptr[i] == 0x7f ||
		    strchr("/\\:", name.ptr[i]) != NULL)
			return false;
	for (size_t i = 0; i + 1 < name.len; i++)
		if (name.ptr[i] == '.' && name.ptr[i + 1] == '.')
			return false;
	return true;
}

/* By its name; a LIS on Windows cares little for capitals. */
static const struct input_piece *
find_piece(const struct input *in, struct span name)
{
	for (size_t i = 0; i < in->n_pieces; i++)
		if (span_equal(in->pieces[i].name, name))
			return &in->pieces[i];
	for (size_t i = 0; i < in->n_pieces; i++)
		if (same_name(in->pieces[i].name, name))
			return &in->pieces[i];
	return NULL;
}

/* Its bytes, in the arena; empty where it has to be asked for first. */
static struct span
named_file(struct hprim *h, struct span field)
{
	struct span name = hl7_text_at(&h->c, field, 2), bytes;
	const struct input_piece *piece;

	if (!hprim_is_file_name(name)) {
		hprim_refuse_here(h, HPRIM_SAYS_FILE_NAME, "OBX", 6);
		return (struct span){ 0 };
	}
	piece = find_piece(h->in, name);
	if (piece == NULL) {
		if (h->out->wants.len == 0)
			h->out->wants = name;
		return (struct span){ 0 };
	}
	bytes = arena_copy(h->c.arena, piece->bytes);
	if (bytes.ptr == NULL && piece->bytes.len > 0)
		h->c.failed = ST_TOO_BIG;
	else if (h->n_used < COUNT(h->used))
		h->used[h->n_used++] = bytes;
	if (bytes.len == 0 && h->c.failed == ST_OK)
		hprim_refuse_here(h, HPRIM_SAYS_NOT_PDF, "OBX", 6);
	return bytes;
}

/* --- keeping ------------------------------------------------------------- */

static struct span
decoded(struct hprim *h, struct span field)
{
	size_t max = ed_most(field.len);
	struct buf out = buf_over(hl7_alloc(&h->c, max, 1), max);

	if (out.ptr == NULL && h->c.failed != ST_OK)
		return (struct span){ 0 };
	if (field.len == 0 || ed_base64(field, h->c.d.escape, &out) != ST_OK)
		out.len = 0;
	if (out.len == 0)
		h->c.warnings |= WARN_BASE64;
	return buf_span(&out);
}

static void
keep(struct hprim *h, struct report *report, struct document document)
{
	if (report->documents == NULL)
		report->documents = hl7_alloc(&h->c, HPRIM_DOCUMENTS_MAX,
		    sizeof(*report->documents));
	if (report->documents == NULL)
		return;
	if (report->n_documents == HPRIM_DOCUMENTS_MAX) {
		hprim_refuse_here(h, HPRIM_SAYS_DOCUMENTS, "OBX", 0);
		return;
	}
	report->documents[report->n_documents++] = document;
	report->exams |= EXAMS_DOCUMENT;
	if (document.suspicious)
		h->c.warnings |= WARN_SUSPICIOUS_PDF;
}

/* See hprim.h. */
void
hprim_document_add(struct hprim *h, const struct hl7_fields *obx,
    enum hprim_document_kind kind, const struct coded *code,
    struct report *report)
{
	struct span field = hl7_field(obx, HPRIM(6));
	struct span bytes = kind == HPRIM_FIC ? named_file(h, field)
	    : decoded(h, field);

	if (h->c.failed != ST_OK || h->out->wants.len > 0)
		return;
	if (!pdf_is(bytes)) {
		hprim_refuse_here(h, HPRIM_SAYS_NOT_PDF, "OBX", 6);
		return;
	}
	keep(h, report, (struct document){ .bytes = bytes,
	    .title = code->display, .code = *code,
	    .suspicious = pdf_is_suspicious(bytes) });
}
