#include "intake/identity.h"

#include "crypto/digest.h"

static void
add_number(struct sha256 *h, uint64_t n)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(n >> (56 - 8 * i));
	sha256_add(h, (struct span){ bytes, sizeof(bytes) });
}

/* Fields are told apart by their lengths, kinds of hash by `what`. */
static void
start(struct sha256 *h, const char *what)
{
	sha256_start(h);
	sha256_add_field(h, span_of(what));
}

static void
finish(struct sha256 *h, const struct secret_32 *key, uint8_t out[static 32])
{
	uint8_t digest[32];

	sha256_finish(h, digest);
	hmac_sha256((struct span){ key->byte, sizeof(key->byte) },
	    (struct span){ digest, sizeof(digest) }, out);
}

/* --- the patient ----------------------------------------------------------- */

/* Letters in capitals, digits and whatever is not ASCII; a hyphen typed as a
 * blank is the same name. */
static void
add_folded(struct sha256 *h, struct span text)
{
	uint64_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (c >= 'a' && c <= 'z')
			c = (uint8_t)(c - 'a' + 'A');
		if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c >= 0x80) {
			sha256_add(h, (struct span){ &c, 1 });
			n++;
		}
	}
	add_number(h, n);
}

static void
hash_patient(const struct patient *p, const struct secret_32 *key,
    uint8_t out[static 32])
{
	struct sha256 h;

	start(&h, "patient");
	add_folded(&h, p->name.family);
	add_folded(&h, p->name.given);
	add_folded(&h, p->birth_date);
	finish(&h, key, out);
}

/* --- the content ----------------------------------------------------------- */

static void
add_coded(struct sha256 *h, const struct coded *c)
{
	sha256_add_field(h, c->code);
	sha256_add_field(h, c->system);
	sha256_add_field(h, c->display);
	sha256_add_field(h, c->alternate_code);
	sha256_add_field(h, c->alternate_system);
	sha256_add_field(h, c->alternate_display);
	sha256_add_field(h, c->text);
}

static void
add_name(struct sha256 *h, const struct person_name *n)
{
	sha256_add_field(h, n->family);
	sha256_add_field(h, n->given);
	sha256_add_field(h, n->prefix);
}

static void
add_notes(struct sha256 *h, const struct note *notes, size_t n)
{
	add_number(h, n);
	for (size_t i = 0; i < n; i++)
		sha256_add_field(h, notes[i].text);
}

static void
add_value(struct sha256 *h, const struct value *v)
{
	add_number(h, (uint64_t)v->kind);
	sha256_add_field(h, v->comparator);
	sha256_add_field(h, v->number);
	sha256_add_field(h, v->number2);
	sha256_add_field(h, v->text);
	sha256_add_field(h, v->text2);
	add_coded(h, &v->coded);
	add_number(h, v->n_more);
	for (size_t i = 0; i < v->n_more; i++)
		add_coded(h, &v->more[i]);
}

static void
add_observation(struct sha256 *h, const struct observation *o)
{
	add_coded(h, &o->code);
	sha256_add_field(h, o->sub_id);
	add_value(h, &o->value);
	sha256_add_field(h, o->unit);
	sha256_add_field(h, o->unit_ucum);
	sha256_add_field(h, o->range_text);
	sha256_add_field(h, o->range_low);
	sha256_add_field(h, o->range_high);
	add_number(h, o->n_flags);
	for (size_t i = 0; i < o->n_flags; i++)
		add_coded(h, &o->flags[i]);
	add_number(h, (uint64_t)o->status);
	sha256_add_field(h, o->effective.text);
	add_coded(h, &o->method);
	add_notes(h, o->notes, o->n_notes);
}

static void
add_panel(struct sha256 *h, const struct panel *p)
{
	add_coded(h, &p->code);
	sha256_add_field(h, p->placer_order);
	sha256_add_field(h, p->section);
	add_number(h, (uint64_t)p->status);
	sha256_add_field(h, p->effective.text);
	add_name(h, &p->validator);
	add_number(h, p->has_specimen);
	add_coded(h, &p->specimen.type);
	sha256_add_field(h, p->specimen.collected.text);
	sha256_add_field(h, p->specimen.identifier);
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
	struct sha256 h;

	start(&h, "content");
	add_name(&h, &r->patient.name);
	add_name(&h, &r->patient.used_name);
	sha256_add_field(&h, r->patient.birth_date);
	add_number(&h, (uint64_t)r->patient.sex);
	sha256_add_field(&h, r->organization);
	add_number(&h, (uint64_t)r->status);
	add_number(&h, (uint64_t)r->release);
	add_number(&h, r->n_panels);
	for (size_t i = 0; i < r->n_panels; i++)
		add_panel(&h, &r->panels[i]);
	add_number(&h, r->n_documents);
	for (size_t i = 0; i < r->n_documents; i++) {
		sha256_add_field(&h, r->documents[i].title);
		sha256_add_field(&h, r->documents[i].bytes);
	}
	add_notes(&h, r->notes, r->n_notes);
	finish(&h, key, out);
}

/* --- the report ------------------------------------------------------------ */

/* See identity.h. */
void
identity_sender(const struct hl7_ack_head *head, struct span source,
    uint8_t out[static 32])
{
	struct sha256 h;

	start(&h, "sender");
	sha256_add_field(&h, source);
	sha256_add_field(&h, head->sending_application);
	sha256_add_field(&h, head->sending_facility);
	sha256_finish(&h, out);
}

/* See identity.h. */
void
identity_of(const struct report *r, const uint8_t sender[static 32],
    const struct secret_32 *key, struct identity *out)
{
	struct sha256 h;

	hash_patient(&r->patient, key, out->patient);
	hash_content(r, key, out->content);
	start(&h, "report");
	sha256_add_field(&h, (struct span){ sender, 32 });
	sha256_add_field(&h, r->report_authority);
	sha256_add_field(&h, r->report_id);
	if (r->report_id.len == 0)
		sha256_add_field(&h, (struct span){ out->content, 32 });
	finish(&h, key, out->report);
}
