/* What `guichet intake check` prints: see check.h. */
#include "intake/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/json_writer.h"
#include "base/wipe.h"
#include "card/symbols.h"
#include "intake/refusals.h"

enum { LINE_BYTES = 1024, JSON_BYTES = 256 * 1024, BITS = 32,
	LABEL_BYTES = 48 };

/* --- words ----------------------------------------------------------------- */

static const char *
text(const struct check *c, enum check_text id)
{
	return check_text(c->french, id);
}

static const char *
release_word(const struct check *c, enum release release)
{
	static const enum check_text words[RELEASE_COUNT] = {
		[RELEASE_DELIVER] = CHECK_DELIVER,
		[RELEASE_WITHHOLD] = CHECK_WITHHOLD,
		[RELEASE_WITHDRAW] = CHECK_WITHDRAW,
		[RELEASE_INCIDENT] = CHECK_INCIDENT,
		[RELEASE_CONFIRM] = CHECK_CONFIRM,
		[RELEASE_QUARANTINE] = CHECK_QUARANTINE,
	};

	return text(c, words[release < RELEASE_COUNT ? release
	    : RELEASE_QUARANTINE]);
}

/* enum report_warning, lowest bit first. */
static const enum check_text warnings[] = {
	CHECK_WARN_CHARSET, CHECK_WARN_VALUE_TYPE, CHECK_WARN_DECIMAL_COMMA,
	CHECK_WARN_BASE64, CHECK_WARN_TIME, CHECK_WARN_ATTACHMENT,
	CHECK_WARN_SUSPICIOUS_PDF, CHECK_WARN_INS,
};

static enum check_text
warning_word(unsigned bit)
{
	return bit < COUNT(warnings) ? warnings[bit] : CHECK_WARN_OTHER;
}

/* As the LIS wrote OBX-11, or as near as what was kept of it. */
static const char *
status_word(const struct observation *o)
{
	static const char *const words[] = {
		[OBSERVATION_REGISTERED] = "registered",
		[OBSERVATION_PRELIMINARY] = "preliminary",
		[OBSERVATION_FINAL] = "final",
		[OBSERVATION_AMENDED] = "amended",
		[OBSERVATION_CORRECTED] = "corrected",
		[OBSERVATION_CANCELLED] = "cancelled",
		[OBSERVATION_ENTERED_IN_ERROR] = "entered-in-error",
		[OBSERVATION_UNKNOWN] = "unknown",
	};

	return words[o->status];
}

static struct span
label_of(const struct coded *code)
{
	if (code->display.len > 0)
		return code->display;
	return code->text.len > 0 ? code->text : code->alternate_display;
}

static struct span
code_of(const struct coded *code)
{
	return code->code.len > 0 ? code->code : code->alternate_code;
}

/* A card's number as a slip has it. */
static void
card_words(struct span number, char out[static SYMBOLS_PRINTED_MAX + 1])
{
	struct symbols symbols = { .len = CARD_NUMBER_LEN };
	struct buf b = buf_over(out, SYMBOLS_PRINTED_MAX);

	memset(out, 0, SYMBOLS_PRINTED_MAX + 1);
	if (number.len != CARD_NUMBER_LEN)
		return;
	memcpy(symbols.text, number.ptr, CARD_NUMBER_LEN);
	if (symbols_print(&symbols, &b) != ST_OK)
		out[0] = '\0';
}

/* What would become of the report, from the vault's outcome. */
static void
outcome_words(const struct check *c, const struct msg_report_probed *m,
    char *out, size_t size)
{
	const struct report *r = &c->parsed.reports[c->report];
	bool withdraws = r->release == RELEASE_WITHDRAW ||
	    r->release == RELEASE_INCIDENT;
	enum check_text id = CHECK_WOULD_FAIL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (m->outcome == ST_OK && m->replaces.len == 22) {
		snprintf(out, size, text(c, CHECK_WOULD_REPLACE),
		    (const char *)m->replaces.ptr);
		return;
	}
	if (m->outcome == ST_OK)
		id = CHECK_WOULD_STORE;
	else if (m->outcome == ST_DENIED)
		id = CHECK_WOULD_QUARANTINE;
	else if (m->outcome == ST_EXPIRED)
		id = CHECK_WOULD_OLD;
	else if (m->outcome == ST_EXISTS)
		id = withdraws ? CHECK_WOULD_WITHDRAW
		    : r->release == RELEASE_CONFIRM ? CHECK_WOULD_CONFIRM
		    : CHECK_WOULD_NOTHING;
	else if (m->outcome == ST_NOT_FOUND)
		id = withdraws || r->release == RELEASE_CONFIRM
		    ? CHECK_WOULD_NOT_WITHDRAW : CHECK_WOULD_WAIT;
	snprintf(out, size, text(c, id), status_text((enum status)m->outcome));
#pragma GCC diagnostic pop
}

