/* HPRIM Médecin as a kind of input: see hprim.h and wire/hprim_medecin.h. */
#include "wire/hprim_medecin.h"

#include <time.h>

#include "crypto/digest.h"
#include "input/hprim.h"
#include "wire/hl7_time.h"

enum {
	SENDER_CODE = 10,	/* columns of line 11 */
	RES_FIELDS = 14
};

/* RES|label|code|N or A|value|unit|min|max|flag|status|value2|unit2|... */
enum res_field {
	RES_NAME, RES_LABEL, RES_CODE, RES_TYPE, RES_VALUE, RES_UNIT, RES_MIN,
	RES_MAX, RES_FLAG, RES_STATUS, RES_VALUE_2, RES_UNIT_2, RES_MIN_2,
	RES_MAX_2
};

/* One record while it is read. */
struct letter {
	struct hprim *h;
	const struct hprim_medecin_record *record;
	struct report *report;
	struct panel *panel;
	struct release_sum sum;
};

static int
year_of(uint64_t ms)
{
	time_t s = (time_t)(ms / 1000);
	struct tm tm;

	gmtime_r(&s, &tm);
	return tm.tm_year + 1900;
}

/* --- the head ------------------------------------------------------------ */

/* "yyyymmdd" of a line; empty where it is no date. */
static struct span
date_of(struct hprim *h, struct span text, enum hprim_medecin_when when,
    char date[static 8])
{
	enum status st = hprim_medecin_date(text, when, year_of(h->c.now_ms),
	    date);

	if (st != ST_OK && st != ST_NOT_FOUND)
		h->c.warnings |= WARN_TIME;
	return (struct span){ (const uint8_t *)date, st == ST_OK ? 8 : 0 };
}

static struct span
birth_date(struct hprim *h, struct span text)
{
	char date[8];
	struct hl7_time time;
	struct buf out;

	if (hl7_time_read(date_of(h, text, HPRIM_MEDECIN_BORN, date), &time) !=
	    ST_OK)
		return (struct span){ 0 };
	out = buf_over(hl7_alloc(&h->c, HL7_TIME_TEXT_MAX, 1),
	    HL7_TIME_TEXT_MAX);
	if (out.ptr == NULL || hl7_time_write_date(&time, &out) != ST_OK)
		return (struct span){ 0 };
	return buf_span(&out);
}

static struct span
trimmed(struct span s)
{
	while (s.len > 0 && s.ptr[0] <= ' ')
		s = span_slice(s, 1, s.len);
	while (s.len > 0 && s.ptr[s.len - 1] <= ' ')
		s.len--;
	return s;
}

/* The first ten columns of line 11, or all that is there. */
static struct span
sender_code(const struct hprim_medecin_record *record)
{
	struct span code = trimmed(span_slice(record->sender_raw, 0,
	    SENDER_CODE));

	return code.len > 0 ? code : record->head[HPRIM_MEDECIN_SENDER];
}

static void
read_head(struct letter *l)
{
	const struct span *head = l->record->head;
	struct hl7_context *c = &l->h->c;
	struct report *r = l->report;
	char date[8];

	r->patient.name.family = hl7_text(c, head[HPRIM_MEDECIN_NAME]);
	r->patient.name.given = hl7_text(c, head[HPRIM_MEDECIN_FIRST_NAME]);
	r->patient.birth_date = birth_date(l->h, head[HPRIM_MEDECIN_BIRTH]);
	r->patient_id = hl7_text(c, head[HPRIM_MEDECIN_PATIENT]);
	r->patient_id_kind = span_of("line 1");
	r->report_id = hl7_text(c, head[HPRIM_MEDECIN_FILE]);
	r->report_authority = hl7_text(c, sender_code(l->record));
	r->order = r->report_id;
	r->issued = hl7_when(c, date_of(l->h, head[HPRIM_MEDECIN_DATE],
	    HPRIM_MEDECIN_LATELY, date), NULL);
	/* No version in it: the last one to come is the valid one. */
	r->version_ms = c->now_ms;
	r->is_whole = true;
	r->exams = EXAMS_OTHER;
	if (r->patient_id.len + r->patient.name.family.len == 0)
		hprim_refuse(l->h, HPRIM_SAYS_NO_NAME, NULL, 0,
		    l->record->line + HPRIM_MEDECIN_NAME);
}

