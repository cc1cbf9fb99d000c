#include "intake/identity.h"

#include <stdlib.h>

#include "base/wipe.h"
#include "crypto/digest.h"
#include "input/fold.h"
#include "ipc/patient.h"
#include "input/release.h"

enum { GATHERED_BYTES = 1024 };

/* A hash that is given many small fields: they are gathered, because each
 * call of the hash costs more than the few bytes of a field. */
struct hash {
	struct sha256 sha256;
	size_t  gathered;
	uint8_t bytes[GATHERED_BYTES];
};

static void
flush(struct hash *h)
{
	sha256_add(&h->sha256, (struct span){ h->bytes, h->gathered });
	h->gathered = 0;
}

static void
add(struct hash *h, struct span s)
{
	if (s.len > GATHERED_BYTES - h->gathered)
		flush(h);
	if (s.len > GATHERED_BYTES) {
		sha256_add(&h->sha256, s);
		return;
	}
	for (size_t i = 0; i < s.len; i++)
		h->bytes[h->gathered++] = s.ptr[i];
}

static void
add_number(struct hash *h, uint64_t n)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(n >> (56 - 8 * i));
	add(h, (struct span){ bytes, sizeof(bytes) });
}

/* Length first: it keeps ("ab","c") and ("a","bc") apart. */
static void
add_field(struct hash *h, struct span s)
{
	add_number(h, s.len);
	add(h, s);
}

/* Fields are told apart by their lengths, kinds of hash by `what`. */
static void
start(struct hash *h, const char *what)
{
	sha256_start(&h->sha256);
	h->gathered = 0;
	add_field(h, span_of(what));
}

static void
finish(struct hash *h, const struct secret_32 *key, uint8_t out[static 32])
{
	uint8_t digest[32];

	flush(h);
	sha256_finish(&h->sha256, digest);
	wipe(h, sizeof(*h));	/* names */
	hmac_sha256((struct span){ key->byte, sizeof(key->byte) },
	    (struct span){ digest, sizeof(digest) }, out);
}

/* --- the patient ----------------------------------------------------------- */

static void
add_folded(struct hash *h, struct span text)
{
	uint8_t letters[FOLD_MOST];
	uint64_t n = 0;

	while (text.len > 0) {
		size_t len = fold_next(&text, letters);

		add(h, (struct span){ letters, len });
		n += len;
	}
	wipe(letters, sizeof(letters));
	add_number(h, n);
}

static void
hash_names(const struct patient *p, const struct secret_32 *key,
    uint8_t out[static 32])
{
	struct hash h;

	start(&h, "patient");
	add_folded(&h, p->name.family);
	add_folded(&h, p->name.given);
	add_folded(&h, p->birth_date);
	finish(&h, key, out);
}

/* The INS is everybody's; other identifiers are their sender's. */
static void
hash_kind(const struct report *r, const uint8_t sender[static 32],
    const struct secret_32 *key, uint8_t out[static 32])
{
	bool is_national = span_is(span_slice(r->patient_id_kind, 0,
	    strlen(PATIENT_ID_INS)), PATIENT_ID_INS);
	struct hash h;

	start(&h, "kind");
	add_field(&h, r->patient_id_kind);
	add_field(&h, (struct span){ sender, is_national ? 0 : 32 });
	finish(&h, key, out);
}

/* See ipc/patient.h. */
static void
hash_patient(const struct report *r, const uint8_t sender[static 32],
    const struct secret_32 *key, uint8_t out[static PATIENT_BYTES])
{
	uint8_t part[32];
	struct hash h;

	hash_names(&r->patient, key, part);
	memset(out, 0, PATIENT_BYTES);
	memcpy(out, part, PATIENT_NAMES);
	if (r->patient_id.len == 0)
		return;
	hash_kind(r, sender, key, part);
	memcpy(out + PATIENT_NAMES, part, PATIENT_KIND);
	start(&h, "identifier");
	add_field(&h, r->patient_id);
	finish(&h, key, part);
	memcpy(out + PATIENT_NUMBER, part, PATIENT_BYTES - PATIENT_NUMBER);
}