/* --- text ------------------------------------------------------------------ */

/* A label or a name of the message is for reading: no control character of
 * it, also none of U+0080 to U+009F, is for root's terminal to obey. */
static void
disarm(char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		uint8_t before = i == 0 ? 0 : (uint8_t)line[i - 1];
		uint8_t byte = (uint8_t)line[i];

		if (before == 0xc2 && byte >= 0x80 && byte < 0xa0)
			line[i - 1] = line[i] = '?';
		else if ((byte < 0x20 && byte != '\n' && byte != '\t') ||
		    byte == 0x7f)
			line[i] = '?';
	}
}

static void
write_line(struct check *c, int stream, char *line, int len)
{
	if (len < 0)
		return;
	if (len >= LINE_BYTES)
		len = LINE_BYTES - 1;
	disarm(line, (size_t)len);
	c->events->write(c->owner, stream, (struct span){ (uint8_t *)line,
	    (size_t)len });
	wipe(line, (size_t)len);
}

static void
print_to(struct check *c, int stream, enum check_text id, va_list args)
{
	char line[LINE_BYTES];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	/* Both columns of check_texts.def are checked by a test. */
	write_line(c, stream, line, vsnprintf(line, sizeof(line),
	    text(c, id), args));
#pragma GCC diagnostic pop
}

static void
print(struct check *c, enum check_text id, ...)
{
	va_list args;

	va_start(args, id);
	print_to(c, 1, id, args);
	va_end(args);
}

/* See check.h. */
void
check_print_problem(struct check *c, enum check_text id, ...)
{
	va_list args;

	va_start(args, id);
	print_to(c, 2, id, args);
	va_end(args);
}

static void
print_span(struct check *c, struct span s)
{
	char line[LINE_BYTES];

	while (s.len > 0) {
		struct span part = span_slice(s, 0, LINE_BYTES - 1);

		/* Not in the middle of U+0080 to U+009F. */
		if (part.len > 1 && part.ptr[part.len - 1] == 0xc2)
			part.len--;
		memcpy(line, part.ptr, part.len);
		write_line(c, 1, line, (int)part.len);
		s = span_slice(s, part.len, s.len);
	}
}

/* The bytes of the answer, a line for each segment. */
static void
print_raw(struct check *c, struct span answer)
{
	while (answer.len > 0) {
		size_t len = 0;

		while (len < answer.len && answer.ptr[len] != '\r' &&
		    answer.ptr[len] != '\n')
			len++;
		print(c, CHECK_RAW);
		print_span(c, span_slice(answer, 0, len));
		c->events->write(c->owner, 1, span_of("\n"));
		answer = span_slice(answer, len + 1, answer.len);
	}
}

static void
print_answer(struct check *c, struct span answer)
{
	char words[LINE_BYTES];
	struct buf b = buf_over(words, sizeof(words));

	if (c->parsed.ignored) {
		print(c, CHECK_IGNORED);
	} else if (!c->parsed.answer) {
		print(c, c->parsed.n_reports > 0 ? CHECK_NO_ANSWER
		    : CHECK_UNREADABLE);
	} else {
		refusal_words(&c->parsed.reply, &b);
		print(c, CHECK_ANSWER);
		c->events->write(c->owner, 1, buf_span(&b));
		c->events->write(c->owner, 1, span_of("\n"));
		print_raw(c, answer);
	}
}

static void
print_line(struct check *c, const struct observation *o)
{
	struct span code = code_of(&o->code);
	struct span label = span_slice(label_of(&o->code), 0, LABEL_BYTES);
	const char *why = o->release_reason;
	char release[64];

	/* Not in the middle of a character. */
	while (label.len == LABEL_BYTES && label.len > 0 &&
	    (label.ptr[label.len - 1] & 0xc0) == 0x80)
		label.len--;
	snprintf(release, sizeof(release), "%s%s%s",
	    release_word(c, o->release), why == NULL ? "" : ": ",
	    why == NULL ? "" : why);
	print(c, CHECK_LINE, (int)code.len, (const char *)code.ptr,
	    status_word(o), release, (int)label.len, (const char *)label.ptr);
}