static void
read_card(struct letter *l)
{
	const struct span *head = l->record->head;
	struct hl7_card card = { .found = false };

	hprim_card_look_line(&l->h->c, 1 + HPRIM_MEDECIN_FILE,
	    head[HPRIM_MEDECIN_FILE], &card);
	hprim_card_look_line(&l->h->c, 1 + HPRIM_MEDECIN_PATIENT,
	    head[HPRIM_MEDECIN_PATIENT], &card);
	hprim_card_keep(&l->h->c, &card, l->report);
}

/* --- lines of ****LAB**** ------------------------------------------------ */

static bool
is_line(struct span line, const char *name)
{
	size_t len = strlen(name);

	return line.len >= len && memcmp(line.ptr, name, len) == 0 &&
	    (line.len == len || line.ptr[len] == '|');
}

static struct span
without_lead(struct span s)
{
	while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = span_slice(s, 1, s.len);
	return s;
}

/* The text of the TEX lines, one line each; others that are no RES as well:
 * nothing that was written may get lost. */
static struct span
tex_of(struct letter *l)
{
	struct span rest = l->record->lab, line;
	struct buf out = buf_over(hl7_alloc(&l->h->c, rest.len + 1, 1),
	    rest.len + 1);

	while (out.ptr != NULL && hprim_medecin_take(&rest, &line)) {
		struct span start = without_lead(line);

		if (is_line(start, "RES"))
			continue;
		if (is_line(start, "TEX"))
			line = span_slice(start, 4, start.len);
		/* Cannot fail: never longer than what is read. */
		if (buf_append_span(&out, line) != ST_OK ||
		    buf_append_text(&out, "\n") != ST_OK)
			break;
	}
	return buf_span(&out);
}

/* Only what can be seen, to compare. */
static struct span
squeezed(struct letter *l, struct span s)
{
	uint8_t *copy = hl7_alloc(&l->h->c, s.len, 1);
	size_t n = 0;

	for (size_t i = 0; copy != NULL && i < s.len; i++)
		if (s.ptr[i] > ' ')
			copy[n++] = s.ptr[i];
	return (struct span){ copy, n };
}

/* Most write the letter twice: as free text and in TEX lines. */
static bool
says_all(struct letter *l, struct span text, struct span tex)
{
	struct span a = squeezed(l, text), b = squeezed(l, tex);

	return b.len == 0 ||
	    (a.len > 0 && memmem(a.ptr, a.len, b.ptr, b.len) != NULL);
}

/* --- observations -------------------------------------------------------- */

static void
add(struct letter *l, struct observation *o, struct span status)
{
	struct release_line line = {
		.has_result = true, .result_status = status,
		.flags = o->flags, .n_flags = o->n_flags,
		.genetic = release_is_genetic((struct span){ 0 }, &o->code),
	};
	enum verdict verdict;

	release_add(&l->sum, &line);
	verdict = release_judge(&line, &o->release_reason);
	o->release = release_of(verdict);
	o->holds = release_holds(&line);
	o->status = release_result_status(status);
	if (release_removes(o))
		o->value = (struct value){ .kind = VALUE_ABSENT };
	o->effective = l->report->issued;
	l->panel->observations[l->panel->n_observations++] = *o;
}

/* A blank 13th line, and others that only keep the head apart. */
static struct span
without_blank_lines(struct span text)
{
	struct span rest = text, line;

	while (hprim_medecin_take(&rest, &line) && trimmed(line).len == 0)
		text = rest;
	return text;
}

static void
add_text(struct letter *l, struct span text)
{
	struct observation o = {
		.code = { .code = span_of("11502-2"),
		    .system = span_of("http://loinc.org"),
		    .display = span_of("Compte rendu") },
		.value = { .kind = VALUE_TEXT,
		    .text = hl7_prose(&l->h->c,
		without_blank_lines(text)) },
	};

	if (o.value.text.len > 0)
		add(l, &o, span_of("F"));
}