/* See identity.h. */
void
identity_traits(struct span birth_name, struct span birth_date,
    const struct secret_32 *key, uint8_t out[static 32])
{
	struct hash h;

	start(&h, "traits");
	add_folded(&h, birth_name);
	add_folded(&h, birth_date);
	finish(&h, key, out);
}

/* --- the content ----------------------------------------------------------- */

static void
add_coded(struct hash *h, const struct coded *c)
{
	add_field(h, c->code);
	add_field(h, c->system);
	add_field(h, c->display);
	add_field(h, c->alternate_code);
	add_field(h, c->alternate_system);
	add_field(h, c->alternate_display);
	add_field(h, c->text);
}

static void
add_name(struct hash *h, const struct person_name *n)
{
	add_field(h, n->family);
	add_field(h, n->given);
	add_field(h, n->prefix);
}

static void
add_notes(struct hash *h, const struct note *notes, size_t n)
{
	add_number(h, n);
	for (size_t i = 0; i < n; i++)
		add_field(h, notes[i].text);
}

static void
add_value(struct hash *h, const struct value *v)
{
	add_number(h, (uint64_t)v->kind);
	add_field(h, v->comparator);
	add_field(h, v->number);
	add_field(h, v->number2);
	add_field(h, v->text);
	add_field(h, v->text2);
	add_coded(h, &v->coded);
	add_number(h, v->n_more);
	for (size_t i = 0; i < v->n_more; i++)
		add_coded(h, &v->more[i]);
}

static void
add_observation(struct hash *h, const struct observation *o)
{
	add_coded(h, &o->code);
	add_field(h, o->sub_id);
	add_value(h, &o->value);
	add_field(h, o->unit);
	add_field(h, o->unit_ucum);
	add_field(h, o->range_text);
	add_field(h, o->range_low);
	add_field(h, o->range_high);
	add_number(h, o->n_flags);
	for (size_t i = 0; i < o->n_flags; i++)
		add_coded(h, &o->flags[i]);
	add_number(h, (uint64_t)o->status);
	add_field(h, o->effective.text);
	add_coded(h, &o->method);
	add_notes(h, o->notes, o->n_notes);
}

static void
add_panel(struct hash *h, const struct panel *p)
{
	add_coded(h, &p->code);
	add_field(h, p->placer_order);
	add_field(h, p->section);
	add_number(h, (uint64_t)p->status);
	add_field(h, p->effective.text);
	add_name(h, &p->validator);
	add_number(h, p->has_specimen);
	add_coded(h, &p->specimen.type);
	add_field(h, p->specimen.collected.text);
	add_field(h, p->specimen.identifier);
	add_notes(h, p->specimen.notes, p->specimen.n_notes);
	add_number(h, (uint64_t)p->parent_panel);
	add_number(h, (uint64_t)p->parent_observation);
	add_number(h, p->n_observations);
	for (size_t i = 0; i < p->n_observations; i++)
		add_observation(h, &p->observations[i]);
	add_notes(h, p->notes, p->n_notes);
}

static void
hash_content(const struct report *r, const struct secret_32 *key,
    uint8_t out[static 32])
{
	struct hash h;

	start(&h, "content");
	add_name(&h, &r->patient.name);
	add_name(&h, &r->patient.used_name);
	add_field(&h, r->patient.birth_date);
	add_number(&h, (uint64_t)r->patient.sex);
	add_field(&h, r->organization);
	add_number(&h, (uint64_t)r->status);
	add_number(&h, (uint64_t)r->release);
	add_number(&h, r->n_panels);
	for (size_t i = 0; i < r->n_panels; i++)
		add_panel(&h, &r->panels[i]);
	add_number(&h, r->n_documents);
	for (size_t i = 0; i < r->n_documents; i++) {
		add_field(&h, r->documents[i].title);
		add_field(&h, r->documents[i].bytes);
	}
	add_notes(&h, r->notes, r->n_notes);
	finish(&h, key, out);
}