static void
print_lines(struct check *c, const struct report *r)
{
	unsigned n = 0;

	for (size_t p = 0; p < r->n_panels; p++)
		for (size_t i = 0; i < r->panels[p].n_observations; i++)
			if (n++ < CHECK_LINES_MAX)
				print_line(c, &r->panels[p].observations[i]);
	if (n > CHECK_LINES_MAX)
		print(c, CHECK_MORE_LINES, n - CHECK_LINES_MAX);
}

static void
print_release(struct check *c, const struct report *r)
{
	char opens[32];
	time_t at = (time_t)r->opens_s;
	struct tm tm;

	if (r->release_reason != NULL)
		print(c, CHECK_RELEASE_WHY, release_word(c, r->release),
		    r->release_reason);
	else
		print(c, CHECK_RELEASE, release_word(c, r->release));
	if (r->opens_s == 0)
		return;
	gmtime_r(&at, &tm);
	strftime(opens, sizeof(opens), "%Y-%m-%d %H:%M:%S", &tm);
	print(c, CHECK_OPENS, opens);
}

static void
print_card(struct check *c, const struct msg_report_probed *m)
{
	char number[SYMBOLS_PRINTED_MAX + 1];

	card_words(m->card, number);
	if (number[0] == '\0')
		print(c, CHECK_NO_CARD);
	else
		print(c, CHECK_CARD, number, text(c, m->lab_card
		    ? CHECK_CARD_LAB : m->by_order ? CHECK_CARD_BY_ORDER
		    : CHECK_CARD_IN_MESSAGE));
}

static void
print_report(struct check *c, const struct msg_report_probed *m)
{
	const struct report *r = &c->parsed.reports[c->report];
	char words[LINE_BYTES];

	outcome_words(c, m, words, sizeof(words));
	print(c, CHECK_REPORT, (unsigned)c->report + 1,
	    (unsigned)c->parsed.n_reports, words);
	if (m->why.len > 0) {
		memcpy(words, m->why.ptr, m->why.len);
		words[m->why.len] = '\0';
		print(c, CHECK_BECAUSE, words);
	}
	print_card(c, m);
	print(c, CHECK_PATIENT, text(c, m->outcome == ST_DENIED
	    ? CHECK_PATIENT_OTHER : CHECK_PATIENT_SAME));
	print_release(c, r);
	print_lines(c, r);
	for (size_t i = 0; i < r->n_documents; i++)
		print(c, CHECK_DOCUMENT,
		    (unsigned long long)r->documents[i].bytes.len,
		    r->documents[i].suspicious ? text(c, CHECK_SUSPICIOUS)
		    : "");
}

/* --- JSON: a line for each message and each report ------------------------- */

static bool
json_begin(struct json_writer *w, struct buf *out, const char *type)
{
	*out = buf_over(malloc(JSON_BYTES), JSON_BYTES);
	if (out->ptr == NULL)
		return false;
	json_start(w, out);
	json_object_begin(w, NULL);
	json_text(w, "type", type);
	return true;
}

static void
json_end(struct check *c, struct json_writer *w, struct buf *out)
{
	json_object_end(w);
	if (json_finish(w) == ST_OK && buf_append_text(out, "\n") == ST_OK)
		c->events->write(c->owner, 1, buf_span(out));
	wipe(out->ptr, out->len);
	free(out->ptr);
}

static void
json_place(struct check *c, struct json_writer *w)
{
	json_span(w, "file", c->files[c->file].name);
	json_uint(w, "message", c->message);
}

static void
json_message(struct check *c, struct span answer)
{
	char words[LINE_BYTES];
	struct buf b = buf_over(words, sizeof(words)), out;
	struct json_writer w;

	if (!json_begin(&w, &out, "message"))
		return;
	json_place(c, &w);
	json_text(&w, "kind", c->input.kind->name);
	json_text(&w, "source", c->source->name);
	if (c->parsed.wants.len > 0)
		json_span(&w, "wants", c->parsed.wants);
	if (c->parsed.answer && !c->parsed.ignored) {
		refusal_words(&c->parsed.reply, &b);
		json_span(&w, "answer", buf_span(&b));
		json_span(&w, "raw", answer);
	}
	json_array_begin(&w, "warnings");
	for (unsigned bit = 0; bit < BITS; bit++)
		if (c->parsed.warnings >> bit & 1)
			json_text(&w, NULL, text(c, warning_word(bit)));
	json_array_end(&w);
	json_end(c, &w, &out);
}