/* min and max as the format has them: numbers, or nothing. */
static void
read_range(struct letter *l, const struct span *min_max, struct observation *o)
{
	struct span min = trimmed(min_max[0]), max = trimmed(min_max[1]);
	struct buf out = buf_over(hl7_alloc(&l->h->c, min.len + max.len + 3, 1),
	    min.len + max.len + 3);

	if (min.len + max.len == 0 || out.ptr == NULL)
		return;
	if (buf_append_span(&out, min) != ST_OK ||
	    buf_append_text(&out, " - ") != ST_OK ||
	    buf_append_span(&out, max) != ST_OK)
		return;
	o->range_text = hl7_text(&l->h->c, buf_span(&out));
	o->range_low = hl7_number(&l->h->c, min);
	o->range_high = hl7_number(&l->h->c, max);
}

static void
read_flag(struct letter *l, struct span flag, struct observation *o)
{
	struct span code = hl7_text(&l->h->c, flag);

	if (code.len == 0)
		return;
	o->flags = hl7_alloc(&l->h->c, 1, sizeof(*o->flags));
	if (o->flags == NULL)
		return;
	o->flags[0] = (struct coded){ .code = code };
	o->n_flags = 1;
}

/* One of the two values of a RES: `at` is RES_VALUE or RES_VALUE_2. */
static void
add_value(struct letter *l, const struct span *field, enum res_field at)
{
	struct hprim *h = l->h;
	struct span status = trimmed(field[RES_STATUS]);
	struct observation o = {
		.code = { .code = hl7_text(&h->c, field[RES_CODE]),
		    .display = hl7_text(&h->c, field[RES_LABEL]) },
		.sub_id = span_of(at == RES_VALUE_2 ? "2" : ""),
		.value = hprim_value(h, span_is(trimmed(field[RES_TYPE]), "N")
		    ? span_of("NM") : span_of("ST"), field[at]),
		.unit = hl7_text(&h->c, field[at + 1]),
	};

	read_range(l, &field[at + 2], &o);
	read_flag(l, field[RES_FLAG], &o);
	/* Left out by those who send only what is final. */
	add(l, &o, status.len == 0 ? span_of("F") : status);
}

static void
add_result(struct letter *l, struct span line)
{
	struct span field[RES_FIELDS] = { { 0 } };

	for (size_t i = 0; i < COUNT(field); i++)
		if (!hl7_next_piece(&line, '|', &field[i]))
			break;
	if (trimmed(field[RES_LABEL]).len + trimmed(field[RES_VALUE]).len == 0)
		return;		/* a line that only spaces the others */
	add_value(l, field, RES_VALUE);
	if (trimmed(field[RES_VALUE_2]).len > 0)
		add_value(l, field, RES_VALUE_2);
}

static size_t
count_results(struct span lab)
{
	struct span line;
	size_t n = 0;

	while (hprim_medecin_take(&lab, &line))
		n += is_line(without_lead(line), "RES");
	return n;
}

static bool
make_panel(struct letter *l)
{
	/* Two values each, the letter, and the text of the TEX lines. */
	size_t n = 2 * count_results(l->record->lab) + 2;

	l->panel = hl7_alloc(&l->h->c, 1, sizeof(*l->panel));
	if (l->panel == NULL)
		return false;
	*l->panel = (struct panel){
		.code = { .code = span_of("11502-2"),
		    .system = span_of("http://loinc.org"),
		    .display = span_of("Compte rendu d'examens biologiques") },
		.filler_order = l->report->report_id,
		.status = OBSERVATION_FINAL,
		.effective = l->report->issued, .issued = l->report->issued,
		.parent_panel = -1, .parent_observation = -1,
	};
	l->panel->observations = hl7_alloc(&l->h->c, n,
	    sizeof(*l->panel->observations));
	l->report->panels = l->panel;
	l->report->n_panels = 1;
	return l->panel->observations != NULL;
}