/* --- the lines ------------------------------------------------------------- */

static struct span
code_of(const struct coded *c)
{
	if (c->code.len > 0)
		return c->code;
	return c->alternate_code.len > 0 ? c->alternate_code : c->text;
}

static void
hash_line(const struct panel *p, const struct observation *o,
    const struct secret_32 *key, uint8_t out[static IDENTITY_LINE_BYTES])
{
	uint8_t full[32];
	struct hash h;

	start(&h, "line");
	add_field(&h, code_of(&p->code));
	add_field(&h, code_of(&o->code));
	add_field(&h, o->sub_id);
	finish(&h, key, full);
	memcpy(out, full, IDENTITY_LINE_BYTES);
}

static int
by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, IDENTITY_LINE_BYTES);
}

/* Of `n` sorted lines, each once; how many are left. */
static size_t
unique(uint8_t *lines, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t *line = lines + i * IDENTITY_LINE_BYTES;
		uint8_t *end = lines + kept * IDENTITY_LINE_BYTES;

		if (kept > 0 && by_bytes(end - IDENTITY_LINE_BYTES, line) == 0)
			continue;
		memmove(end, line, IDENTITY_LINE_BYTES);
		kept++;
	}
	return kept;
}

/* Final by itself, in a report that waits for others of its lines. */
static bool
is_final_already(const struct report *r, const struct observation *o)
{
	return (r->holds & HOLD_PRELIMINARY) != 0 && !o->is_confirmed &&
	    !release_removes(o) && (o->holds & (HOLD_PRELIMINARY |
	    HOLD_UNKNOWN | HOLD_HIDDEN)) == 0;
}

static bool
is_wanted(const struct report *r, const struct observation *o,
    enum identity_which which)
{
	switch (which) {
	case IDENTITY_CONFIRMED:
		return release_confirms(o) || is_final_already(r, o);
	case IDENTITY_REMOVED:
		return release_removes(o);
	default:
		return !o->is_confirmed;
	}
}

/* See identity.h. */
size_t
identity_lines(const struct report *r, enum identity_which which,
    const struct secret_32 *key,
    uint8_t out[static IDENTITY_LINE_BYTES * IDENTITY_LINES_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_panels; i++) {
		const struct panel *p = &r->panels[i];

		for (size_t k = 0; k < p->n_observations; k++) {
			if (!is_wanted(r, &p->observations[k], which))
				continue;
			if (n == IDENTITY_LINES_MAX)
				return 0;
			hash_line(p, &p->observations[k], key,
			    out + IDENTITY_LINE_BYTES * n++);
		}
	}
	qsort(out, n, IDENTITY_LINE_BYTES, by_bytes);
	return unique(out, n) * IDENTITY_LINE_BYTES;
}

/* --- the report ------------------------------------------------------------ */

/* See identity.h. */
void
identity_sender(const struct hl7_ack_head *head, struct span source,
    uint8_t out[static 32])
{
	struct hash h;

	start(&h, "sender");
	add_field(&h, source);
	add_field(&h, head->sending_application);
	add_field(&h, head->sending_facility);
	flush(&h);
	sha256_finish(&h.sha256, out);
}

/* See identity.h. */
void
identity_of(const struct report *r, const uint8_t sender[static 32],
    const struct secret_32 *key, struct identity *out)
{
	struct hash h;

	hash_patient(r, sender, key, out->patient);
	identity_traits(r->patient.name.family, r->patient.birth_date, key,
	    out->traits);
	hash_content(r, key, out->content);
	start(&h, "report");
	add_field(&h, (struct span){ sender, 32 });
	add_field(&h, r->report_authority);
	add_field(&h, r->report_id);
	if (r->report_id.len == 0)
		add_field(&h, (struct span){ out->content, 32 });
	finish(&h, key, out->report);
}