static void
json_lines(struct check *c, struct json_writer *w, const struct report *r)
{
	unsigned n = 0;

	json_array_begin(w, "observations");
	for (size_t p = 0; p < r->n_panels; p++)
		for (size_t i = 0; i < r->panels[p].n_observations; i++) {
			const struct observation *o =
			    &r->panels[p].observations[i];

			if (n++ >= CHECK_LINES_MAX)
				continue;
			json_object_begin(w, NULL);
			json_span(w, "code", code_of(&o->code));
			json_span(w, "label", span_slice(label_of(&o->code),
			    0, 255));
			json_text(w, "status", status_word(o));
			json_text(w, "release", release_word(c, o->release));
			if (o->release_reason != NULL)
				json_text(w, "reason", o->release_reason);
			json_object_end(w);
		}
	json_array_end(w);
	json_uint(w, "lines", n);
}

static void
json_report(struct check *c, const struct msg_report_probed *m)
{
	const struct report *r = &c->parsed.reports[c->report];
	char words[LINE_BYTES];
	struct json_writer w;
	struct buf out;

	if (!json_begin(&w, &out, "report"))
		return;
	json_place(c, &w);
	json_uint(&w, "report", c->report + 1);
	outcome_words(c, m, words, sizeof(words));
	json_text(&w, "outcome", status_text((enum status)m->outcome));
	json_text(&w, "would", words);
	json_span(&w, "why", m->why);
	card_words(m->card, words);
	json_text(&w, "card", words);
	json_bool(&w, "labCard", m->lab_card != 0);
	json_bool(&w, "byOrder", m->by_order != 0);
	json_bool(&w, "known", m->known != 0);
	json_bool(&w, "patientMatches", m->outcome != ST_DENIED);
	json_text(&w, "release", release_word(c, r->release));
	if (r->release_reason != NULL)
		json_text(&w, "reason", r->release_reason);
	json_uint(&w, "holds", r->holds);
	json_uint(&w, "opens", r->opens_s);
	json_lines(c, &w, r);
	json_array_begin(&w, "documents");
	for (size_t i = 0; i < r->n_documents; i++)
		json_uint(&w, NULL, r->documents[i].bytes.len);
	json_array_end(&w);
	json_end(c, &w, &out);
}

/* --- see check.h ----------------------------------------------------------- */

static void
print_message(struct check *c, struct span answer)
{
	char name[256] = { 0 };

	memcpy(name, c->files[c->file].name.ptr, c->files[c->file].name.len);
	print(c, CHECK_HEAD, name, c->input.kind->name, c->message,
	    c->source->name);
	if (c->parsed.wants.len > 0) {
		memset(name, 0, sizeof(name));
		memcpy(name, c->parsed.wants.ptr, c->parsed.wants.len < 255
		    ? c->parsed.wants.len : 255);
		print(c, CHECK_WANTS, name);
		return;
	}
	print_answer(c, answer);
	for (unsigned bit = 0; bit < BITS; bit++)
		if (c->parsed.warnings >> bit & 1)
			print(c, CHECK_WARNING, text(c, warning_word(bit)));
}

/* See check.h. */
void
check_print_message(struct check *c, enum status parsed)
{
	size_t most = c->input.kind->answer_max;
	struct buf answer = buf_over(malloc(most), most);
	enum status st = ST_OK;

	if (answer.ptr == NULL)
		return;
	if (parsed != ST_NOT_FOUND && c->parsed.answer && !c->parsed.ignored)
		st = c->input.kind->answer(&c->parsed,
		    c->in->deliveries.shared.now_ms(),
		    span_of("00000000000000000000"), &answer);
	if (st != ST_OK)
		answer.len = 0;
	if (c->json)
		json_message(c, buf_span(&answer));
	else
		print_message(c, buf_span(&answer));
	free(answer.ptr);
}

/* See check.h. */
void
check_print_report(struct check *c, const struct msg_report_probed *m)
{
	if (c->json)
		json_report(c, m);
	else
		print_report(c, m);
}