static void
read_body(struct letter *l)
{
	struct span rest = l->record->lab, line, tex;

	if (!make_panel(l))
		return;
	add_text(l, l->record->text);
	tex = tex_of(l);
	if (!says_all(l, l->record->text, tex))
		add_text(l, tex);
	while (hprim_medecin_take(&rest, &line))
		if (is_line(without_lead(line), "RES"))
			add_result(l, without_lead(line));
	if (l->panel->n_observations == 0 && l->h->c.failed == ST_OK)
		hprim_refuse(l->h, HPRIM_SAYS_NO_TEXT, NULL, 0,
		    l->record->line);
}

/* --- the file ------------------------------------------------------------ */

static void
read_record(struct hprim *h, const struct hprim_medecin_record *record,
    struct report *report)
{
	struct letter l = { .h = h, .record = record, .report = report };

	hprim_check_sender(h, sender_code(record), (struct span){ 0 }, 0,
	    record->line + HPRIM_MEDECIN_SENDER);
	read_head(&l);
	read_body(&l);
	release_decide(&l.sum, h->c.now_ms, report);
	read_card(&l);
	report->warnings = h->c.warnings;
}

static enum status
count_records(struct hprim *h, size_t *n)
{
	struct hprim_medecin_record record;
	struct hprim_medecin m;
	enum status st;

	hprim_medecin_init(&m, h->file);
	for (*n = 0; (st = hprim_medecin_next(&m, &record)) == ST_OK;)
		++*n;
	if (st == ST_MORE)
		hprim_refuse(h, HPRIM_SAYS_NO_END, NULL, 0, record.line);
	else if (st != ST_NOT_FOUND)
		hprim_refuse(h, HPRIM_SAYS_NO_HEAD, NULL, 0, record.line);
	else if (*n == 0)
		hprim_refuse(h, HPRIM_SAYS_NO_RECORD, NULL, 0, 0);
	else if (*n > HPRIM_REPORTS_MAX)
		hprim_refuse(h, HPRIM_SAYS_REPORTS, NULL, 0, 0);
	return h->c.refusal.error == 0 ? ST_OK : ST_INVALID;
}

/* Nothing in it names the delivery: the records that it holds do. */
static void
make_keys(struct hprim *h)
{
	struct hprim_medecin_record record;
	struct hprim_medecin m;
	struct sha256 hash;

	sha256_start(&hash);
	sha256_add_field(&hash, span_of("hprim-medecin"));
	sha256_add_field(&hash, span_of(h->in->source->name));
	hprim_medecin_init(&m, h->file);
	while (hprim_medecin_next(&m, &record) == ST_OK) {
		sha256_add_field(&hash, sender_code(&record));
		sha256_add_field(&hash, record.head[HPRIM_MEDECIN_FILE]);
	}
	sha256_finish(&hash, h->out->key);
	sha256_start(&hash);
	sha256_add_field(&hash, h->file);
	sha256_finish(&hash, h->out->digest);
}

static enum status
read_file(struct hprim *h)
{
	struct hprim_medecin_record record;
	struct hprim_medecin m;
	size_t n;

	if (!h->c.source->hprim_medecin) {
		hprim_refuse(h, HPRIM_SAYS_NOT_FOR_PATIENTS, NULL, 0, 0);
		return ST_INVALID;
	}
	TRY(hprim_open(h));
	TRY(count_records(h, &n));
	make_keys(h);
	h->out->reports = hl7_alloc(&h->c, n, sizeof(*h->out->reports));
	hprim_medecin_init(&m, h->file);
	while (h->c.failed == ST_OK && h->c.refusal.error == 0 &&
	    hprim_medecin_next(&m, &record) == ST_OK) {
		if (h->out->n_reports == 0)
			h->out->head.sending_application = sender_code(&record);
		read_record(h, &record,
		    &h->out->reports[h->out->n_reports++]);
	}
	return ST_OK;
}

/* No delimiters and no escapes: its texts are what they are. */
static enum status
parse(const struct input *in, uint64_t now_ms, struct arena *arena,
    struct parsed *out)
{
	struct hprim h = {
		.c = { .source = in->source, .arena = arena, .now_ms = now_ms },
		.in = in, .out = out,
	};

	*out = (struct parsed){ .answer = true };
	return hprim_finish(&h, read_file(&h));
}

const struct input_kind input_hprim_medecin = { "HPRIM Medecin", parse,
    hprim_answer, HPRIM_ANSWER_MAX };
